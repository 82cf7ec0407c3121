//! Asset issue: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::issue`].

use super::check_issuer;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::issue::AssetIssue;

refusals! {
    /// Why an asset is not issued.
    pub enum AssetIssueRefusal {
        /// Its supply comes from debt positions.
        MarketIssued { asset: AssetId }: "{asset} is a SmartCoin: it is borrowed, not issued",
        /// Its supply comes from deposits in a pool.
        PoolShare { asset: AssetId }:
            "{asset} is the share of a pool: it comes from deposits, not from its issuer",
        /// The asset takes no new supply.
        NoNewSupply { asset: AssetId }: "no new supply of {asset} may be created",
        /// More than the asset may have.
        MaxSupplyExceeded { current_supply: i64, amount: i64, max_supply: i64 }:
            "{amount} more than the {current_supply} there are would be above the maximum supply \
             {max_supply}",
    }
}

impl Evaluate for AssetIssue {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.asset_to_issue.asset_id)?;
        check_issuer(asset, self.issuer, asked::asset::ISSUE_ISSUER)?;
        ensure!(!asset.is_market_issued(), AssetIssueRefusal::MarketIssued { asset: asset.id });
        ensure!(
            !asset.is_liquidity_pool_share_asset(),
            AssetIssueRefusal::PoolShare { asset: asset.id }
        );
        ensure!(asset.can_create_new_supply(), AssetIssueRefusal::NoNewSupply { asset: asset.id });
        let asked = asked::asset::ISSUE_RECEIVER;
        check_authorized(ledger, self.issue_to_account, asset.id, asked)?;
        let current_supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
        let (amount, max_supply) = (self.asset_to_issue.amount, asset.options.max_supply);
        ensure!(
            current_supply.plus(amount)? <= max_supply,
            AssetIssueRefusal::MaxSupplyExceeded { current_supply, amount, max_supply }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.issue_to_account, self.asset_to_issue)?;
        ledger.adjust_supply(self.asset_to_issue)?;
        Ok(OperationResult::Void)
    }
}
