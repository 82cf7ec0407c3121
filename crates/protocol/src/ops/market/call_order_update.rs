//! Call order update: borrows or pays back a SmartCoin, adds or takes collateral.
//!
//! Signed by: the active authority of `funding_account`, who pays the fee.

use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why a change of a debt position is refused, whatever the state.
    pub enum CallOrderUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An asset that backs itself.
        SameAsset { asset: AssetId }: "{asset} cannot be collateral for itself",
        /// No change.
        NothingToUpdate: "neither collateral nor debt changes",
    }
}

/// What a debt position may ask for beside its amounts.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct CallOrderOptions {
    /// On a margin call, sell only until this collateral ratio (in 1/1000) is reached.
    pub target_collateral_ratio: Option<u16>,
}

/// Changes a debt position.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CallOrderUpdate {
    /// Fee, paid by `funding_account`.
    pub fee: Asset,
    /// Whose position.
    pub funding_account: AccountId,
    /// Collateral added, or taken if negative.
    pub delta_collateral: Asset,
    /// Debt added, or paid back if negative.
    pub delta_debt: Asset,
    /// Options added later.
    pub extensions: CallOrderOptions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct CallOrderUpdateFee {
        /// Per change.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for CallOrderUpdate {
    const NAME: &'static str = "call_order_update";
    type Fee = CallOrderUpdateFee;

    paid_by!(funding_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        use CallOrderUpdateRefusal::*;
        let (collateral, debt) = (self.delta_collateral, self.delta_debt);
        ensure!(self.fee.amount >= 0, NegativeFee { fee: self.fee.amount });
        ensure!(collateral.asset_id != debt.asset_id, SameAsset { asset: debt.asset_id });
        ensure!(collateral.amount != 0 || debt.amount != 0, NothingToUpdate);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.funding_account);
    }
}
