//! Asset reserve: takes some of a user-issued asset out of existence.
//!
//! Signed by: the active authority of `payer`, who pays the fee.

use super::{AssetRefusal, check_authorized, check_fee, check_positive};
use crate::constants::MAX_SHARE_SUPPLY;
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why an asset is not reserved.
    pub enum AssetReserveRefusal {
        /// SmartCoins are redeemed, not reserved.
        MarketIssued { asset: AssetId } [ASSET_RESERVE_INVALID_ON_MIA]:
            "Cannot reserve {asset} because it is a market-issued asset",
        /// More than exists, or all of a pool's shares.
        AboveSupply { amount: i64, current_supply: i64 }:
            "Can not reserve {amount} of a current supply of {current_supply}",
    }
}

/// Takes some of an asset out of existence.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetReserve {
    /// Fee, paid by `payer`.
    pub fee: Asset,
    /// Who gives it up.
    pub payer: AccountId,
    /// How much of what.
    pub amount_to_reserve: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a reserve, in smallest units of the core asset.
    pub struct AssetReserveFee {
        /// Per reserve.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for AssetReserve {
    const NAME: &'static str = "asset_reserve";
    type Fee = AssetReserveFee;

    paid_by!(payer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let amount = self.amount_to_reserve.amount;
        ensure!(amount <= MAX_SHARE_SUPPLY, AssetRefusal::AmountTooLarge { amount });
        check_positive(amount)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.payer);
    }
}

impl Evaluate for AssetReserve {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.amount_to_reserve.asset_id)?;
        ensure!(!asset.is_market_issued(), AssetReserveRefusal::MarketIssued { asset: asset.id });
        check_authorized(ledger.get(self.payer)?, asset)?;
        let amount = self.amount_to_reserve.amount;
        let current_supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
        // The last share of a liquidity pool stays, or what the pool holds would be nobody's.
        let is_covered = match asset.is_liquidity_pool_share_asset() {
            true => current_supply > amount,
            false => current_supply >= amount,
        };
        ensure!(is_covered, AssetReserveRefusal::AboveSupply { amount, current_supply });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.payer, self.amount_to_reserve.negated())?;
        ledger.adjust_supply(self.amount_to_reserve.negated())?;
        Ok(OperationResult::Void)
    }
}
