//! Credit deal update: changes what of a deal is repaid by itself when it ends.
//!
//! Signed by: the active authority of `account`, who borrowed and pays the fee.

use super::{check_fee, validate_auto_repay};
use crate::Rejected;
use crate::ids::{AccountId, CreditDealId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes a credit deal.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditDealUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that borrowed.
    pub account: AccountId,
    /// The deal.
    pub deal_id: CreditDealId,
    /// What is repaid by itself at the end; see [`auto_repayment`](super::auto_repayment).
    pub auto_repay: u8,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing a deal, in smallest units of the core asset.
    pub struct CreditDealUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for CreditDealUpdate {
    const NAME: &'static str = "credit_deal_update";
    type Fee = CreditDealUpdateFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        validate_auto_repay(self.auto_repay, asked::credit::UPDATE_AUTO_REPAY)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
