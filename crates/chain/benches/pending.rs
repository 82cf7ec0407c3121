//! What a transaction costs the core when it becomes pending, and when it is refused: transfers
//! pushed on top of the head block with full evaluators, fees and authority against keys that were
//! recovered before; `one_by_one` without reading ahead for a group of them. A refused one is
//! refused at its end, where its payer cannot pay the fee any more, so that everything it did is
//! undone; a duplicate at its beginning. Between blocks of 3,000 what is pending is dropped and put
//! into the block.
//!
//! `cargo bench -p carbyne-chain --bench pending -- ACCOUNTS TRANSACTIONS`; prints one JSON line.

mod world;

use carbyne_ledger::read_ahead::GROUP;
use carbyne_ledger::{Questions, Trust};
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use std::sync::Arc;
use world::{PER_BLOCK, Stopwatch, UNSIGNED, World, memory_ns, use_large_pages};

/// What an account takes with its statistics and its balance, in bytes.
const ACCOUNT_BYTES: usize = 1_024;

/// Pushes transactions, reading ahead for `group` of them at a time; gives how many became pending.
fn push(
    world: &mut World,
    transactions: &[SignedTransaction],
    group: usize,
    watch: &mut Stopwatch,
) -> usize {
    let chain_id = *world.chain.chain_id();
    let recovered = transactions.iter().map(|transaction| {
        Arc::new(RecoveredTransaction::new(transaction.clone(), &chain_id, Recover::Signatures))
    });
    let recovered: Vec<_> = recovered.collect();
    let chain = &mut world.chain;
    let accepted = watch.time(|| {
        let mut accepted = 0;
        for group in recovered.chunks(group) {
            if group.len() > 1 {
                chain.ledger().read_ahead(group.iter().map(AsRef::as_ref));
            }
            for one in group {
                accepted += usize::from(chain.push_transaction(one.clone(), UNSIGNED).is_ok());
            }
        }
        accepted
    });
    chain.take_events();
    accepted
}

fn main() {
    use_large_pages();
    let arguments: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let accounts = arguments.first().copied().unwrap_or(10_000);
    let transactions = arguments.get(1).copied().unwrap_or(60_000) as usize;
    let mut world = World::new(accounts);
    let trusted = Trust::Except(Questions::ALL.without(Questions::DUPLICATES));
    let (mut one_by_one, mut ahead) = (Stopwatch::default(), Stopwatch::default());
    let (mut refused, mut duplicate) = (Stopwatch::default(), Stopwatch::default());
    let mut dropped = Stopwatch::default();
    let mut pushed = 0;
    while pushed < transactions {
        let too_much: Vec<_> =
            (0..PER_BLOCK).map(|_| world.transfer(|balance, _| balance)).collect();
        assert_eq!(push(&mut world, &too_much, GROUP, &mut refused), 0, "nobody can pay the fee");
        let signed = world.transfers();
        let (left, right) = signed.split_at(PER_BLOCK / 2);
        let accepted =
            push(&mut world, left, 1, &mut one_by_one) + push(&mut world, right, GROUP, &mut ahead);
        assert_eq!(accepted, PER_BLOCK, "all become pending");
        assert_eq!(push(&mut world, left, 1, &mut duplicate), 0, "they are pending already");
        dropped.time(|| world.chain.clear_pending());
        let block = world.block(signed, Recover::Nothing);
        world.chain.push_block(block, trusted).expect("the block applies");
        world.chain.take_events();
        pushed += PER_BLOCK;
    }
    let memory = memory_ns(accounts as usize * ACCOUNT_BYTES);
    println!(
        "{{\"name\":\"push_pending\",\"accounts\":{accounts},\"transactions\":{pushed},\
         \"accepted_ns\":{:.0},\"accepted_processor_ns\":{:.0},\"one_by_one_ns\":{:.0},\
         \"refused_ns\":{:.0},\"duplicate_ns\":{:.0},\"dropped_ns\":{:.0},\"memory_ns\":{memory:.0}}}",
        ahead.ns(pushed / 2),
        ahead.processor_ns(pushed / 2),
        one_by_one.ns(pushed / 2),
        refused.ns(pushed),
        duplicate.ns(pushed / 2),
        dropped.ns(pushed),
    );
}
