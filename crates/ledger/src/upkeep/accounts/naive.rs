//! The reference's walk beside ours: account after account by name, each payment as it comes.

use super::{note_core_balances, perform_account_maintenance};
use crate::Ledger;
use crate::cashback::cut_fee;
use crate::ops::sandbox;
use crate::upkeep::votes::Tally;
use crate::vesting::deposit_cashback;
use carbyne_objects::{Account, AccountStatistics, CddVesting, VestingBalance, VestingPolicy};
use carbyne_protocol::constants::{CORE, PROXY_TO_SELF_ACCOUNT};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, Rare, Text, TimePointSec, VoteId, VoteKind};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Accounts, of which the first five are the chain's own.
const ACCOUNTS: u64 = 16;

fn walk(ledger: &mut Ledger, tally: &mut Tally) {
    note_core_balances(ledger).unwrap();
    let all = ledger.tables.statistics.iter().filter(|one| one.needs_maintenance());
    let mut due: BTreeMap<Text, AccountId> = all.map(|one| (one.name.clone(), one.owner)).collect();
    let mut next = due.keys().next().cloned();
    while let Some(name) = next {
        next = due.range((Bound::Excluded(&name), Bound::Unbounded)).next().map(|(n, _)| n.clone());
        let account = due[&name];
        if ledger.statistics(account).unwrap().has_some_core_voting() {
            tally.count(ledger, account).unwrap();
        }
        if !ledger.statistics(account).unwrap().has_pending_fees() {
            continue;
        }
        pay_fees(ledger, account);
        let Some(next) = &next else { continue };
        let payer = ledger.get(account).unwrap();
        for account in [payer.lifetime_referrer, payer.referrer, payer.registrar] {
            let statistics = ledger.statistics(account).unwrap();
            if statistics.needs_maintenance() && statistics.name > *next {
                due.insert(statistics.name.clone(), account);
            }
        }
    }
}

fn pay_fees(ledger: &mut Ledger, account: AccountId) {
    let statistics = ledger.statistics(account).unwrap();
    let (id, parts) = (statistics.id, [statistics.pending_fees, statistics.pending_vested_fees]);
    for (total, vests) in parts.into_iter().zip([true, false]) {
        let referrer = ledger.get(ledger.get(account).unwrap().referrer).unwrap();
        if referrer.is_basic_account(ledger.head_time().unwrap()) {
            ledger.modify(account, |one| one.referrer = one.lifetime_referrer).unwrap();
        }
        let payer = ledger.get(account).unwrap().clone();
        let network = cut_fee(total, payer.network_fee_percentage);
        let lifetime = cut_fee(total, payer.lifetime_referrer_fee_percentage);
        let referral = total - network - lifetime;
        let referrer = cut_fee(referral, payer.referrer_rewards_percentage);
        let core = ledger.get(CORE).unwrap().dynamic_asset_data_id;
        ledger.modify(core, |core| core.accumulated_fees += network).unwrap();
        deposit_cashback(ledger, payer.lifetime_referrer, lifetime, vests).unwrap();
        deposit_cashback(ledger, payer.referrer, referrer, vests).unwrap();
        deposit_cashback(ledger, payer.registrar, referral - referrer, vests).unwrap();
    }
    let changed = ledger.modify(id, |statistics| {
        statistics.lifetime_fees_paid += parts[0] + parts[1];
        (statistics.pending_fees, statistics.pending_vested_fees) = (0, 0);
    });
    changed.unwrap();
}

#[derive(Clone, Debug)]
struct Person {
    votes: bool,
    follows: Option<u64>,
    in_orders: i64,
    /// In tickets, and in tickets forever.
    locked: [i64; 2],
    pending: [i64; 2],
    helpers: [u64; 3],
    percentages: [u16; 3],
    is_member: bool,
    /// The period of a balance for cashback, and how much is in it.
    balance: Option<(u32, i64)>,
}

fn person() -> impl Strategy<Value = Person> {
    let who = || 0..ACCOUNTS;
    let some = || prop_oneof![2 => Just(0_i64), 1 => 1..10_000_i64];
    let balance = (prop_oneof![Just(0_u32), Just(100)], 0..1_000_i64);
    let percentages = [0..=3_000_u16, 0..=3_000, 0..=10_000];
    let money = (some(), [some(), some()], [some(), some()]);
    let helpers = [who(), who(), who()];
    let follows = proptest::option::weighted(0.2, who());
    let balance = proptest::option::weighted(0.3, balance);
    (any::<bool>(), follows, money, helpers, percentages, any::<bool>(), balance).prop_map(
        |(
            votes,
            follows,
            (in_orders, locked, pending),
            helpers,
            percentages,
            is_member,
            balance,
        )| Person {
            votes,
            follows,
            in_orders,
            locked,
            pending,
            helpers,
            percentages,
            is_member,
            balance,
        },
    )
}

fn vote(number: u64) -> VoteId {
    VoteId::new(VoteKind::Witness, (number % 4) as u32)
}

fn settle(ledger: &mut Ledger, number: u64, name: &Text, person: &Person) {
    let cashback_vb = person.balance.map(|(vesting_seconds, amount)| {
        let policy = VestingPolicy::Cdd(CddVesting { vesting_seconds, ..CddVesting::default() });
        let balance = Asset::core(amount);
        ledger.create::<VestingBalanceId>(VestingBalance {
            owner: Id(number),
            balance,
            policy,
            ..VestingBalance::default()
        })
    });
    let [lifetime_referrer, referrer, registrar] = person.helpers.map(Id);
    let change = |account: &mut Account| {
        account.name = name.clone();
        account.statistics = Id(number);
        account.options.voting_account = person.follows.map_or(PROXY_TO_SELF_ACCOUNT, Id);
        account.options.votes = Rare::from_iter([vote(number)]);
        account.options.num_witness = (number % 3) as u16;
        account.extras.cashback_vb = cashback_vb;
        (account.lifetime_referrer, account.referrer) = (lifetime_referrer, referrer);
        account.registrar = registrar;
        [
            account.network_fee_percentage,
            account.lifetime_referrer_fee_percentage,
            account.referrer_rewards_percentage,
        ] = person.percentages;
        let ends = if person.is_member { TimePointSec::MAX } else { TimePointSec(1) };
        account.membership_expiration_date = ends;
    };
    ledger.modify(Id(number) as AccountId, change).unwrap();
    let change = |statistics: &mut AccountStatistics| {
        (statistics.owner, statistics.name) = (Id(number), name.clone());
        statistics.voting.is_voting = person.votes;
        statistics.voting.has_cashback_vb = cashback_vb.is_some();
        statistics.voting.last_vote_time = sandbox::START;
        statistics.total_core_in_orders = person.in_orders;
        let [pol, pob] = person.locked;
        (statistics.tickets.total_core_pol, statistics.tickets.total_pol_value) = (pol, pol * 4);
        (statistics.tickets.total_core_pob, statistics.tickets.total_pob_value) = (pob, pob * 8);
        [statistics.pending_fees, statistics.pending_vested_fees] = person.pending;
    };
    ledger.modify(Id(number) as AccountStatisticsId, change).unwrap();
}

/// A chain of these people, whose names are in that order.
fn world(people: &[Person], names: &[u64]) -> Ledger {
    let mut ledger = sandbox::ledger(0);
    for _ in 10..ACCOUNTS {
        ledger.create::<AccountId>(Account::default());
        ledger.create::<AccountStatisticsId>(AccountStatistics::default());
    }
    let changed = ledger.modify_global(|global| {
        global.next_available_vote_id = 4;
        global.parameters.count_non_member_votes = true;
        global.parameters.maximum_witness_count = 5;
        global.parameters.maximum_committee_count = 5;
        global.parameters.cashback_vesting_period_seconds = 100;
    });
    changed.unwrap();
    let total_pob = people.iter().map(|person| person.locked[1]).sum();
    ledger.modify_dynamic(|dynamic| dynamic.total_pob = total_pob).unwrap();
    for ((number, person), name) in (0..).zip(people).zip(names) {
        settle(&mut ledger, number, &format!("n{name:02}").into(), person);
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whoever_is_met_first_the_outcome_is_that_of_the_walk_by_name(
        people in prop::collection::vec(person(), ACCOUNTS as usize),
        names in Just((0..ACCOUNTS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut ours = world(&people, &names);
        let mut walked = ours.clone();
        let mut tallies = [Tally::new(&ours).unwrap(), Tally::new(&walked).unwrap()];
        perform_account_maintenance(&mut ours, &mut tallies[0]).unwrap();
        walk(&mut walked, &mut tallies[1]);
        prop_assert_eq!(ours.state_hash(), walked.state_hash());
        for number in 0..4 {
            let [ours, walked] = [&tallies[0], &tallies[1]].map(|one| one.votes_for(vote(number)));
            prop_assert_eq!(ours, walked);
        }
    }
}
