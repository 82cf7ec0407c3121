//! What a node says of its chain, and what another answers.

use carbyne_net::{ChainView, Head, following, synopsis};
use carbyne_wire::{Digest, Hash160, TimePointSec};

/// A chain of ids alone.
struct Ids {
    ids: Vec<Hash160>,
    last_final: u32,
}

/// The id of a block of that number, on one of several branches.
fn id(number: u32, branch: u8) -> Hash160 {
    let mut id = Digest([branch; 20]);
    id.0[..4].copy_from_slice(&number.to_be_bytes());
    id
}

fn ids(numbers: std::ops::RangeInclusive<u32>, branch: u8) -> Vec<Hash160> {
    numbers.map(|number| id(number, branch)).collect()
}

fn numbers(ids: &[Hash160]) -> Vec<u32> {
    ids.iter().map(carbyne_protocol::transaction::num_from_id).collect()
}

impl ChainView for Ids {
    fn head(&self) -> Head {
        Head { id: self.ids.last().copied().unwrap_or_default(), time: TimePointSec(0) }
    }
    fn last_final(&self) -> u32 {
        self.last_final
    }
    fn block_interval(&self) -> u32 {
        1
    }
    fn id_at(&self, number: u32) -> Option<Hash160> {
        self.ids.get((number as usize).checked_sub(1)?).copied()
    }
    fn knows_block(&self, id: &Hash160) -> bool {
        self.ids.contains(id)
    }
    fn time_of(&self, _: &Hash160) -> Option<TimePointSec> {
        None
    }
    fn block(&self, _: &Hash160) -> Option<Vec<u8>> {
        None
    }
    fn branch(&self, _: &Hash160) -> Option<Vec<Hash160>> {
        None
    }
}

#[test]
fn a_chain_is_told_from_its_last_irreversible_block_to_its_head() {
    let chain = Ids { ids: ids(1..=65, 1), last_final: 54 };
    let told = synopsis(&chain, None, &[]).expect("a synopsis");
    assert_eq!(numbers(&told), [54, 60, 63, 65]);
}

#[test]
fn who_has_nothing_says_nothing_and_gets_everything() {
    let (empty, full) =
        (Ids { ids: vec![], last_final: 0 }, Ids { ids: ids(1..=9, 1), last_final: 0 });
    let told = synopsis(&empty, None, &[]).expect("a synopsis");
    assert_eq!(told, []);
    assert_eq!(following(&full, &told, 100).ids, full.ids);
}

#[test]
fn who_can_undo_everything_gets_another_chain_from_its_first_block() {
    let mine = Ids { ids: ids(1..=7, 1), last_final: 0 };
    let theirs = Ids { ids: ids(1..=9, 2), last_final: 0 };
    let told = synopsis(&mine, None, &[]).expect("a synopsis");
    assert_eq!(numbers(&told), [0, 1, 5, 7]);
    assert_eq!(following(&theirs, &told, 100).ids, theirs.ids);
    // The same chain, further on, is asked for from the newest block of both.
    let longer = Ids { ids: ids(1..=9, 1), last_final: 3 };
    assert_eq!(numbers(&following(&longer, &told, 100).ids), [7, 8, 9]);
    // Whose blocks are irreversible has no use for what does not follow them.
    let settled = Ids { ids: ids(1..=7, 1), last_final: 2 };
    let told = synopsis(&settled, None, &[]).expect("a synopsis");
    assert_eq!(following(&theirs, &told, 100).ids, []);
}
