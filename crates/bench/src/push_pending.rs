//! What a transaction costs the core when it becomes pending, when it is refused at its end, and
//! when it is a duplicate.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{PER_BLOCK, UNSIGNED, World};
use crate::yardstick;
use carbyne_ledger::read_ahead::GROUP;
use carbyne_ledger::{Questions, Trust};
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use std::sync::Arc;

/// Blocks between which transactions become pending.
const BLOCKS: usize = if cfg!(test) { 2 } else { 10 };
/// Everything was asked when they became pending.
const KNOWN: Trust = Trust::Except(Questions::ALL.without(Questions::DUPLICATES));

/// Pushes transactions; gives how many became pending.
fn push(world: &mut World, transactions: &[SignedTransaction], watch: &mut Watch) -> usize {
    let chain_id = *world.chain.chain_id();
    let recovered = transactions.iter().map(|transaction| {
        Arc::new(RecoveredTransaction::new(transaction.clone(), &chain_id, Recover::Signatures))
    });
    let recovered: Vec<_> = recovered.collect();
    let mut accepted = 0;
    for group in recovered.chunks(GROUP) {
        accepted += watch.time(group.len() as u64, || {
            world.chain.ledger().read_ahead(group.iter().map(AsRef::as_ref));
            let pushed =
                group.iter().map(|one| world.chain.push_transaction(one.clone(), UNSIGNED));
            pushed.filter(Result::is_ok).count()
        });
    }
    world.chain.take_events();
    accepted
}

/// With so many accounts.
pub fn run(accounts: u64) -> Vec<Figures> {
    let mut world = World::new(accounts);
    let [mut pending, mut refused, mut duplicate] = [(); 3].map(|()| Watch::default());
    for _ in 0..BLOCKS {
        let too_much: Vec<_> =
            (0..PER_BLOCK).map(|_| world.transfer(|balance, _| balance)).collect();
        assert_eq!(push(&mut world, &too_much, &mut refused), 0, "nobody can pay the fee");
        let signed = world.transfers(PER_BLOCK);
        assert_eq!(push(&mut world, &signed, &mut pending), PER_BLOCK, "all become pending");
        assert_eq!(push(&mut world, &signed, &mut duplicate), 0, "they are pending already");
        world.chain.clear_pending();
        let block = world.block(signed, Recover::Nothing);
        world.chain.push_block(block, KNOWN).expect("the block applies");
        world.chain.take_events();
    }
    let hash = world.checked_hash();
    let yardstick = yardstick::dense_rows(accounts);
    [
        ("push_pending", pending),
        ("push_pending.refused", refused),
        ("push_pending.duplicate", duplicate),
    ]
    .map(|(name, watch)| Figures::new(name, accounts, &watch, yardstick).with_state(hash))
    .into()
}
