//! HTLC redeem: shows the secret of a contract, so that its amount goes to the receiver.
//!
//! Signed by: the active authority of `redeemer`, who pays the fee and may be anybody. The fee has
//! a part per 1,024 bytes of secret that begin.

use super::HtlcRefusal;
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, HtlcId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Bytes, Extensions, FlatSet, Wire};

/// Shows the secret of a contract.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcRedeem {
    /// Fee.
    pub fee: Asset,
    /// The contract.
    pub htlc_id: HtlcId,
    /// Account that shows the secret.
    pub redeemer: AccountId,
    /// The secret.
    pub preimage: Bytes,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of showing a secret, in smallest units of the core asset.
    pub struct HtlcRedeemFee {
        /// Per contract.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of secret that begin.
        fee_per_kb: u64 = 100_000,
    }
}

impl Stateless for HtlcRedeem {
    const NAME: &'static str = "htlc_redeem";
    type Fee = HtlcRedeemFee;

    paid_by!(redeemer);

    fn calculate_fee(&self, fee: &HtlcRedeemFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let (count, price) = (self.preimage.len().div_ceil(1024) as u64, fee.fee_per_kb);
        let asked = asked::htlc::REDEEM_FEE;
        let overflow = HtlcRefusal::FeeOverflow { count, price, asked };
        Ok(fee.fee.wrapping_add(count.checked_mul(price).ok_or(overflow)?) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, HtlcRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.redeemer);
    }
}
