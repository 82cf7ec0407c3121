//! Asset publish feed: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::publish_feed`].

use super::check_market_issued;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::feeds::update_bitasset_current_feed;
use crate::market::{BlackSwan, check_call_orders, revive_bitasset};
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, CORE, WITNESS_ACCOUNT};
use carbyne_protocol::ids::{AccountId, AssetBitassetDataId, AssetId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::price_feed::PriceFeedWithIcr;
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why a feed is not taken.
    pub enum AssetPublishFeedRefusal {
        /// The event of a prediction market is decided.
        Settled { asset: AssetId }:
            "{asset} is a prediction market that is decided: it takes no more feeds",
        /// A price in something else than the collateral.
        WrongCollateral { quote: AssetId, backing: AssetId }:
            "the settlement price is in {quote}, the collateral is {backing}",
        /// A core exchange rate in something else.
        RateNotInCore { quote: AssetId }:
            "the core exchange rate is in {quote}, not in the core asset",
        /// Someone who may not publish.
        NotAProducer { account: AccountId, asset: AssetId, asked: Asked }:
            "{account} may not publish feeds for {asset}",
    }
}

fn check_prices(
    operation: &AssetPublishFeed,
    bitasset: &AssetBitassetData,
) -> Result<(), Rejected> {
    let (quote, backing) =
        (operation.feed.settlement_price.quote.asset_id, bitasset.options.short_backing_asset);
    ensure!(quote == backing, AssetPublishFeedRefusal::WrongCollateral { quote, backing });
    let quote = operation.feed.core_exchange_rate.quote.asset_id;
    ensure!(quote == CORE, AssetPublishFeedRefusal::RateNotInCore { quote });
    Ok(())
}

fn check_publisher(
    operation: &AssetPublishFeed,
    ledger: &Ledger,
    asset: &AssetObject,
    bitasset: &AssetBitassetData,
) -> Result<(), Rejected> {
    let is_active = |account: AccountId| {
        let active = &ledger.get(account)?.active;
        Ok::<bool, Rejected>(active.account_auths.contains_key(&operation.publisher))
    };
    let (may_publish, asked) = if asset.has_flag(flag::WITNESS_FED_ASSET) {
        (is_active(WITNESS_ACCOUNT)?, asked::asset::FEED_WITNESS)
    } else if asset.has_flag(flag::COMMITTEE_FED_ASSET) {
        (is_active(COMMITTEE_ACCOUNT)?, asked::asset::FEED_COMMITTEE)
    } else {
        (bitasset.feeds.contains_key(&operation.publisher), asked::asset::FEED_PRODUCER)
    };
    let (account, asset) = (operation.publisher, asset.id);
    ensure!(may_publish, AssetPublishFeedRefusal::NotAProducer { account, asset, asked });
    Ok(())
}

/// Whether a globally settled SmartCoin can be had back: nobody holds it, or its fund is more than
/// the collateral that a new position would need.
fn should_revive(ledger: &Ledger, bitasset: &AssetBitassetData) -> Result<bool, Rejected> {
    if !bitasset.is_globally_settled() || bitasset.current_feed.settlement_price.is_null() {
        return Ok(false);
    }
    let asset = ledger.get(bitasset.asset_id)?;
    let supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
    let fund = Asset::new(bitasset.settlement_fund, bitasset.options.short_backing_asset);
    let collateralization = Price::new(fund, asset.amount(supply));
    Ok(supply == 0 || collateralization > bitasset.current_initial_collateralization)
}

impl Evaluate for AssetPublishFeed {
    type Plan = AssetBitassetDataId;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let asset = ledger.get(self.asset_id)?;
        check_market_issued(asset, asked::asset::FEED_MARKET_ISSUED)?;
        let bitasset = ledger.bitasset(asset)?;
        ensure!(
            !bitasset.is_prediction_market || !bitasset.is_globally_settled(),
            AssetPublishFeedRefusal::Settled { asset: asset.id }
        );
        check_prices(self, bitasset)?;
        check_publisher(self, ledger, asset, bitasset)?;
        Ok(bitasset.id)
    }

    fn apply(
        &self,
        bitasset: Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let published = ledger.head_time()?;
        let feed = PriceFeedWithIcr::new(&self.feed, self.extensions.initial_collateral_ratio);
        let old_median = ledger.get(bitasset)?.median_feed;
        ledger.modify(bitasset, |data| data.feeds.insert(self.publisher, (published, feed)))?;
        update_bitasset_current_feed(ledger, bitasset, false)?;
        let data = ledger.get(bitasset)?;
        if old_median.margin_call_params_equal(&data.median_feed) {
            return Ok(OperationResult::Void);
        }
        if should_revive(ledger, data)? {
            revive_bitasset(ledger, bitasset)?;
        }
        check_call_orders(ledger, self.asset_id, BlackSwan::Allowed)?;
        Ok(OperationResult::Void)
    }
}
