//! What an account takes of memory that has balances of four assets, rows, indexes and all.

use crate::figures::Figures;
use crate::watch::{Watch, memory_now_kib};
use crate::world::World;
use crate::yardstick;

/// Assets beside the core asset of which every account has some.
const COINS: u64 = 3;

/// So many accounts, measured by what the process holds more than before: nothing else may have
/// been given back to it meanwhile, so other benchmarks come later.
pub fn run(accounts: u64) -> Figures {
    let (before, mut watch) = (memory_now_kib(), Watch::default());
    let mut world = watch.time(accounts, || {
        let mut world = World::new(accounts);
        for _ in 0..COINS {
            world.add_coin();
        }
        world
    });
    // What is kept to undo the blocks so far is not the accounts': a chain forgets it.
    world.settle(0);
    let taken = memory_now_kib().saturating_sub(before) << 10;
    let hash = world.checked_hash();
    Figures::new("memory", accounts, &watch, yardstick::dense_rows(accounts))
        .with_bytes_each(taken / accounts.max(1))
        .with_state(hash)
}
