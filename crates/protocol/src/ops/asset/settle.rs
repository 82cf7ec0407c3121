//! Asset settle: redeems some of a SmartCoin for its collateral, at once from a settlement fund or
//! later from debt positions at the price of the feed.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::check_fee;
use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a settlement is refused, whatever the state.
    pub enum AssetSettleRefusal {
        /// A negative amount.
        NegativeAmount { amount: i64 }: "the amount {amount} is negative",
    }
}

/// Redeems some of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetSettle {
    /// Fee, paid by `account`.
    pub fee: Asset,
    /// Who redeems.
    pub account: AccountId,
    /// How much of what.
    pub amount: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a settlement, in smallest units of the core asset.
    pub struct AssetSettleFee {
        /// Per settlement.
        fee: u64 = 10_000_000,
    }
}

impl Stateless for AssetSettle {
    const NAME: &'static str = "asset_settle";
    type Fee = AssetSettleFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let amount = self.amount.amount;
        ensure!(amount >= 0, AssetSettleRefusal::NegativeAmount { amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
