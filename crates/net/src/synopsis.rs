//! Synopses: a chain told by some twenty ids, dense towards its head (reference:
//! `app/application.cpp`, `get_blockchain_synopsis` and `get_block_ids`; `net/node.cpp`).
//!
//! The first entry is the last block that cannot be undone, each next one halves the distance to
//! the end, the end is the last. Who gets one answers with what follows the newest entry it knows.
//! Where everything can be undone, the id that no block has stands before the first: everybody
//! knows it, and answers with its own first block, as the reference does. The reference itself does
//! not say it, so that two who began a chain each for itself never find together there.

use crate::chain::ChainView;
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::{Digest, Hash160};

/// The id before the first block.
const NO_BLOCK: Hash160 = Digest([0; 20]);

/// A peer whose branch leaves ours before the last block that cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOldABranch;

/// What follows a synopsis: ids, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// The ids, the first the newest that both have, except from an empty chain.
    pub ids: Vec<Hash160>,
    /// How many more follow.
    pub remaining: u32,
}

/// The ids, `most` at most, that follow the newest entry of `synopsis` on our branch; nothing if we
/// know none of it.
pub fn following(chain: &dyn ChainView, synopsis: &[Hash160], most: usize) -> Following {
    let head = num_from_id(&chain.head().id);
    let is_ours = |id: &Hash160| *id == NO_BLOCK || chain.id_at(num_from_id(id)) == Some(*id);
    let begin = match synopsis.iter().rev().find(|id| is_ours(id)) {
        Some(id) => num_from_id(id).max(1),
        None if synopsis.is_empty() => 1,
        None => return Following::default(),
    };
    let ids = chain.ids_at(begin..=head, most);
    let last = ids.last().map_or(head, num_from_id);
    Following { ids, remaining: head.saturating_sub(last) }
}

/// A synopsis for a peer: of our branch, or of its branch up to `reference`, the newest block of it
/// that we have, and of the ids behind that the peer told us and we do not have, in order.
pub fn synopsis(
    chain: &dyn ChainView,
    reference: Option<Hash160>,
    told: &[Hash160],
) -> Result<Vec<Hash160>, TooOldABranch> {
    let ours = Ours::up_to(chain, reference)?;
    let end = told.last().map_or(ours.end, num_from_id);
    let first_told = told.first().map_or(u32::MAX, num_from_id);
    let mut ids = Vec::new();
    if ours.begin == 0 && ours.end > 0 {
        ids.push(NO_BLOCK);
    }
    let mut number = ours.begin.max(1);
    while number <= end {
        ids.extend(match number.checked_sub(first_told) {
            None => ours.id(chain, number),
            Some(behind) => told.get(usize::try_from(behind).unwrap_or(usize::MAX)).copied(),
        });
        number = number.saturating_add(end.saturating_sub(number).saturating_add(2) / 2);
    }
    Ok(ids)
}

/// The part of a synopsis that we have.
struct Ours {
    /// The first block that is named.
    begin: u32,
    /// The last block on our branch.
    common: u32,
    /// The ids behind it on the peer's branch.
    branch: Vec<Hash160>,
    /// Number of the last block.
    end: u32,
}

impl Ours {
    fn up_to(chain: &dyn ChainView, reference: Option<Hash160>) -> Result<Self, TooOldABranch> {
        let begin = chain.last_final();
        let Some(reference) = reference else {
            let end = num_from_id(&chain.head().id);
            return Ok(Self { begin, common: end, branch: Vec::new(), end });
        };
        let end = num_from_id(&reference);
        if chain.id_at(end) == Some(reference) {
            return Ok(Self { begin: begin.min(end), common: end, branch: Vec::new(), end });
        }
        let branch = chain.branch(&reference).ok_or(TooOldABranch)?;
        let length = u32::try_from(branch.len()).map_err(|_| TooOldABranch)?;
        let common = end.checked_sub(length).ok_or(TooOldABranch)?;
        if common < begin {
            return Err(TooOldABranch);
        }
        Ok(Self { begin, common, branch, end })
    }

    fn id(&self, chain: &dyn ChainView, number: u32) -> Option<Hash160> {
        match number.checked_sub(self.common).and_then(|n| n.checked_sub(1)) {
            None => chain.id_at(number),
            Some(behind) => self.branch.get(usize::try_from(behind).ok()?).copied(),
        }
    }
}
