//! SameT fund repay: pays back what was borrowed in this transaction, with the fund's fee. Anybody
//! may.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::SametFundRefusal;
use crate::Rejected;
use crate::ids::{AccountId, SametFundId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Repays to a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundRepay {
    /// Fee.
    pub fee: Asset,
    /// Account that repays.
    pub account: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// What is repaid.
    pub repay_amount: Asset,
    /// Fee for the use of the fund.
    pub fund_fee: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of repaying, in smallest units of the core asset.
    pub struct SametFundRepayFee {
        /// Each time.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundRepay {
    const NAME: &'static str = "samet_fund_repay";
    type Fee = SametFundRepayFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.repay_amount.amount);
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        let asked = asked::samet::REPAY_AMOUNT;
        ensure!(amount > 0, SametFundRefusal::AmountNotPositive { amount, asked });
        let fund_fee = self.fund_fee.amount;
        ensure!(fund_fee >= 0, SametFundRefusal::NegativeFundFee { fund_fee });
        let (repay, fee) = (self.repay_amount.asset_id, self.fund_fee.asset_id);
        ensure!(repay == fee, SametFundRefusal::FundFeeAsset { repay, fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
