//! The block with maintenance, where every account voted and paid fees since the last one: an
//! account is the thing that is counted, a block the piece that is timed.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{UNSIGNED, World};
use crate::yardstick;
use carbyne_ledger::Ledger;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::recovered::Recover;
use carbyne_wire::Rare;

/// Times that all vote and pay.
const ROUNDS: usize = if cfg!(test) { 2 } else { 5 };
/// What every account paid, in smallest units of the core asset.
const PAID: i64 = 1_000;

/// An account votes for some witness, and its fees wait to be shared out.
fn votes_and_pays(ledger: &mut Ledger, account: AccountId, witnesses: &[carbyne_wire::VoteId]) {
    let witness = witnesses[(account.0 % witnesses.len() as u64) as usize];
    let statistics = ledger.get(account).expect("an account").statistics;
    let changed = ledger.modify(account, |account| {
        account.options.votes = Rare::from_iter([witness]);
        account.options.num_witness = 1;
    });
    changed.expect("an account");
    ledger.adjust_balance(account, Asset::core(PAID).negated()).expect("enough");
    let now = ledger.head_time().expect("a time");
    let changed = ledger.modify(statistics, |statistics| {
        statistics.voting.is_voting = true;
        statistics.voting.last_vote_time = now;
        statistics.pending_fees += PAID;
        // Only what is locked has a vote; what is in orders is the simplest kind.
        statistics.total_core_in_orders = PAID;
    });
    changed.expect("statistics");
}

/// Everybody votes and pays, and the next block is that of maintenance.
fn prepare(world: &mut World, accounts: u64) {
    let all: Vec<AccountId> = (0..accounts).map(|number| world.account(number)).collect();
    let ledger = world.chain.ledger_mut();
    let witnesses: Vec<_> = ledger.tables.witnesses.iter().map(|witness| witness.vote_id).collect();
    all.into_iter().for_each(|account| votes_and_pays(ledger, account, &witnesses));
    let now = ledger.head_time().expect("a time");
    let changed = ledger.modify_dynamic(|dynamic| dynamic.next_maintenance_time = now);
    changed.expect("properties");
}

/// With so many accounts.
pub fn run(accounts: u64) -> Figures {
    let (mut world, mut watch) = (World::new(accounts), Watch::default());
    for _ in 0..ROUNDS {
        prepare(&mut world, accounts);
        let block = world.block(Vec::new(), Recover::Nothing);
        watch.time(accounts, || world.push(&block, UNSIGNED));
        let counted = world.chain.ledger().tables.witnesses.iter().any(|one| one.total_votes > 0);
        assert!(counted, "maintenance took place");
    }
    let hash = world.checked_hash();
    Figures::new("maintenance", accounts, &watch, yardstick::dense_rows(accounts)).with_state(hash)
}
