//! Worker creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::worker_create`].

use super::next_vote_id;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{
    BurntPay, CddVesting, VestingBalance, VestingBalanceType, VestingPay, VestingPolicy, Worker,
    WorkerType,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ids::{AccountId, VestingBalanceId, WorkerId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::worker_create::{WorkerCreate, WorkerInitializer};
use carbyne_wire::{TimePointSec, VoteKind};

refusals! {
    /// Why a worker is not created.
    pub enum WorkerCreateRefusal {
        /// The account is no lifetime member.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot propose work",
        /// Work that began before now.
        BeginsInPast { begin: TimePointSec, now: TimePointSec }:
            "the work begins {begin}, which is before now, {now}",
    }
}

/// Makes what the pay goes to.
fn worker_type(operation: &WorkerCreate, ledger: &mut Ledger) -> Result<WorkerType, Rejected> {
    Ok(match &operation.initializer {
        WorkerInitializer::Refund => WorkerType::Refund(BurntPay::default()),
        WorkerInitializer::Burn => WorkerType::Burn(BurntPay::default()),
        WorkerInitializer::VestingBalance(initializer) => {
            let days = u32::from(initializer.pay_vesting_period_days);
            let policy = VestingPolicy::Cdd(CddVesting {
                // A period of more than 136 years wraps at 32 bits, as in the reference.
                vesting_seconds: days.wrapping_mul(SECONDS_PER_DAY),
                coin_seconds_earned_last_update: ledger.head_time()?,
                ..CddVesting::default()
            });
            let balance: VestingBalanceId = ledger.create(VestingBalance {
                owner: operation.owner,
                policy,
                balance_type: VestingBalanceType::Worker,
                ..VestingBalance::default()
            });
            WorkerType::VestingBalance(VestingPay { balance })
        }
    })
}

impl Evaluate for WorkerCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let account = self.owner;
        ensure!(
            ledger.get(account)?.is_lifetime_member(),
            WorkerCreateRefusal::NotMember { account }
        );
        let (begin, now) = (self.work_begin_date, ledger.head_time()?);
        ensure!(begin >= now, WorkerCreateRefusal::BeginsInPast { begin, now });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let vote_for = next_vote_id(ledger, VoteKind::Worker)?;
        let vote_against = next_vote_id(ledger, VoteKind::Worker)?;
        let worker = worker_type(self, ledger)?;
        let id: WorkerId = ledger.create(Worker {
            worker_account: self.owner,
            work_begin_date: self.work_begin_date,
            work_end_date: self.work_end_date,
            daily_pay: self.daily_pay,
            worker,
            vote_for,
            vote_against,
            name: self.name.clone(),
            url: self.url.clone(),
            ..Worker::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
