//! Options that no asset may have are refused when they come in a transaction.

use crate::ops::sandbox::{amount, apply, ledger, op, price, with};
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_protocol::ops::asset::options::{AssetOptions, flag};
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
    check(json!({"max_supply": MAX_SHARE_SUPPLY + 1}), "AssetOptionsRefusal::MaxSupplyOutOfRange");
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
        AssetOptions { flags, ..AssetOptions::default() }.validate_flags(is_market_issued).is_ok()
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
    for ratio in
        ["initial_collateral_ratio", "maintenance_collateral_ratio", "maximum_short_squeeze_ratio"]
    {
        check(extension(ratio, 1_001), "ok");
        check(extension(ratio, 1_000), "PriceFeedRefusal::RatioOutOfRange");
        check(extension(ratio, 32_001), "PriceFeedRefusal::RatioOutOfRange");
    }
    check(extension("margin_call_fee_ratio", 32_001), "AssetOptionsRefusal::FeeRatioTooLarge");
    check(extension("force_settle_fee_percent", 10_001), "AssetOptionsRefusal::PercentTooLarge");
    check(extension("black_swan_response_method", 3), "ok");
    check(extension("black_swan_response_method", 4), "AssetOptionsRefusal::UnknownResponse");
}
