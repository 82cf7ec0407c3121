//! What the options of an asset and of a SmartCoin may be, whatever the state (reference:
//! `protocol/asset_ops.cpp`).

use crate::Rejected;
use crate::constants::{MAX_COLLATERAL_RATIO, MAX_SHARE_SUPPLY, PERCENT_100};
use crate::ids::AssetId;
use crate::objects::{AssetOptions, BitassetOptions, BlackSwanResponse, flag};
use crate::price_feed::check_collateral_ratio;
use crate::reference_words::{self as asked, Asked};

refusals! {
    /// Why options are refused.
    pub enum AssetOptionsRefusal {
        /// A maximum supply of nothing, or above the greatest possible.
        MaxSupplyOutOfRange { max_supply: i64, asked: Asked }: "the maximum supply {max_supply} \
            is out of range",
        /// More than all of something.
        PercentTooLarge { percent: u16, asked: Asked }: "{percent} basis points are more than 100%",
        /// A negative or too large cap of the market fee.
        MaxMarketFeeOutOfRange { fee: i64 }: "the maximum market fee {fee} is out of range",
        /// A permission that cannot be a flag.
        PermissionOnly { flags: u16, asked: Asked }:
            "the flags {flags:#x} hold a bit that is a permission only",
        /// A flag that only SmartCoins can have.
        ForBitassetsOnly { flags: u16 }:
            "the flags {flags:#x} hold a bit that only SmartCoins can have",
        /// Feeds from both witnesses and committee.
        FedByTwo: "an asset cannot be both witness fed and committee fed",
        /// A core exchange rate between two other assets.
        RateWithoutCore { base: AssetId, quote: AssetId }:
            "the core exchange rate is between {base} and {quote}",
        /// Authorities for lists that are switched off.
        WhiteListNotSet: "whitelist or blacklist authorities need the white_list flag",
        /// A market both allowed and forbidden.
        MarketInBothLists { asset: AssetId }: "{asset} is in both lists of markets",
        /// A median of no feeds.
        NoMinimumFeeds: "at least one feed must be asked for",
        /// A margin call fee above every collateral ratio.
        FeeRatioTooLarge { ratio: u16 }: "the margin call fee ratio {ratio} is out of range",
        /// A response to black swans that does not exist.
        UnknownResponse { method: u8 }: "there is no black swan response method {method}",
    }
}

fn check_percent(percent: u16, asked: Asked) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, AssetOptionsRefusal::PercentTooLarge { percent, asked });
    Ok(())
}

/// Bits that are permissions only, and what setting them as flags is refused with.
const PERMISSION_ONLY: [(u16, Asked); 5] = [
    (flag::GLOBAL_SETTLE, asked::asset::GLOBAL_SETTLE_FLAG),
    (flag::DISABLE_MCR_UPDATE, asked::asset::DISABLE_MCR_UPDATE_FLAG),
    (flag::DISABLE_ICR_UPDATE, asked::asset::DISABLE_ICR_UPDATE_FLAG),
    (flag::DISABLE_MSSR_UPDATE, asked::asset::DISABLE_MSSR_UPDATE_FLAG),
    (flag::DISABLE_BSRM_UPDATE, asked::asset::DISABLE_BSRM_UPDATE_FLAG),
];

fn check_not_flag(flags: u16, (bit, asked): (u16, Asked)) -> Result<(), Rejected> {
    ensure!(flags & bit == 0, AssetOptionsRefusal::PermissionOnly { flags, asked });
    Ok(())
}

impl AssetOptions {
    /// Refuses options that no asset can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        use AssetOptionsRefusal as R;
        let (max_supply, fee) = (self.max_supply, self.max_market_fee);
        let asked = asked::asset::MAX_SUPPLY_LEAST;
        ensure!(max_supply > 0, R::MaxSupplyOutOfRange { max_supply, asked });
        let asked = asked::asset::MAX_SUPPLY_MOST;
        ensure!(max_supply <= MAX_SHARE_SUPPLY, R::MaxSupplyOutOfRange { max_supply, asked });
        check_percent(self.market_fee_percent, asked::asset::MARKET_FEE_PERCENT)?;
        let taker = self.extensions.taker_fee_percent.unwrap_or(0);
        check_percent(taker, asked::asset::TAKER_FEE_PERCENT)?;
        ensure!((0..=MAX_SHARE_SUPPLY).contains(&fee), R::MaxMarketFeeOutOfRange { fee });
        let flags = self.flags;
        check_not_flag(flags, PERMISSION_ONLY[0])?;
        let fed = flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
        ensure!(flags & fed != fed, R::FedByTwo);
        self.validate_core_exchange_rate()?;
        self.validate_lists()?;
        check_percent(self.extensions.reward_percent.unwrap_or(0), asked::asset::REWARD_PERCENT)
    }

    fn validate_core_exchange_rate(&self) -> Result<(), Rejected> {
        let rate = self.core_exchange_rate;
        rate.validate()?;
        let (base, quote) = (rate.base.asset_id, rate.quote.asset_id);
        ensure!(
            base == crate::constants::CORE || quote == crate::constants::CORE,
            AssetOptionsRefusal::RateWithoutCore { base, quote }
        );
        Ok(())
    }

    fn validate_lists(&self) -> Result<(), Rejected> {
        let has_lists =
            !self.whitelist_authorities.is_empty() || !self.blacklist_authorities.is_empty();
        ensure!(
            !has_lists || self.flags & flag::WHITE_LIST != 0,
            AssetOptionsRefusal::WhiteListNotSet
        );
        let in_both = self.whitelist_markets.iter().find(|a| self.blacklist_markets.contains(a));
        match in_both {
            Some(asset) => Err(AssetOptionsRefusal::MarketInBothLists { asset: *asset }.into()),
            None => Ok(()),
        }
    }

    /// Refuses flags that an asset of its kind cannot have.
    pub fn validate_flags(&self, is_market_issued: bool) -> Result<(), Rejected> {
        let flags = self.flags;
        PERMISSION_ONLY.into_iter().try_for_each(|bit| check_not_flag(flags, bit))?;
        let is_allowed = is_market_issued || flags & !flag::UIA == 0;
        ensure!(is_allowed, AssetOptionsRefusal::ForBitassetsOnly { flags });
        Ok(())
    }

    /// The bits of [`flag`] that the issuer may change: enabling permissions that are set and
    /// disabling ones that are not.
    pub fn enabled_issuer_permissions_mask(&self) -> u16 {
        (self.issuer_permissions & flag::ENABLING) | (!self.issuer_permissions & flag::DISABLING)
    }
}

impl BitassetOptions {
    /// Refuses options that no SmartCoin can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.minimum_feeds > 0, AssetOptionsRefusal::NoMinimumFeeds);
        check_percent(self.force_settlement_offset_percent, asked::asset::SETTLEMENT_OFFSET)?;
        check_percent(self.maximum_force_settlement_volume, asked::asset::SETTLEMENT_VOLUME)?;
        let extensions = &self.extensions;
        let ratio = extensions.margin_call_fee_ratio.unwrap_or(0);
        ensure!(ratio <= MAX_COLLATERAL_RATIO, AssetOptionsRefusal::FeeRatioTooLarge { ratio });
        for (ratio, asked) in [
            (extensions.initial_collateral_ratio, &asked::price_feed::INITIAL_RATIO),
            (extensions.maintenance_collateral_ratio, &asked::price_feed::OPTIONS_MAINTENANCE),
            (extensions.maximum_short_squeeze_ratio, &asked::price_feed::OPTIONS_SQUEEZE),
        ] {
            ratio.map_or(Ok(()), |ratio| check_collateral_ratio(ratio, asked))?;
        }
        let percent = extensions.force_settle_fee_percent.unwrap_or(0);
        check_percent(percent, asked::asset::SETTLE_FEE_PERCENT)?;
        let method = extensions.black_swan_response_method.unwrap_or(0);
        let is_known = method < BlackSwanResponse::COUNT;
        ensure!(is_known, AssetOptionsRefusal::UnknownResponse { method });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::sandbox::{amount, apply, ledger, op, price, with};
    use carbyne_wire::Value;
    use serde_json::json;

    /// Whether an asset with these options is created, or why not.
    #[track_caller]
    fn check(options: Value, bitasset_options: Value, expected: &str) {
        let rate = json!({"core_exchange_rate": price(amount(1, 0), amount(1, 1))});
        let members = json!({
            "issuer": "1.2.9",
            "symbol": "NEW",
            "common_options": with(rate, options),
            "bitasset_opts": bitasset_options,
        });
        let outcome = apply(&mut ledger(0), op("asset_create", members));
        assert_eq!(outcome.map_or_else(|refusal| refusal.reason(), |_| "ok"), expected);
    }

    #[test]
    fn options_of_an_asset_are_refused_for_what_no_asset_can_have() {
        let check = |members, expected: &str| check(members, Value::Null, expected);
        check(json!({}), "ok");
        check(json!({"max_supply": 0}), "AssetOptionsRefusal::MaxSupplyOutOfRange");
        check(json!({"max_supply": -1}), "AssetOptionsRefusal::MaxSupplyOutOfRange");
        check(
            json!({"max_supply": MAX_SHARE_SUPPLY + 1}),
            "AssetOptionsRefusal::MaxSupplyOutOfRange",
        );
        check(json!({"market_fee_percent": 10_001}), "AssetOptionsRefusal::PercentTooLarge");
        check(
            json!({"extensions": {"taker_fee_percent": 10_001}}),
            "AssetOptionsRefusal::PercentTooLarge",
        );
        check(json!({"max_market_fee": -1}), "AssetOptionsRefusal::MaxMarketFeeOutOfRange");
        check(json!({"flags": flag::GLOBAL_SETTLE}), "AssetOptionsRefusal::PermissionOnly");
        check(json!({"flags": 0x180}), "AssetOptionsRefusal::FedByTwo");
        check(json!({"whitelist_authorities": ["1.2.9"]}), "AssetOptionsRefusal::WhiteListNotSet");
        check(json!({"flags": 2, "whitelist_authorities": ["1.2.9"]}), "ok");
        check(
            json!({"whitelist_markets": ["1.3.5"], "blacklist_markets": ["1.3.4", "1.3.5"]}),
            "AssetOptionsRefusal::MarketInBothLists",
        );
        let rate = price(amount(1, 2), amount(1, 1));
        check(json!({"core_exchange_rate": rate}), "AssetOptionsRefusal::RateWithoutCore");
    }

    #[test]
    fn flags_of_smartcoins_are_refused_for_others() {
        let check = |flags: u16, is_market_issued: bool| {
            AssetOptions { flags, ..AssetOptions::default() }
                .validate_flags(is_market_issued)
                .is_ok()
        };
        assert!(check(flag::UIA, false) && check(flag::UIA, true));
        assert!(check(flag::WITNESS_FED_ASSET, true) && !check(flag::WITNESS_FED_ASSET, false));
        assert!(!check(flag::DISABLE_MCR_UPDATE, true), "a permission only");
    }

    #[test]
    fn permissions_that_came_later_are_enabled_where_their_bit_is_not_set() {
        let mask = |issuer_permissions| {
            AssetOptions { issuer_permissions, ..AssetOptions::default() }
                .enabled_issuer_permissions_mask()
        };
        assert_eq!(mask(0), flag::DISABLING);
        assert_eq!(mask(0xffff), flag::ENABLING);
        assert_eq!(mask(flag::WHITE_LIST | flag::LOCK_MAX_SUPPLY), 0xfc02);
    }

    #[test]
    fn options_of_a_smartcoin_are_refused_for_what_none_can_have() {
        let check = |members, expected: &str| check(json!({}), members, expected);
        check(json!({}), "ok");
        check(json!({"minimum_feeds": 0}), "AssetOptionsRefusal::NoMinimumFeeds");
        check(
            json!({"force_settlement_offset_percent": 10_001}),
            "AssetOptionsRefusal::PercentTooLarge",
        );
        let extension = |name: &str, value: u32| json!({"extensions": {name: value}});
        for ratio in [
            "initial_collateral_ratio",
            "maintenance_collateral_ratio",
            "maximum_short_squeeze_ratio",
        ] {
            check(extension(ratio, 1_001), "ok");
            check(extension(ratio, 1_000), "PriceFeedRefusal::RatioOutOfRange");
            check(extension(ratio, 32_001), "PriceFeedRefusal::RatioOutOfRange");
        }
        check(extension("margin_call_fee_ratio", 32_001), "AssetOptionsRefusal::FeeRatioTooLarge");
        check(
            extension("force_settle_fee_percent", 10_001),
            "AssetOptionsRefusal::PercentTooLarge",
        );
        check(extension("black_swan_response_method", 3), "ok");
        check(extension("black_swan_response_method", 4), "AssetOptionsRefusal::UnknownResponse");
    }
}
