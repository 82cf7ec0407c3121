//! Credit deal expired: the record that a deal ended with a debt and its collateral went to the
//! owner of the offer. Virtual.

use super::CreditRefusal;
use crate::Rejected;
use crate::ids::{AccountId, CreditDealId, CreditOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Wire};

/// A deal ended with a debt.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditDealExpired {
    /// Zero.
    pub fee: Asset,
    /// The deal, which is gone.
    pub deal_id: CreditDealId,
    /// The offer it was made with.
    pub offer_id: CreditOfferId,
    /// Whose offer that is; gets the collateral.
    pub offer_owner: AccountId,
    /// Who borrowed.
    pub borrower: AccountId,
    /// What was not repaid.
    pub unpaid_amount: Asset,
    /// What was locked.
    pub collateral: Asset,
    /// Fee rate of the deal, in millionths.
    pub fee_rate: u32,
}

fee_parameters! {
    /// A record has no fee.
    pub struct CreditDealExpiredFee {}
}

impl Stateless for CreditDealExpired {
    const NAME: &'static str = "credit_deal_expired";
    type Fee = CreditDealExpiredFee;

    paid_by!(borrower);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(CreditRefusal::Virtual.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.offer_owner, self.borrower]);
    }
}
