//! How many transfers a second the core applies on one thread: full evaluators, fees, authority
//! against recovered keys, undo on, in blocks of 3,000. Recovering the keys is not timed: workers
//! do that. Afterwards the supply must add up, and undoing and applying the last block must give
//! the same state hash. `memory_ns` is what a read from memory of about the same size takes before
//! and after that: most of a transfer is such reads.
//!
//! `cargo bench -p carbyne-chain --bench transfer -- ACCOUNTS TRANSFERS`; prints one JSON line.

mod world;

use carbyne_protocol::recovered::Recover;
use world::{PER_BLOCK, Stopwatch, UNSIGNED, World, memory_ns, use_large_pages};

/// What an account takes with its statistics and its balance, in bytes.
const ACCOUNT_BYTES: usize = 1_024;

fn main() {
    use_large_pages();
    let arguments: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let accounts = arguments.first().copied().unwrap_or(10_000);
    let transfers = arguments.get(1).copied().unwrap_or(60_000) as usize;
    let mut memory = vec![memory_ns(accounts as usize * ACCOUNT_BYTES)];
    let mut world = World::new(accounts);
    let (mut watch, mut applied) = (Stopwatch::default(), 0);
    let mut last = None;
    while applied < transfers {
        let signed = world.transfers();
        let block = world.block(signed, Recover::Signatures);
        let push = || world.chain.push_block(block.clone(), UNSIGNED);
        watch.time(push).expect("the block applies");
        world.chain.take_events();
        applied += PER_BLOCK;
        last = Some(block);
    }
    memory.push(memory_ns(accounts as usize * ACCOUNT_BYTES));
    let hash = world.chain.ledger().state_hash();
    world.chain.pop_block().expect("the last block can be undone");
    world.chain.push_block(last.expect("a block"), UNSIGNED).expect("it applies again");
    assert_eq!(world.chain.ledger().state_hash(), hash, "undo and redo give the same state");
    let audit = carbyne_ledger::audit::audit(world.chain.ledger()).expect("an audit");
    assert!(audit.iter().all(|line| line.is_balanced()), "supply adds up");
    println!(
        "{{\"name\":\"apply_transfer\",\"accounts\":{accounts},\"transfers\":{applied},\
         \"per_second\":{:.0},\"ns\":{:.0},\"processor_ns\":{:.0},\"memory_ns\":{memory:.0?},\"state_hash\":\"{hash}\"}}",
        1e9 / watch.ns(applied),
        watch.ns(applied),
        watch.processor_ns(applied),
    );
}
