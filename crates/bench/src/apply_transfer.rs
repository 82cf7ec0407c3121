//! Transfers applied on one thread: full rules, fees, authority against keys that were recovered
//! before, duplicates, undo on, in blocks of 3,000.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{NO_SIGNATURES, PER_BLOCK, UNSIGNED, World};
use crate::yardstick;
use carbyne_ledger::Trust;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_wire::Digest;
use std::sync::Arc;

/// Blocks of a run.
const BLOCKS: usize = if cfg!(test) { 2 } else { 30 };
/// Accounts at first when they grow.
const ACCOUNTS_MIN: u64 = 10_000;

/// Accounts that share the work of large blocks.
const MANY_ACCOUNTS: u64 = if cfg!(test) { 1_000 } else { 1_000_000 };

/// With so many accounts.
pub fn run(accounts: u64) -> Figures {
    Load::new(accounts).measure("apply_transfer", accounts)
}

/// With ten times as many accounts each time, up to `most`.
pub fn growth(most: u64) -> Vec<Figures> {
    let sizes = std::iter::successors(Some(ACCOUNTS_MIN.min(most)), |size| size.checked_mul(10));
    sizes
        .take_while(|size| *size <= most)
        .map(|size| run(size).named("apply_transfer_growth"))
        .collect()
}

/// With so many accounts, the first of which pays every other transfer.
pub fn crowded(accounts: u64) -> Figures {
    let load = Load { is_crowded: true, ..Load::new(accounts) };
    load.measure("apply_transfer_crowded", accounts)
}

/// In blocks of so many, which nobody signed: how much longer the longest takes is what counts.
pub fn in_blocks_of(transfers: u64) -> Figures {
    let per_block = usize::try_from(transfers).expect("a block in memory");
    let load = Load { per_block, is_signed: false, ..Load::new(MANY_ACCOUNTS) };
    load.measure("apply_transfer_blocks", transfers)
}

/// What is applied.
struct Load {
    accounts: u64,
    per_block: usize,
    /// Whether the first account pays every other transfer.
    is_crowded: bool,
    is_signed: bool,
}

/// Blocks that follow each other, and the hash of the state behind the last.
struct Recorded {
    /// Until as much is forgotten as is learned.
    settling: Vec<Arc<RecoveredBlock>>,
    measured: Vec<Arc<RecoveredBlock>>,
    hash: Digest<32>,
}

impl Load {
    fn new(accounts: u64) -> Self {
        Self { accounts, per_block: PER_BLOCK, is_crowded: false, is_signed: true }
    }

    fn world(&self) -> World {
        let mut world = World::new(self.accounts);
        if self.is_crowded {
            world.crowd_the_first();
        }
        world
    }

    fn trust(&self) -> Trust {
        if self.is_signed { UNSIGNED } else { NO_SIGNATURES }
    }

    /// What is to be applied, with the keys that were recovered: applied once to make it.
    fn record(&self) -> Recorded {
        let mut world = self.world();
        let settling = world.settle(self.per_block);
        let measured = (0..BLOCKS).map(|_| {
            let block = if self.is_signed {
                let signed = world.transfers(self.per_block);
                world.block(signed, Recover::Signatures)
            } else {
                world.unsigned_block(self.per_block)
            };
            world.push(&block, NO_SIGNATURES);
            block
        });
        let measured = measured.collect();
        Recorded { settling, measured, hash: world.checked_hash() }
    }

    /// Applies block after block to a state that knows none of them, beside rows of as many
    /// accounts.
    fn measure(&self, name: &str, size: u64) -> Figures {
        let Recorded { settling, measured, hash } = self.record();
        let (mut world, mut watch) = (self.world(), Watch::default());
        settling.into_iter().for_each(|block| world.push(&block, NO_SIGNATURES));
        for block in measured {
            watch.time(self.per_block as u64, || world.push(&block, self.trust()));
        }
        assert_eq!(world.checked_hash(), hash, "the same with signatures and without");
        let yardstick = yardstick::dense_rows(self.accounts);
        Figures::new(name, size, &watch, yardstick).with_state(hash)
    }
}
