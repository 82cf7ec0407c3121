//! What operations of the markets are refused for, in a small chain.
//!
//! How orders meet is in `market/tests.rs`.

use crate::Ledger;
use crate::ops::sandbox::{amount, check, ledger, op, price, with};
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::AssetOptions;
use carbyne_wire::{Id, Value};
use serde_json::json;

/// The first asset that a test creates; the sandbox has those before it.
const COIN: u64 = 5;

/// Account 1.2.1 sells ten of asset 1.3.1 for ten core.
fn sell(changes: Value) -> Operation {
    let plain = json!({
        "seller": "1.2.1",
        "amount_to_sell": amount(10, 1),
        "min_to_receive": amount(10, 0),
    });
    op("limit_order_create", with(plain, changes))
}

fn update(changes: Value) -> Operation {
    op("limit_order_update", with(json!({"seller": "1.2.1", "order": "1.7.0"}), changes))
}

fn borrow(debt: Value, collateral: Value) -> Operation {
    let members =
        json!({"funding_account": "1.2.1", "delta_debt": debt, "delta_collateral": collateral});
    op("call_order_update", members)
}

fn take_profit(changes: Value) -> Value {
    let plain = json!({"spread_percent": 1, "size_percent": 10_000, "expiration_seconds": 60});
    json!([0, with(plain, changes)])
}

fn set_options(ledger: &mut Ledger, asset: u64, change: fn(&mut AssetOptions)) {
    ledger.modify(Id(asset) as AssetId, |asset| change(&mut asset.options)).unwrap();
}

#[test]
fn an_order_sells_something_for_something_else_before_it_expires() {
    let past = json!({"expiration": "1970-01-01T00:00:01"});
    check(
        &mut ledger(1_000),
        &[
            (sell(json!({"fee": amount(-1, 0)})), "LimitOrderCreateRefusal::NegativeFee"),
            (sell(json!({"min_to_receive": amount(1, 1)})), "LimitOrderCreateRefusal::SameAsset"),
            (
                sell(json!({"amount_to_sell": amount(0, 1)})),
                "LimitOrderCreateRefusal::NothingToSell",
            ),
            (
                sell(json!({"min_to_receive": amount(0, 0)})),
                "LimitOrderCreateRefusal::NothingToReceive",
            ),
            (sell(past), "LimitOrderCreateRefusal::Expired"),
            (
                sell(json!({"amount_to_sell": amount(1_001, 1)})),
                "LimitOrderCreateRefusal::InsufficientBalance",
            ),
            (sell(json!({})), "ok"),
            (update(json!({"fee": amount(-1, 0)})), "LimitOrderUpdateRefusal::NegativeFee"),
            (update(json!({})), "LimitOrderUpdateRefusal::NothingToUpdate"),
            (
                update(json!({"new_expiration": "1970-01-01T00:00:01"})),
                "LimitOrderUpdateRefusal::Expired",
            ),
            (
                update(json!({"new_price": price(amount(1, 0), amount(1, 1))})),
                "LimitOrderUpdateRefusal::IncompatiblePrice",
            ),
            (
                update(json!({"order": "1.7.9", "delta_amount_to_sell": amount(1, 1)})),
                "LimitOrderUpdateRefusal::UnknownOrder",
            ),
        ],
    );
}

#[test]
fn an_order_stays_within_the_lists_of_the_assets() {
    let more = || update(json!({"delta_amount_to_sell": amount(1, 1)}));
    let check_after = |change: fn(&mut AssetOptions), asset, creates: &str, updates: &str| {
        let mut ledger = ledger(1_000);
        check(&mut ledger, &[(sell(json!({})), "ok")]);
        set_options(&mut ledger, asset, change);
        check(&mut ledger, &[(sell(json!({})), creates), (more(), updates)]);
    };
    check_after(
        |options| options.whitelist_markets.extend([Id(2)]),
        1,
        "LimitOrderCreateRefusal::MarketNotWhitelisted",
        "LimitOrderUpdateRefusal::MarketNotWhitelisted",
    );
    check_after(
        |options| options.blacklist_markets.extend([Id(0)]),
        1,
        "LimitOrderCreateRefusal::MarketBlacklisted",
        "LimitOrderUpdateRefusal::MarketBlacklisted",
    );
    let whitelist = |options: &mut AssetOptions| options.whitelist_authorities.extend([Id(9)]);
    check_after(
        whitelist,
        1,
        "LimitOrderCreateRefusal::SellingUnauthorized",
        "LimitOrderUpdateRefusal::Unauthorized",
    );
}

#[test]
fn a_profit_is_taken_with_a_spread_a_size_and_a_lifetime() {
    let on_fill = |actions: Value| sell(json!({"extensions": {"on_fill": actions}}));
    let one = |changes| on_fill(json!([take_profit(changes)]));
    check(
        &mut ledger(1_000),
        &[
            (one(json!({"spread_percent": 0})), "OnFillRefusal::NoSpread"),
            (one(json!({"size_percent": 0})), "OnFillRefusal::NoSize"),
            (one(json!({"size_percent": 10_001})), "OnFillRefusal::SizeTooLarge"),
            (one(json!({"expiration_seconds": 0})), "OnFillRefusal::NoLifetime"),
            (on_fill(json!([])), "OnFillRefusal::WrongNumberOfActions"),
            (one(json!({"fee_asset_id": "1.3.99"})), "OnFillRefusal::UnknownFeeAsset"),
            (one(json!({})), "ok"),
        ],
    );
}

/// A maker whose paid fee was worth no core cannot be given a part of it back.
#[test]
fn a_fee_that_stood_for_no_core_has_no_discount() {
    let mut ledger = ledger(1_000);
    let rate = Price::new(Asset::core(1), Asset::new(100, Id(1)));
    ledger.modify(Id(1) as AssetId, |asset| asset.options.core_exchange_rate = rate).unwrap();
    ledger
        .modify_global(|global| {
            global.parameters.extensions.maker_fee_discount_percent = Some(10_000);
        })
        .unwrap();
    let taker = json!({
        "seller": "1.2.2",
        "amount_to_sell": amount(10, 0),
        "min_to_receive": amount(10, 1),
    });
    check(
        &mut ledger,
        &[
            (sell(json!({"fee": amount(50, 1)})), "ok"),
            (op("limit_order_create", taker), "FillRefusal::NoDeferredFee"),
        ],
    );
}

#[test]
fn a_position_is_of_a_smartcoin_and_its_collateral() {
    let rate = json!({"core_exchange_rate": price(amount(1, 0), amount(1, 1))});
    let create = json!({
        "issuer": "1.2.9",
        "symbol": "COIN",
        "common_options": with(rate, json!({"max_supply": 1_000})),
        "bitasset_opts": {},
    });
    check(
        &mut ledger(1_000),
        &[
            (op("asset_create", create), "ok"),
            (borrow(amount(1, 0), amount(1, 0)), "CallOrderUpdateRefusal::SameAsset"),
            (borrow(amount(0, COIN), amount(0, 0)), "CallOrderUpdateRefusal::NothingToUpdate"),
            (borrow(amount(1, 1), amount(1, 0)), "CallOrderUpdateRefusal::NotMarketIssued"),
            (borrow(amount(1, COIN), amount(1, 1)), "CallOrderUpdateRefusal::WrongCollateral"),
            (borrow(amount(1_001, COIN), amount(1, 0)), "CallOrderUpdateRefusal::AboveMaxSupply"),
            (borrow(amount(-1, COIN), amount(1, 0)), "CallOrderUpdateRefusal::BelowZero"),
            (borrow(amount(1, COIN), amount(1, 0)), "CallOrderUpdateRefusal::NoFeed"),
        ],
    );
}
