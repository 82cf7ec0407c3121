//! Asset update bitasset: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::update_bitasset`].

use super::{AssetRefusal, check_issuer, check_market_issued};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::feeds::update_bitasset_current_feed;
use crate::market::{BlackSwan, check_call_orders};
use crate::ops::asset::create::check_period;
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, CORE};
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId};
use carbyne_protocol::money::Price;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::{BitassetOptions, BlackSwanResponse, flag};
use carbyne_protocol::ops::asset::update_bitasset::AssetUpdateBitasset;
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why the options of a SmartCoin are not changed.
    pub enum AssetUpdateBitassetRefusal {
        /// A response to black swans for a prediction market.
        PredictionMarket { asset: AssetId }:
            "{asset} is a prediction market: it has no response to black swans",
        /// A ratio or response whose permission was given up.
        NotPermitted { permission: u16, asked: Asked }:
            "the permission {permission:#x} to change this was given up",
        /// Something that cannot change after a global settlement.
        GloballySettled { asset: AssetId, asked: Asked }:
            "{asset} is globally settled: this cannot change",
        /// A response to black swans while settled debt waits for it.
        SettledDebtLeft { asset: AssetId, asked: Asked }:
            "{asset} has settled debt that waits: the response to black swans cannot change",
        /// Collateral of an asset that someone holds.
        SupplyLeft { asset: AssetId, current_supply: i64 }:
            "the collateral of {asset} cannot change while {current_supply} of it exist",
        /// Fees in the old collateral.
        FeesLeft { fees: i64 }: "{fees} of fees in the old collateral must be claimed first",
        /// An asset that backs itself.
        BackedByItself { asset: AssetId }: "{asset} cannot back itself",
        /// A prediction market whose collateral has other decimal places.
        PrecisionMismatch { precision: u8, backing: u8 }:
            "a prediction market needs the decimal places of its collateral: {precision} are not \
             {backing}",
        /// An asset backed by this one would be backed by what it must not be.
        InvalidatesChild { child: AssetId, asked: Asked }:
            "{child} is backed by this asset and would be backed by what it must not be",
        /// Collateral whose collateral is a SmartCoin.
        BackedTooDeep { backing: AssetId }:
            "{backing} is backed by a SmartCoin and cannot back another",
    }
}

fn check_permissions(
    operation: &AssetUpdateBitasset,
    asset: &AssetObject,
    bitasset: &AssetBitassetData,
) -> Result<(), Rejected> {
    let (old, new) = (&bitasset.options.extensions, &operation.new_options.extensions);
    let old_response = bitasset.black_swan_response_method();
    let new_response = operation.new_options.black_swan_response_method();
    let changes = [
        (
            flag::DISABLE_MCR_UPDATE,
            asked::asset::MCR_PERMISSION,
            old.maintenance_collateral_ratio != new.maintenance_collateral_ratio,
        ),
        (
            flag::DISABLE_ICR_UPDATE,
            asked::asset::ICR_PERMISSION,
            old.initial_collateral_ratio != new.initial_collateral_ratio,
        ),
        (
            flag::DISABLE_MSSR_UPDATE,
            asked::asset::MSSR_PERMISSION,
            old.maximum_short_squeeze_ratio != new.maximum_short_squeeze_ratio,
        ),
        (flag::DISABLE_BSRM_UPDATE, asked::asset::BSRM_PERMISSION, old_response != new_response),
    ];
    for (permission, asked, is_changed) in changes {
        ensure!(
            !is_changed || !asset.has_permission_bit(permission),
            AssetUpdateBitassetRefusal::NotPermitted { permission, asked }
        );
    }
    Ok(())
}

fn check_response(
    operation: &AssetUpdateBitasset,
    ledger: &Ledger,
    bitasset: &AssetBitassetData,
) -> Result<(), Rejected> {
    let asset = bitasset.asset_id;
    let old = bitasset.black_swan_response_method();
    if old == operation.new_options.black_swan_response_method() {
        return Ok(());
    }
    ensure!(
        !bitasset.is_globally_settled(),
        AssetUpdateBitassetRefusal::GloballySettled {
            asset,
            asked: asked::asset::RESPONSE_SETTLED
        }
    );
    let has_order = || ledger.tables.limit_orders.index().settled_debt(asset).is_some();
    let settled_debt = match old {
        BlackSwanResponse::IndividualSettlementToFund => {
            bitasset.is_individually_settled_to_fund().then_some(asked::asset::RESPONSE_FUND)
        }
        BlackSwanResponse::IndividualSettlementToOrder => {
            has_order().then_some(asked::asset::RESPONSE_ORDER)
        }
        _ => None,
    };
    match settled_debt {
        Some(asked) => Err(AssetUpdateBitassetRefusal::SettledDebtLeft { asset, asked }.into()),
        None => Ok(()),
    }
}

fn check_backing(
    operation: &AssetUpdateBitasset,
    ledger: &Ledger,
    asset: &AssetObject,
    bitasset: &AssetBitassetData,
) -> Result<(), Rejected> {
    use AssetUpdateBitassetRefusal as R;
    if operation.new_options.short_backing_asset == bitasset.options.short_backing_asset {
        return Ok(());
    }
    let id = asset.id;
    ensure!(
        !bitasset.is_globally_settled(),
        R::GloballySettled { asset: id, asked: asked::asset::BACKING_SETTLED }
    );
    let data = ledger.get(asset.dynamic_asset_data_id)?;
    let (current_supply, fees) = (data.current_supply, data.accumulated_collateral_fees);
    ensure!(current_supply == 0, R::SupplyLeft { asset: id, current_supply });
    ensure!(fees == 0, R::FeesLeft { fees });
    let backing = ledger.get(operation.new_options.short_backing_asset)?;
    ensure!(backing.id != id, R::BackedByItself { asset: id });
    let (precision, backing_precision) = (asset.precision, backing.precision);
    ensure!(
        !bitasset.is_prediction_market || precision == backing_precision,
        R::PrecisionMismatch { precision, backing: backing_precision }
    );
    check_committee_backing(ledger, asset, backing)?;
    check_children(operation, ledger, backing)?;
    check_depth(ledger, backing)
}

/// The assets backed by this one must not become backed too deep, by themselves, or not by core
/// where the committee issues them.
fn check_children(
    operation: &AssetUpdateBitasset,
    ledger: &Ledger,
    new_backing: &AssetObject,
) -> Result<(), Rejected> {
    if new_backing.id == CORE {
        return Ok(());
    }
    for child in ledger.tables.bitassets.index().backed_by(operation.asset_to_update) {
        let child = ledger.get(ledger.get(child)?.asset_id)?;
        let rules = [
            (child.id != new_backing.id, asked::asset::CHILD_CIRCLE),
            (child.issuer != COMMITTEE_ACCOUNT, asked::asset::CHILD_OF_COMMITTEE),
            (!new_backing.is_market_issued(), asked::asset::CHILD_TOO_DEEP),
        ];
        for (holds, asked) in rules {
            let child = child.id;
            ensure!(holds, AssetUpdateBitassetRefusal::InvalidatesChild { child, asked });
        }
    }
    Ok(())
}

/// What of the feed in force has to be made anew.
fn feed_work(operation: &AssetUpdateBitasset, old: &BitassetOptions) -> FeedWork {
    let new = &operation.new_options;
    let ratios = |options: &BitassetOptions| {
        let set = &options.extensions;
        (
            set.initial_collateral_ratio,
            set.maintenance_collateral_ratio,
            set.maximum_short_squeeze_ratio,
        )
    };
    let (old_response, new_response) =
        (old.black_swan_response_method(), new.black_swan_response_method());
    let caps = [old_response, new_response].contains(&BlackSwanResponse::NoSettlement);
    if old.minimum_feeds != new.minimum_feeds
        || old.feed_lifetime_sec != new.feed_lifetime_sec
        || old.short_backing_asset != new.short_backing_asset
        || ratios(old) != ratios(new)
    {
        FeedWork::Median
    } else if old_response != new_response && caps {
        FeedWork::Cap
    } else {
        FeedWork::None
    }
}

fn set_options(
    operation: &AssetUpdateBitasset,
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<(), Rejected> {
    let fed = flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
    let has_fixed_producers = !ledger.get(operation.asset_to_update)?.has_flag(fed);
    ledger.modify(bitasset, |data| {
        let old = std::mem::replace(&mut data.options, operation.new_options.clone());
        if old.short_backing_asset == operation.new_options.short_backing_asset {
            return;
        }
        // Prices in the old collateral mean nothing now. Producers that were named stay.
        let feeds = std::mem::take(&mut data.feeds);
        let emptied = feeds.into_iter().map(|(producer, (published, mut feed))| {
            feed.settlement_price = Price::default();
            (producer, (published, feed))
        });
        data.feeds = emptied.filter(|_| has_fixed_producers).collect();
    })
}

/// What of the feed in force has to be made anew after options changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FeedWork {
    None,
    Cap,
    Median,
}

/// A SmartCoin of the committee must be backed by core, at most through one other.
fn check_committee_backing(
    ledger: &Ledger,
    asset: &AssetObject,
    backing: &AssetObject,
) -> Result<(), Rejected> {
    if asset.issuer != COMMITTEE_ACCOUNT {
        return Ok(());
    }
    let (last, asked) = match backing.is_market_issued() {
        true => (
            ledger.bitasset(backing)?.options.short_backing_asset,
            asked::asset::COMMITTEE_BACKED_BY_BITASSET,
        ),
        false => (backing.id, asked::asset::COMMITTEE_BACKED_BY_UIA),
    };
    ensure!(last == CORE, AssetRefusal::CommitteeNeedsCore { backing: last, asked });
    Ok(())
}

/// No SmartCoin may be backed through two others.
fn check_depth(ledger: &Ledger, backing: &AssetObject) -> Result<(), Rejected> {
    if backing.is_market_issued() {
        let last = ledger.get(ledger.bitasset(backing)?.options.short_backing_asset)?;
        ensure!(
            !last.is_market_issued(),
            AssetUpdateBitassetRefusal::BackedTooDeep { backing: backing.id }
        );
    }
    Ok(())
}

impl Evaluate for AssetUpdateBitasset {
    type Plan = AssetBitassetDataId;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let asset = ledger.get(self.asset_to_update)?;
        check_market_issued(asset, asked::asset::UPDATE_BITASSET_MARKET_ISSUED)?;
        let bitasset = ledger.bitasset(asset)?;
        let asked = asked::asset::UPDATE_BITASSET_ISSUER;
        check_issuer(asset, self.issuer, asked)?;
        let sets_response = self.new_options.extensions.black_swan_response_method.is_some();
        ensure!(
            !bitasset.is_prediction_market || !sets_response,
            AssetUpdateBitassetRefusal::PredictionMarket { asset: asset.id }
        );
        check_permissions(self, asset, bitasset)?;
        check_response(self, ledger, bitasset)?;
        check_backing(self, ledger, asset, bitasset)?;
        let block_interval = ledger.parameters()?.block_interval;
        let options = &self.new_options;
        check_period(options.feed_lifetime_sec, block_interval, asked::asset::FEED_LIFETIME)?;
        check_period(
            options.force_settlement_delay_sec,
            block_interval,
            asked::asset::SETTLEMENT_DELAY,
        )?;
        Ok(bitasset.id)
    }

    fn apply(
        &self,
        bitasset: Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let old = ledger.get(bitasset)?;
        let work = feed_work(self, &old.options);
        let (old_feed, old_median) = (old.current_feed, old.median_feed);
        let fee_ratio = self.new_options.extensions.margin_call_fee_ratio;
        let fee_changed = old.options.extensions.margin_call_fee_ratio != fee_ratio;
        set_options(self, ledger, bitasset)?;
        if work != FeedWork::None {
            update_bitasset_current_feed(ledger, bitasset, work == FeedWork::Cap)?;
        }
        let new = ledger.get(bitasset)?;
        let feed_changed = !old_feed.margin_call_params_equal(&new.current_feed)
            || !old_median.margin_call_params_equal(&new.median_feed);
        if feed_changed || fee_changed {
            check_call_orders(ledger, self.asset_to_update, BlackSwan::Allowed)?;
        }
        Ok(OperationResult::Void)
    }
}
