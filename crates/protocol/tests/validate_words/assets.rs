//! Assets.

use super::{Case, Rows, amount, case, in_order, price};
use serde_json::{Value, json};

const ABOVE_SUPPLY: i64 = 1_000_000_000_000_001;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        asset_create(),
        prediction_market(),
        asset_update(),
        asset_update_bitasset(),
        asset_publish_feed(),
    ];
    cases.extend(supply());
    cases.extend(fees_and_settlement());
    cases
}

fn rate(asset: u64) -> Value {
    price(amount(1, asset), amount(1, 0))
}

fn options(asset: u64) -> Value {
    json!({"max_supply": 100, "core_exchange_rate": rate(asset)})
}

/// What is asked about options, in the member that holds them.
fn option_rows(member: &str, asset: u64) -> Rows {
    let rate_with = |changes: Value| {
        let mut rate = rate(asset);
        super::merge(&mut rate, &changes);
        json!({"core_exchange_rate": rate})
    };
    let rows = vec![
        (json!({"max_supply": 0}), "max_supply > 0: "),
        (json!({"max_supply": ABOVE_SUPPLY}), "max_supply <= GRAPHENE_MAX_SHARE_SUPPLY: "),
        (json!({"market_fee_percent": 10_001}), "market_fee_percent <= GRAPHENE_100_PERCENT: "),
        (
            json!({"extensions": {"taker_fee_percent": 10_001}}),
            "*extensions.value.taker_fee_percent <= GRAPHENE_100_PERCENT: ",
        ),
        (
            json!({"max_market_fee": -1}),
            "max_market_fee >= 0 && max_market_fee <= GRAPHENE_MAX_SHARE_SUPPLY: ",
        ),
        (
            json!({"max_market_fee": ABOVE_SUPPLY}),
            "max_market_fee >= 0 && max_market_fee <= GRAPHENE_MAX_SHARE_SUPPLY: ",
        ),
        (
            json!({"flags": 0x20}),
            "0 == (flags & global_settle): \
             Can not set global_settle flag, it is for issuer permission only",
        ),
        (
            json!({"flags": 0x180}),
            "(flags & (witness_fed_asset | committee_fed_asset)) != \
             (witness_fed_asset | committee_fed_asset): ",
        ),
        (
            rate_with(json!({"base": {"amount": 0}})),
            "base.amount.value > 0: Base amount should be positive",
        ),
        (
            rate_with(json!({"quote": {"amount": 0}})),
            "quote.amount.value > 0: Quote amount should be positive",
        ),
        (
            rate_with(json!({"base": {"asset_id": "1.3.0"}})),
            "base.asset_id != quote.asset_id: \
             Base asset ID and quote asset ID should be different",
        ),
        (
            rate_with(json!({"base": {"asset_id": "1.3.8"}, "quote": {"asset_id": "1.3.9"}})),
            "core_exchange_rate.base.asset_id.instance.value == 0 || \
             core_exchange_rate.quote.asset_id.instance.value == 0: ",
        ),
        (json!({"whitelist_authorities": ["1.2.7"]}), "0 != (flags & white_list): "),
        (json!({"blacklist_authorities": ["1.2.7"]}), "0 != (flags & white_list): "),
        (
            json!({"whitelist_markets": ["1.3.7"], "blacklist_markets": ["1.3.7"]}),
            "blacklist_markets.find(item) == blacklist_markets.end(): ",
        ),
        (
            json!({"extensions": {"reward_percent": 10_001}}),
            "*extensions.value.reward_percent <= GRAPHENE_100_PERCENT: ",
        ),
    ];
    rows.into_iter().map(|(changes, words)| (json!({member: changes}), words)).collect()
}

/// What is asked about the options of a SmartCoin, in the member that holds them.
fn bitasset_rows(member: &str) -> Rows {
    let extension = |name: &str, value: u16| json!({"extensions": {name: value}});
    let rows = vec![
        (json!({"minimum_feeds": 0}), "minimum_feeds > 0: "),
        (
            json!({"force_settlement_offset_percent": 10_001}),
            "force_settlement_offset_percent <= GRAPHENE_100_PERCENT: ",
        ),
        (
            json!({"maximum_force_settlement_volume": 10_001}),
            "maximum_force_settlement_volume <= GRAPHENE_100_PERCENT: ",
        ),
        (
            extension("margin_call_fee_ratio", 32_001),
            "*extensions.value.margin_call_fee_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            extension("initial_collateral_ratio", 1_000),
            "*extensions.value.initial_collateral_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            extension("initial_collateral_ratio", 32_001),
            "*extensions.value.initial_collateral_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            extension("maintenance_collateral_ratio", 1_000),
            "*extensions.value.maintenance_collateral_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            extension("maintenance_collateral_ratio", 32_001),
            "*extensions.value.maintenance_collateral_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            extension("maximum_short_squeeze_ratio", 1_000),
            "*extensions.value.maximum_short_squeeze_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            extension("maximum_short_squeeze_ratio", 32_001),
            "*extensions.value.maximum_short_squeeze_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            extension("force_settle_fee_percent", 10_001),
            "*extensions.value.force_settle_fee_percent <= GRAPHENE_100_PERCENT: ",
        ),
        (
            extension("black_swan_response_method", 4),
            "*extensions.value.black_swan_response_method < bsrm_count: \
             black_swan_response_method should be less than 4",
        ),
    ];
    rows.into_iter().map(|(changes, words)| (json!({member: changes}), words)).collect()
}

fn asset_create() -> Case {
    let mut rows = vec![(json!({"symbol": "no"}), "is_valid_symbol(symbol): ")];
    rows.extend(option_rows("common_options", 1));
    let permissions = json!({"issuer_permissions": 0x20});
    rows.push((json!({"common_options": permissions}), "bitasset_opts.valid(): "));
    rows.extend(bitasset_rows("bitasset_opts"));
    rows.push((
        json!({"common_options": {"core_exchange_rate": rate(7)}}),
        "dummy.asset_id == asset_id_type(1): ",
    ));
    rows.push((json!({"precision": 13}), "precision <= 12: "));
    // Options of a SmartCoin make permissions of one valid, and are asked about before the rate.
    let is_apart = |row: &(Value, &str)| !row.1.starts_with("bitasset_opts");
    let (rows, alone): (Rows, Rows) = rows.into_iter().partition(is_apart);
    let valid = json!({"symbol": "GOLD", "common_options": options(1)});
    super::check(&case("asset_create", valid.clone(), alone));
    let early = rows.iter().position(|(_, words)| words.starts_with("dummy")).expect("a row");
    let (first, last) = rows.split_at(early);
    super::check(&case("asset_create", valid.clone(), last.to_vec()));
    case("asset_create", valid, first.to_vec())
}

fn prediction_market() -> Case {
    let mut options = options(1);
    super::merge(&mut options, &json!({"issuer_permissions": 0x20}));
    let permissions = |bits: u16| json!({"common_options": {"issuer_permissions": bits}});
    let rows = vec![
        (permissions(0x00), "0 != (common_options.issuer_permissions & global_settle): "),
        (permissions(0x4020), "0 == (common_options.issuer_permissions & disable_bsrm_update): "),
        (
            json!({"bitasset_opts": {"extensions": {"black_swan_response_method": 0}}}),
            "!bitasset_opts->extensions.value.black_swan_response_method.valid(): \
             Can not set black_swan_response_method for Prediction Markets",
        ),
    ];
    let valid = json!({
        "symbol": "GOLD", "common_options": options, "bitasset_opts": {},
        "is_prediction_market": true,
    });
    let without_options =
        json!({"bitasset_opts": null, "common_options": {"issuer_permissions": 0}});
    super::check(&in_order(
        "asset_create",
        valid.clone(),
        vec![(
            without_options,
            "bitasset_opts.valid(): Cannot have a User-Issued Asset implement a prediction market.",
        )],
    ));
    case("asset_create", valid, rows)
}

fn asset_update() -> Case {
    let mut rows = vec![(json!({"new_issuer": "1.2.0"}), "issuer != *new_issuer: ")];
    rows.extend(option_rows("new_options", 7));
    rows.push((
        json!({"extensions": {"new_precision": 13}}),
        "*extensions.value.new_precision <= 12: ",
    ));
    rows.push((
        json!({"extensions": {"skip_core_exchange_rate": false}}),
        "*extensions.value.skip_core_exchange_rate == true: \
         If skip_core_exchange_rate is specified, it can only be true",
    ));
    let valid = json!({"asset_to_update": "1.3.7", "new_options": options(7)});
    // Another rate is asked about after all options: as a price, then by its assets.
    let mut of_core = valid.clone();
    super::merge(&mut of_core, &json!({"asset_to_update": "1.3.0"}));
    let other = json!({"new_options": {"core_exchange_rate": rate(7)}});
    super::check(&in_order(
        "asset_update",
        of_core,
        vec![(other, "dummy.asset_id == asset_id_type(): ")],
    ));
    let other = json!({"new_options": {"core_exchange_rate": rate(8)}});
    super::check(&in_order("asset_update", valid.clone(), vec![(other, "invalid asset * price")]));
    case("asset_update", valid, rows)
}

fn asset_update_bitasset() -> Case {
    case("asset_update_bitasset", json!({"new_options": {}}), bitasset_rows("new_options"))
}

fn asset_publish_feed() -> Case {
    let settlement = |changes: Value| {
        let mut price = rate(7);
        super::merge(&mut price, &changes);
        json!({"feed": {"settlement_price": price}})
    };
    let exchange = |changes: Value| {
        let mut price = rate(7);
        super::merge(&mut price, &changes);
        json!({"feed": {"core_exchange_rate": price}})
    };
    let no_price = || price(amount(0, 0), amount(0, 0));
    let rows = vec![
        (
            settlement(json!({"base": {"amount": 0}})),
            "base.amount.value > 0: Base amount should be positive",
        ),
        (
            json!({"feed": {"maximum_short_squeeze_ratio": 1_000}}),
            "maximum_short_squeeze_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            json!({"feed": {"maximum_short_squeeze_ratio": 32_001}}),
            "maximum_short_squeeze_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            json!({"feed": {"maintenance_collateral_ratio": 1_000}}),
            "maintenance_collateral_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            json!({"feed": {"maintenance_collateral_ratio": 32_001}}),
            "maintenance_collateral_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
        (
            exchange(json!({"quote": {"amount": 0}})),
            "quote.amount.value > 0: Quote amount should be positive",
        ),
        (
            exchange(json!({"base": {"asset_id": "1.3.8"}})),
            "feed.settlement_price.base.asset_id == feed.core_exchange_rate.base.asset_id: ",
        ),
        (json!({"feed": {"settlement_price": no_price()}}), "!feed.settlement_price.is_null(): "),
        (
            json!({"feed": {"core_exchange_rate": no_price()}}),
            "!feed.core_exchange_rate.is_null(): ",
        ),
        (json!({"asset_id": "1.3.9"}), "feed.is_for( asset_id ): "),
        (
            json!({"extensions": {"initial_collateral_ratio": 1_000}}),
            "*extensions.value.initial_collateral_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ",
        ),
        (
            json!({"extensions": {"initial_collateral_ratio": 32_001}}),
            "*extensions.value.initial_collateral_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
        ),
    ];
    let feed = json!({"settlement_price": rate(7), "core_exchange_rate": rate(7)});
    let valid = json!({"asset_id": "1.3.7", "feed": feed});
    // Within the feed: prices and ratios before what they are about.
    let both = json!({"feed": {
        "settlement_price": no_price(), "core_exchange_rate": price(amount(0, 7), amount(1, 0)),
        "maintenance_collateral_ratio": 1_000,
    }});
    let words = "maintenance_collateral_ratio >= GRAPHENE_MIN_COLLATERAL_RATIO: ";
    super::check(&in_order("asset_publish_feed", valid.clone(), vec![(both, words)]));
    case("asset_publish_feed", valid, rows)
}

fn supply() -> Vec<Case> {
    let member = |name: &str, amount: i64| json!({name: {"amount": amount}});
    vec![
        case(
            "asset_issue",
            json!({"asset_to_issue": amount(5, 7)}),
            vec![
                (
                    member("asset_to_issue", ABOVE_SUPPLY),
                    "asset_to_issue.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: ",
                ),
                (member("asset_to_issue", 0), "asset_to_issue.amount.value > 0: "),
                (
                    json!({"asset_to_issue": {"asset_id": "1.3.0"}}),
                    "asset_to_issue.asset_id != asset_id_type(0): ",
                ),
            ],
        ),
        case(
            "asset_reserve",
            json!({"amount_to_reserve": amount(5, 7)}),
            vec![
                (
                    member("amount_to_reserve", ABOVE_SUPPLY),
                    "amount_to_reserve.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: ",
                ),
                (member("amount_to_reserve", 0), "amount_to_reserve.amount.value > 0: "),
            ],
        ),
        case("asset_update_feed_producers", json!({}), vec![]),
        case(
            "asset_update_issuer",
            json!({"new_issuer": "1.2.7"}),
            vec![(json!({"new_issuer": "1.2.0"}), "issuer != new_issuer: ")],
        ),
        case(
            "override_transfer",
            json!({"issuer": "1.2.9", "from": "1.2.7", "to": "1.2.8", "amount": amount(5, 7)}),
            vec![
                (json!({"to": "1.2.7"}), "from != to: "),
                (member("amount", 0), "amount.amount > 0: "),
                (json!({"issuer": "1.2.7"}), "issuer != from: "),
            ],
        ),
    ]
}

fn fees_and_settlement() -> Vec<Case> {
    vec![
        case(
            "asset_fund_fee_pool",
            json!({"amount": 5}),
            vec![(json!({"amount": 0}), "amount > 0: ")],
        ),
        in_order(
            "asset_fund_fee_pool",
            json!({"amount": 5}),
            vec![
                (json!({"fee": {"asset_id": "1.3.7"}}), "fee.asset_id == asset_id_type(): "),
                (json!({"amount": 0}), "amount > 0: "),
            ],
        ),
        case(
            "asset_settle",
            json!({"amount": amount(0, 7)}),
            vec![(json!({"amount": {"amount": -1}}), "amount.amount >= 0: ")],
        ),
        in_order("asset_settle_cancel", json!({}), vec![(json!({}), "!\"Virtual operation\": ")]),
        case(
            "asset_global_settle",
            json!({"asset_to_settle": "1.3.7", "settle_price": rate(7)}),
            vec![(
                json!({"asset_to_settle": "1.3.8"}),
                "asset_to_settle == settle_price.base.asset_id: ",
            )],
        ),
        case(
            "asset_claim_fees",
            json!({"amount_to_claim": amount(5, 7)}),
            vec![
                (json!({"amount_to_claim": {"amount": 0}}), "amount_to_claim.amount > 0: "),
                (
                    json!({"extensions": {"claim_from_asset_id": "1.3.7"}}),
                    "*extensions.value.claim_from_asset_id != amount_to_claim.asset_id: ",
                ),
            ],
        ),
        case(
            "asset_claim_pool",
            json!({"asset_id": "1.3.7", "amount_to_claim": amount(5, 0)}),
            vec![
                (json!({"asset_id": "1.3.0"}), "fee.asset_id != asset_id: "),
                (json!({"amount_to_claim": {"amount": 0}}), "amount_to_claim.amount > 0: "),
                (
                    json!({"amount_to_claim": {"asset_id": "1.3.7"}}),
                    "amount_to_claim.asset_id == asset_id_type(): ",
                ),
            ],
        ),
        case(
            "bid_collateral",
            json!({"additional_collateral": amount(5, 0), "debt_covered": amount(5, 7)}),
            vec![(
                json!({"additional_collateral": {"amount": 0}}),
                "debt_covered.amount == 0 || \
                 (debt_covered.amount > 0 && additional_collateral.amount > 0): ",
            )],
        ),
        in_order("execute_bid", json!({}), vec![(json!({}), "!\"virtual operation\": ")]),
    ]
}
