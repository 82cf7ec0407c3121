//! Worker creation: a lifetime member asks to be paid by the chain, for the votes to decide.
//!
//! Signed by: the active authority of `owner`, who pays the fee.

use crate::Rejected;
use crate::constants::{MAX_SHARE_SUPPLY, MAX_URL_LENGTH, MAX_WORKER_NAME_LENGTH};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_wire::{FlatSet, Text, TimePointSec, Wire};

refusals! {
    /// Why a worker is not created, whatever the state.
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
