//! SameT fund delete: gives a fund back to its owner, even if the owner may not hold the asset any
//! more.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee.

use super::SametFundRefusal;
use crate::Rejected;
use crate::ids::{AccountId, SametFundId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Removes a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundDelete {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the fund.
    pub owner_account: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of removing a fund, in smallest units of the core asset.
    pub struct SametFundDeleteFee {
        /// Per fund.
        fee: u64 = 0,
    }
}

impl Stateless for SametFundDelete {
    const NAME: &'static str = "samet_fund_delete";
    type Fee = SametFundDeleteFee;

    paid_by!(owner_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}
