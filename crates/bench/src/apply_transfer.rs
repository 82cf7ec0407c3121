//! Transfers applied on one thread: full rules, fees, authority against keys that were recovered
//! before, duplicates, undo on, in blocks of 3,000.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{PER_BLOCK, UNSIGNED, World};
use crate::yardstick;
use carbyne_protocol::recovered::Recover;
use carbyne_wire::Digest;

/// Blocks of a run.
const BLOCKS: usize = if cfg!(test) { 2 } else { 30 };
/// Accounts at first when they grow.
const ACCOUNTS_MIN: u64 = 10_000;

/// Accounts that share the work of large blocks.
const MANY_ACCOUNTS: u64 = if cfg!(test) { 1_000 } else { 1_000_000 };

/// With so many accounts.
pub fn run(accounts: u64) -> Figures {
    apply(World::new(accounts), PER_BLOCK, BLOCKS).of("apply_transfer", accounts, accounts)
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
    let mut world = World::new(accounts);
    world.crowd_the_first();
    apply(world, PER_BLOCK, BLOCKS).of("apply_transfer_crowded", accounts, accounts)
}

/// In blocks of so many.
pub fn in_blocks_of(transfers: u64) -> Figures {
    let per_block = usize::try_from(transfers).expect("a block in memory");
    apply(World::new(MANY_ACCOUNTS), per_block, BLOCKS).of(
        "apply_transfer_blocks",
        transfers,
        MANY_ACCOUNTS,
    )
}

/// What applying took, and what came of it.
struct Applied {
    watch: Watch,
    hash: Digest<32>,
}

impl Applied {
    /// Beside rows of as many accounts as were there.
    fn of(&self, name: &str, size: u64, accounts: u64) -> Figures {
        Figures::new(name, size, &self.watch, yardstick::dense_rows(accounts)).with_state(self.hash)
    }
}

fn apply(mut world: World, per_block: usize, blocks: usize) -> Applied {
    let mut watch = Watch::default();
    world.settle(per_block);
    for _ in 0..blocks {
        let signed = world.transfers(per_block);
        let block = world.block(signed, Recover::Signatures);
        watch
            .time(per_block as u64, || world.chain.push_block(block, UNSIGNED))
            .expect("the block applies");
        world.chain.take_events();
    }
    Applied { watch, hash: world.checked_hash() }
}
