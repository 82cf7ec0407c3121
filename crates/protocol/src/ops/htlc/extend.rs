//! HTLC extend: gives a contract more time.
//!
//! Signed by: the active authority of `update_issuer`, who pays the fee and must have made the
//! contract. The fee has a part per added day that begins.

use super::{HtlcRefusal, days_begun};
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, HtlcId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives a contract more time.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcExtend {
    /// Fee.
    pub fee: Asset,
    /// The contract.
    pub htlc_id: HtlcId,
    /// Account that made the contract.
    pub update_issuer: AccountId,
    /// Seconds to add.
    pub seconds_to_add: u32,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of more time, in smallest units of the core asset.
    pub struct HtlcExtendFee {
        /// Per extension.
        fee: u64 = 100_000,
        /// Per added day that begins.
        fee_per_day: u64 = 100_000,
    }
}

impl Stateless for HtlcExtend {
    const NAME: &'static str = "htlc_extend";
    type Fee = HtlcExtendFee;

    paid_by!(update_issuer);

    fn calculate_fee(&self, fee: &HtlcExtendFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let (count, price) = (days_begun(self.seconds_to_add), fee.fee_per_day);
        let asked = asked::htlc::EXTEND_FEE;
        let overflow = HtlcRefusal::FeeOverflow { count, price, asked };
        Ok(fee.fee.wrapping_add(count.checked_mul(price).ok_or(overflow)?) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, HtlcRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.update_issuer);
    }
}
