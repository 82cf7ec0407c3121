//! Transfers applied on one thread: full rules, fees, authority against keys that were recovered
//! before, duplicates, undo on, in blocks of 3,000.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{PER_BLOCK, UNSIGNED, World};
use crate::yardstick;
use carbyne_protocol::recovered::Recover;

/// Blocks of a run.
const BLOCKS: usize = if cfg!(test) { 2 } else { 30 };
/// Accounts at first when they grow.
const ACCOUNTS_MIN: u64 = 10_000;

/// With so many accounts.
pub fn run(accounts: u64) -> Figures {
    let mut world = World::new(accounts);
    let mut watch = Watch::default();
    for _ in 0..BLOCKS {
        let signed = world.transfers(PER_BLOCK);
        let block = world.block(signed, Recover::Signatures);
        watch
            .time(PER_BLOCK as u64, || world.chain.push_block(block, UNSIGNED))
            .expect("the block applies");
        world.chain.take_events();
    }
    let hash = world.checked_hash();
    Figures::new("apply_transfer", accounts, &watch, yardstick::dense_rows(accounts))
        .with_state(hash)
}

/// With ten times as many accounts each time, up to `most`.
pub fn growth(most: u64) -> Vec<Figures> {
    let sizes = std::iter::successors(Some(ACCOUNTS_MIN.min(most)), |size| size.checked_mul(10));
    sizes
        .take_while(|size| *size <= most)
        .map(|size| run(size).named("apply_transfer_growth"))
        .collect()
}
