//! Witnesses, committee members and workers in a small chain.

use super::*;
use crate::evaluate::Mode;
use crate::ops::sandbox::{START, check, ledger};
use carbyne_crypto::PublicKey;
use carbyne_objects::{VestingBalanceType, WorkerType};
use carbyne_protocol::ids::{AccountId, WorkerId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::governance::CommitteeMemberUpdateGlobalParameters;
use carbyne_protocol::ops::governance::committee_member_create::CommitteeMemberCreate;
use carbyne_protocol::ops::governance::committee_member_update::CommitteeMemberUpdate;
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;
use carbyne_protocol::ops::governance::worker_create::{
    VestingBalanceWorkerInitializer, WorkerCreate, WorkerInitializer,
};
use carbyne_protocol::ops::{Operation, Stateless};
use carbyne_protocol::parameters::ChainParameters;
use carbyne_wire::{Id, Text, TimePointSec};

const ANN: AccountId = Id(6);
const BOB: AccountId = Id(7);

/// A chain on which Ann is a lifetime member.
fn chain() -> Ledger {
    let mut ledger = ledger(5_000);
    ledger.modify(ANN, |ann| ann.membership_expiration_date = TimePointSec::MAX).unwrap();
    ledger
}

fn text(bytes: usize) -> Text {
    "x".repeat(bytes).into()
}

#[test]
fn a_member_becomes_a_witness_once() {
    let create = |witness_account, bytes| -> Operation {
        WitnessCreate { witness_account, url: text(bytes), ..Default::default() }.into()
    };
    let update = |witness_account, bytes| -> Operation {
        let (new_url, key) = (Some(text(bytes)), Some(PublicKey([3; 33])));
        WitnessUpdate { witness_account, new_url, new_signing_key: key, ..Default::default() }
            .into()
    };
    let mut ledger = chain();
    check(
        &mut ledger,
        &[
            (create(ANN, 127), "WitnessCreateRefusal::UrlTooLong"),
            (create(BOB, 126), "WitnessCreateRefusal::NotMember"),
            (update(ANN, 1), "LedgerRefusal::UnknownObject"),
            (create(ANN, 126), "ok"),
            (create(ANN, 126), "WitnessCreateRefusal::AlreadyWitness"),
            (update(BOB, 1), "WitnessUpdateRefusal::NotOwner"),
            (update(ANN, 127), "WitnessUpdateRefusal::UrlTooLong"),
            (update(ANN, 1), "ok"),
        ],
    );
    let witness = ledger.get(Id(0) as carbyne_protocol::ids::WitnessId).unwrap();
    assert_eq!((witness.url.len(), witness.signing_key), (1, PublicKey([3; 33])));
}

#[test]
fn a_member_becomes_a_committee_member_once() {
    let create = |committee_member_account, bytes| -> Operation {
        CommitteeMemberCreate { committee_member_account, url: text(bytes), ..Default::default() }
            .into()
    };
    let update = |committee_member_account, bytes| -> Operation {
        let new_url = Some(text(bytes));
        CommitteeMemberUpdate { committee_member_account, new_url, ..Default::default() }.into()
    };
    let mut ledger = chain();
    check(
        &mut ledger,
        &[
            (create(ANN, 127), "CommitteeMemberCreateRefusal::UrlTooLong"),
            (create(BOB, 0), "CommitteeMemberCreateRefusal::NotMember"),
            (create(ANN, 0), "ok"),
            (create(ANN, 0), "CommitteeMemberCreateRefusal::AlreadyCommitteeMember"),
            (update(BOB, 1), "CommitteeMemberUpdateRefusal::NotOwner"),
            (update(ANN, 127), "CommitteeMemberUpdateRefusal::UrlTooLong"),
            (update(ANN, 1), "ok"),
        ],
    );
    assert_eq!(ledger.global().unwrap().next_available_vote_id, 1);
}

#[test]
fn a_member_asks_to_be_paid_for_future_work() {
    let worker = |change: fn(&mut WorkerCreate)| -> Operation {
        let mut operation = WorkerCreate {
            owner: ANN,
            work_begin_date: START,
            work_end_date: TimePointSec(START.0 + 1),
            daily_pay: 1,
            ..Default::default()
        };
        change(&mut operation);
        operation.into()
    };
    let vesting = |worker: &mut WorkerCreate| {
        let days = VestingBalanceWorkerInitializer { pay_vesting_period_days: 2 };
        worker.initializer = WorkerInitializer::VestingBalance(days);
    };
    let mut ledger = chain();
    check(
        &mut ledger,
        &[
            (worker(|w| w.work_end_date = START), "WorkerCreateRefusal::EndNotAfterBegin"),
            (worker(|w| w.daily_pay = 0), "WorkerCreateRefusal::PayOutOfRange"),
            (
                worker(|w| w.daily_pay = carbyne_protocol::constants::MAX_SHARE_SUPPLY),
                "WorkerCreateRefusal::PayOutOfRange",
            ),
            (worker(|w| w.name = text(63)), "WorkerCreateRefusal::NameTooLong"),
            (worker(|w| w.url = text(127)), "WorkerCreateRefusal::UrlTooLong"),
            (worker(|w| w.owner = BOB), "WorkerCreateRefusal::NotMember"),
            (worker(|w| w.work_begin_date.0 -= 1), "WorkerCreateRefusal::BeginsInPast"),
            (worker(|w| w.initializer = WorkerInitializer::Burn), "ok"),
            (worker(vesting), "ok"),
        ],
    );
    let second = ledger.get(Id(1) as WorkerId).unwrap();
    assert_eq!((second.vote_for.instance(), second.vote_against.instance()), (2, 3));
    let WorkerType::VestingBalance(pay) = &second.worker else { panic!("{second:?}") };
    let balance = ledger.get(pay.balance).unwrap();
    assert_eq!((balance.owner, balance.balance_type), (ANN, VestingBalanceType::Worker));
}

#[test]
fn parameters_are_set_by_proposals_and_wait_for_maintenance() {
    let new_parameters = ChainParameters { block_interval: 3, ..ChainParameters::default() };
    let update = CommitteeMemberUpdateGlobalParameters { new_parameters, ..Default::default() };
    let mut ledger = chain();
    let refused = "UpdateGlobalParametersRefusal::NotProposed";
    check(&mut ledger, &[(update.clone().into(), refused)]);
    ledger.adjust_balance(update.fee_payer(), Asset::core(100_000)).unwrap();
    let paid = CommitteeMemberUpdateGlobalParameters { fee: Asset::core(100_000), ..update };
    ledger.apply_operation(&paid.into(), Mode::Proposed, false).unwrap();
    let global = ledger.global().unwrap();
    assert_eq!(global.parameters.block_interval, 5);
    assert_eq!(global.pending_parameters.as_ref().map(|p| p.block_interval), Some(3));
}
