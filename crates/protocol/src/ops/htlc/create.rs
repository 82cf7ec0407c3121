//! HTLC create: sets an amount aside for another account, who gets it by showing the secret behind
//! a hash in time.
//!
//! Signed by: the active authority of `from`, who pays the fee. The fee has a part per day that
//! begins and, at the price of a transfer's memo, one per 1,024 bytes of memo.

use super::{HtlcHash, HtlcRefusal, days_begun};
use crate::Rejected;
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::AccountId;
use crate::money::{Asset, MoneyRefusal, Shares};
use crate::ops::transfer::{Memo, TransferFee};
use crate::ops::{FeeParameters, Stateless};
use carbyne_wire::{FlatSet, Wire};

/// Sets an amount aside for whoever shows the secret behind a hash in time.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// Account that receives if the secret is shown.
    pub to: AccountId,
    /// What is set aside.
    pub amount: Asset,
    /// Hash of the secret.
    pub preimage_hash: HtlcHash,
    /// Size of the secret, in bytes; zero means any.
    pub preimage_size: u16,
    /// Seconds until the amount goes back.
    pub claim_period_seconds: u32,
    /// Options added later.
    pub extensions: HtlcCreateExtensions,
}

/// Options of contracts added after their launch.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct HtlcCreateExtensions {
    /// A message for the receiver (BSIP 64).
    pub memo: Option<Box<Memo>>,
}

fee_parameters! {
    /// Fee of a contract, in smallest units of the core asset.
    pub struct HtlcCreateFee {
        /// Per contract.
        fee: u64 = 100_000,
        /// Per day that begins before it ends.
        fee_per_day: u64 = 100_000,
    }
}

/// `count` times `price`, refused beyond 63 bits.
pub fn times(price: u64, count: u64) -> Result<i64, Rejected> {
    let (price, count) = (price as i64, count as i64);
    let overflow = MoneyRefusal::Overflow { a: price, b: count };
    Ok(price.checked_mul(count).ok_or(overflow)?)
}

impl Stateless for HtlcCreate {
    const NAME: &'static str = "htlc_create";
    type Fee = HtlcCreateFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &HtlcCreateFee, schedule: &FeeSchedule) -> Result<i64, Rejected> {
        let days = days_begun(self.claim_period_seconds);
        let total = (fee.fee as i64).plus(times(fee.fee_per_day, days)?)?;
        let transfer = match schedule.find(0) {
            Some(FeeParameters::Transfer(transfer)) => *transfer,
            _ => TransferFee::default(),
        };
        total.plus(memo_fee(&self.extensions.memo, transfer.price_per_kbyte)?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount.amount);
        ensure!(fee >= 0, HtlcRefusal::NegativeFee { fee });
        ensure!(amount > 0, HtlcRefusal::AmountNotPositive { amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
    }
}
