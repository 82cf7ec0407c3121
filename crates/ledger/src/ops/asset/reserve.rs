//! Asset reserve: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::reserve`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::reserve::AssetReserve;
use carbyne_wire::Text;

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
