//! Credit deal repay: pays back a debt or a part of it, with the offer's fee, and releases its part
//! of the collateral, rounded down.
//!
//! Signed by: the active authority of `account`, who borrowed and pays the fee.

use super::{CreditRefusal, check_fee, check_positive};
use crate::Rejected;
use crate::ids::{AccountId, CreditDealId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Repays a credit deal.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditDealRepay {
    /// Fee.
    pub fee: Asset,
    /// Account that borrowed.
    pub account: AccountId,
    /// The deal.
    pub deal_id: CreditDealId,
    /// What is repaid.
    pub repay_amount: Asset,
    /// Fee on what is repaid.
    pub credit_fee: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of repaying, in smallest units of the core asset.
    pub struct CreditDealRepayFee {
        /// Each time.
        fee: u64 = 100_000,
    }
}

impl Stateless for CreditDealRepay {
    const NAME: &'static str = "credit_deal_repay";
    type Fee = CreditDealRepayFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.repay_amount.amount, asked::credit::REPAY_AMOUNT)?;
        let credit_fee = self.credit_fee.amount;
        ensure!(credit_fee >= 0, CreditRefusal::NegativeCreditFee { credit_fee });
        let (repay, fee) = (self.repay_amount.asset_id, self.credit_fee.asset_id);
        ensure!(repay == fee, CreditRefusal::CreditFeeAsset { repay, fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
