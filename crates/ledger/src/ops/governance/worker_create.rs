//! Worker creation: a lifetime member asks to be paid by the chain, for the votes to decide.
//!
//! Signed by: the active authority of `owner`, who pays the fee.

use super::next_vote_id;
use crate::constants::{MAX_SHARE_SUPPLY, MAX_URL_LENGTH, MAX_WORKER_NAME_LENGTH, SECONDS_PER_DAY};
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, VestingBalanceId, WorkerId};
use crate::money::Asset;
use crate::objects::{
    BurntPay, CddVesting, VestingBalance, VestingBalanceType, VestingPay, VestingPolicy, Worker,
    WorkerType,
};
use crate::ops::{OperationResult, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Text, TimePointSec, VoteKind, Wire};

refusals! {
    /// Why a worker is not created.
    pub enum WorkerCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// Work that ends when it begins, or before.
        EndNotAfterBegin { begin: TimePointSec, end: TimePointSec }:
            "work that begins {begin} cannot end {end}",
        /// A pay of nothing, or of all there is.
        PayOutOfRange { pay: i64, asked: Asked }: "the daily pay {pay} is not possible",
        /// A name that is too long.
        NameTooLong { bytes: usize }: "a name of {bytes} bytes is too long",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
        /// The account is no lifetime member.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot propose work",
        /// Work that began before now.
        BeginsInPast { begin: TimePointSec, now: TimePointSec }:
            "the work begins {begin}, which is before now, {now}",
    }
}

/// What is to become of the pay.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub enum WorkerInitializer {
    /// It goes back to the reserve.
    #[default]
    Refund,
    /// It vests for the account.
    VestingBalance(VestingBalanceWorkerInitializer),
    /// It goes to an account that nobody controls.
    Burn,
}

/// How long the pay takes to vest.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct VestingBalanceWorkerInitializer {
    /// Days until it is vested.
    pub pay_vesting_period_days: u16,
}

/// Asks to be paid by the chain.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WorkerCreate {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// The account.
    pub owner: AccountId,
    /// When the work begins.
    pub work_begin_date: TimePointSec,
    /// When the work ends.
    pub work_end_date: TimePointSec,
    /// Pay per day, in smallest units of core.
    pub daily_pay: i64,
    /// What it is called.
    pub name: Text,
    /// Where it presents itself.
    pub url: Text,
    /// What is to become of the pay.
    pub initializer: WorkerInitializer,
}

fee_parameters! {
    /// Fee of a worker, in smallest units of the core asset.
    pub struct WorkerCreateFee {
        /// Per worker.
        fee: u64 = 500_000_000,
    }
}

impl WorkerCreate {
    /// Makes what the pay goes to.
    fn worker_type(&self, ledger: &mut Ledger) -> Result<WorkerType, Rejected> {
        Ok(match &self.initializer {
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
                    owner: self.owner,
                    policy,
                    balance_type: VestingBalanceType::Worker,
                    ..VestingBalance::default()
                });
                WorkerType::VestingBalance(VestingPay { balance })
            }
        })
    }
}

impl Stateless for WorkerCreate {
    const NAME: &'static str = "worker_create";
    type Fee = WorkerCreateFee;

    paid_by!(owner);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, WorkerCreateRefusal::NegativeFee { fee: self.fee.amount });
        let (begin, end) = (self.work_begin_date, self.work_end_date);
        ensure!(end > begin, WorkerCreateRefusal::EndNotAfterBegin { begin, end });
        let pay = self.daily_pay;
        let asked = asked::governance::PAY_LEAST;
        ensure!(pay > 0, WorkerCreateRefusal::PayOutOfRange { pay, asked });
        let asked = asked::governance::PAY_MOST;
        ensure!(pay < MAX_SHARE_SUPPLY, WorkerCreateRefusal::PayOutOfRange { pay, asked });
        let bytes = self.name.len();
        ensure!(bytes < MAX_WORKER_NAME_LENGTH, WorkerCreateRefusal::NameTooLong { bytes });
        let bytes = self.url.len();
        ensure!(bytes < MAX_URL_LENGTH, WorkerCreateRefusal::UrlTooLong { bytes });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner);
    }
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
        let worker = self.worker_type(ledger)?;
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
