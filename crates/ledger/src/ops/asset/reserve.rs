//! Asset reserve: takes some of a user-issued asset out of existence.
//!
//! Signed by: the active authority of `payer`, who pays the fee.

use super::{AssetRefusal, check_fee, check_positive};
use crate::constants::MAX_SHARE_SUPPLY;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Text, Wire};

refusals! {
    /// Why an asset is not reserved.
    pub enum AssetReserveRefusal {
        /// SmartCoins are redeemed, not reserved.
        MarketIssued { symbol: Text } [ASSET_RESERVE_INVALID_ON_MIA]:
            "{symbol} is a SmartCoin: it is paid back, not reserved",
        /// More than exists.
        AboveSupply { amount: i64, current_supply: i64 }:
            "{amount} cannot be reserved, only {current_supply} exist",
        /// All of a pool's shares.
        AllPoolShares { amount: i64, current_supply: i64 }:
            "of the shares of a pool one must stay: {amount} of {current_supply} cannot be \
             reserved",
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
        let asked = asked::asset::RESERVE_MOST;
        ensure!(amount <= MAX_SHARE_SUPPLY, AssetRefusal::AmountTooLarge { amount, asked });
        check_positive(amount, asked::asset::RESERVE_AMOUNT)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.payer);
    }
}

impl Evaluate for AssetReserve {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.amount_to_reserve.asset_id)?;
        ensure!(
            !asset.is_market_issued(),
            AssetReserveRefusal::MarketIssued { symbol: asset.symbol.clone() }
        );
        let asked = asked::asset::RESERVE_PAYER;
        check_authorized(ledger, self.payer, asset.id, asked)?;
        let amount = self.amount_to_reserve.amount;
        let current_supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
        // The last share of a liquidity pool stays, or what the pool holds would be nobody's.
        if asset.is_liquidity_pool_share_asset() {
            ensure!(
                current_supply > amount,
                AssetReserveRefusal::AllPoolShares { amount, current_supply }
            );
        }
        ensure!(
            current_supply >= amount,
            AssetReserveRefusal::AboveSupply { amount, current_supply }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.payer, self.amount_to_reserve.negated())?;
        ledger.adjust_supply(self.amount_to_reserve.negated())?;
        Ok(OperationResult::Void)
    }
}
