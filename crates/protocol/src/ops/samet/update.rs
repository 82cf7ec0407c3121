//! SameT fund update: puts something into a fund or takes something out, or changes its fee rate.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee.

use super::SametFundRefusal;
use crate::Rejected;
use crate::ids::{AccountId, SametFundId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the fund.
    pub owner_account: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// What is put in; negative takes out.
    pub delta_amount: Option<Asset>,
    /// New fee on what is borrowed, in millionths.
    pub new_fee_rate: Option<u32>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing a fund, in smallest units of the core asset.
    pub struct SametFundUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundUpdate {
    const NAME: &'static str = "samet_fund_update";
    type Fee = SametFundUpdateFee;

    paid_by!(owner_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        ensure!(
            self.delta_amount.is_some() || self.new_fee_rate.is_some(),
            SametFundRefusal::NothingToUpdate
        );
        ensure!(
            self.delta_amount.is_none_or(|delta| delta.amount != 0),
            SametFundRefusal::DeltaIsZero
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}
