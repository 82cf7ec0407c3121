//! What operations on assets are refused for, in a small chain.

use crate::Ledger;
use crate::ops::sandbox::{amount, check, ledger, op, price, with};
use carbyne_objects::AssetDynamicData;
use carbyne_protocol::ids::{AssetDynamicDataId, AssetId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

/// The first asset that a test creates; the sandbox has those before it.
const MARK: u64 = 5;
/// Permissions to change what needs no feed, and to settle globally.
const SETTLEABLE: u16 = flag::DEFAULT_UIA_PERMISSIONS | flag::GLOBAL_SETTLE;

fn id(asset: u64) -> String {
    format!("1.3.{asset}")
}

/// One unit of an asset for one unit of the core asset.
fn parity(asset: u64) -> Value {
    price(amount(1, asset), amount(1, 0))
}

fn create(symbol: &str, changes: Value) -> Operation {
    let options = json!({"core_exchange_rate": parity(1), "issuer_permissions": SETTLEABLE});
    let plain = json!({"issuer": "1.2.9", "symbol": symbol, "common_options": options});
    op("asset_create", with(plain, changes))
}

/// A SmartCoin backed by the core asset unless the changes say otherwise.
fn create_coin(symbol: &str, changes: Value) -> Operation {
    create(symbol, with(json!({"bitasset_opts": {}}), changes))
}

fn create_prediction_market(symbol: &str) -> Operation {
    create_coin(symbol, json!({"is_prediction_market": true}))
}

/// An operation of the issuer on an asset, which it calls by `member`.
fn by_issuer(name: &str, member: &str, asset: u64, changes: Value) -> Operation {
    let mut plain = json!({"issuer": "1.2.9"});
    plain[member] = id(asset).into();
    op(name, with(plain, changes))
}

fn update(asset: u64, changes: Value) -> Operation {
    let options = json!({"core_exchange_rate": parity(asset)});
    let changes = with(json!({"new_options": options}), changes);
    by_issuer("asset_update", "asset_to_update", asset, changes)
}

fn update_bitasset(asset: u64, options: Value) -> Operation {
    let changes = json!({"new_options": options});
    by_issuer("asset_update_bitasset", "asset_to_update", asset, changes)
}

fn set_producers(asset: u64, producers: &[&str]) -> Operation {
    let changes = json!({"new_feed_producers": producers});
    by_issuer("asset_update_feed_producers", "asset_to_update", asset, changes)
}

fn publish(asset: u64, changes: Value) -> Operation {
    let feed = json!({"settlement_price": parity(asset), "core_exchange_rate": parity(asset)});
    let plain = json!({"publisher": "1.2.9", "asset_id": id(asset), "feed": feed});
    op("asset_publish_feed", with(plain, changes))
}

fn borrow(account: &str, debt: Value, collateral: Value) -> Operation {
    let members =
        json!({"funding_account": account, "delta_debt": debt, "delta_collateral": collateral});
    op("call_order_update", members)
}

fn settle_all(asset: u64, changes: Value) -> Operation {
    let changes = with(json!({"settle_price": parity(asset)}), changes);
    by_issuer("asset_global_settle", "asset_to_settle", asset, changes)
}

fn settle(amount: Value) -> Operation {
    op("asset_settle", json!({"account": "1.2.1", "amount": amount}))
}

fn issue(changes: Value) -> Operation {
    let plain =
        json!({"issuer": "1.2.9", "asset_to_issue": amount(1, 1), "issue_to_account": "1.2.1"});
    op("asset_issue", with(plain, changes))
}

fn reserve(amount: Value) -> Operation {
    op("asset_reserve", json!({"payer": "1.2.1", "amount_to_reserve": amount}))
}

fn bid(collateral: Value, debt: Value) -> Operation {
    let members =
        json!({"bidder": "1.2.1", "additional_collateral": collateral, "debt_covered": debt});
    op("bid_collateral", members)
}

/// Everybody has 1,000 of everything.
fn chain(steps: &[Operation]) -> Ledger {
    let mut ledger = ledger(1_000);
    for step in steps {
        check(&mut ledger, &[(step.clone(), "ok")]);
    }
    ledger
}

/// A chain on which account 1.2.1 owes 100 MARK at parity, backed by 300 core.
fn chain_with_debt() -> Ledger {
    chain(&[
        create_coin("MARK", json!({})),
        set_producers(MARK, &["1.2.9"]),
        publish(MARK, json!({})),
        borrow("1.2.1", amount(100, MARK), amount(300, 0)),
    ])
}

#[test]
fn an_asset_is_not_created_out_of_what_contradicts_itself() {
    let options = |options: Value| create("NEW", json!({"common_options": options}));
    let authorities: Vec<String> = (0..11).map(|account| format!("1.2.{account}")).collect();
    let refusals = [
        (create("usd", json!({})), "AssetCreateRefusal::InvalidSymbol"),
        (create("NEW", json!({})), "AssetCreateRefusal::NotABitasset"),
        (
            create_coin(
                "NEW",
                json!({"is_prediction_market": true, "common_options": {"issuer_permissions": 0}}),
            ),
            "AssetCreateRefusal::InvalidPredictionMarket",
        ),
        (
            create_coin("NEW", json!({"common_options": {"core_exchange_rate": parity(2)}})),
            "AssetCreateRefusal::RateOfOtherAsset",
        ),
        (create_coin("NEW", json!({"precision": 13})), "AssetCreateRefusal::PrecisionTooLarge"),
        (
            options(json!({"flags": flag::WHITE_LIST, "issuer_permissions": 0,
                "whitelist_authorities": authorities})),
            "AssetCreateRefusal::TooManyAuthorities",
        ),
        (
            options(json!({"flags": flag::DISABLE_FORCE_SETTLE, "issuer_permissions": 0})),
            "AssetOptionsRefusal::ForBitassetsOnly",
        ),
        (create_coin("ASSET1", json!({})), "AssetCreateRefusal::SymbolTaken"),
        (create_coin("NONE.A", json!({})), "AssetCreateRefusal::NoParent"),
        (
            create_coin("ASSET1.A", json!({"issuer": "1.2.8"})),
            "AssetCreateRefusal::NotParentIssuer",
        ),
        (
            create_coin("NEW", json!({"bitasset_opts": {"feed_lifetime_sec": 5}})),
            "AssetCreateRefusal::ShorterThanBlock",
        ),
        (
            create_coin("NEW", json!({"is_prediction_market": true, "precision": 1})),
            "AssetCreateRefusal::PrecisionMismatch",
        ),
    ];
    check(&mut chain(&[]), &refusals);
}

#[test]
fn a_smartcoin_is_backed_through_one_other_at_most_and_by_core_if_the_committee_issues_it() {
    let backed_by = |symbol, asset, issuer: &str| {
        let options = json!({"short_backing_asset": id(asset)});
        create_coin(symbol, json!({"issuer": issuer, "bitasset_opts": options}))
    };
    let mut ledger = chain(&[backed_by("ONE", 0, "1.2.9"), backed_by("TWO", MARK, "1.2.9")]);
    let committee = "1.2.0";
    check(
        &mut ledger,
        &[
            (backed_by("THREE", MARK + 1, "1.2.9"), "AssetCreateRefusal::BackedTooDeep"),
            (backed_by("THREE", 1, committee), "AssetRefusal::CommitteeNeedsCore"),
            (backed_by("THREE", MARK, committee), "ok"),
        ],
    );
}

#[test]
fn an_issuer_updates_what_holders_were_promised_to_stay_open() {
    let without_permissions = json!({"common_options": {"issuer_permissions": 0}});
    let given_up = update(MARK, json!({"new_options": {"flags": 1, "issuer_permissions": 0}}));
    let mut ledger = chain(&[
        create("GONE", without_permissions),
        issue(json!({"asset_to_issue": amount(10, MARK)})),
    ]);
    let lock = |asset: &mut carbyne_objects::AssetObject| asset.options.flags = LOCKED;
    const LOCKED: u16 = flag::LOCK_MAX_SUPPLY;
    ledger.modify(Id(3) as AssetId, lock).unwrap();
    let dear = price(amount(1, 1), amount(1_000_000_000_000_001, 0));
    let refusals = [
        (update(1, json!({"new_issuer": "1.2.9"})), "AssetRefusal::SameIssuer"),
        (
            update(0, json!({"new_options": {"core_exchange_rate": parity(1)}})),
            "AssetUpdateRefusal::RateOfOtherAsset",
        ),
        (
            update(2, json!({"new_options": {"core_exchange_rate": parity(1)}})),
            "MoneyRefusal::WrongPrice",
        ),
        (
            update(1, json!({"new_options": {"core_exchange_rate": dear}})),
            "MoneyRefusal::ResultTooLarge",
        ),
        (
            update(1, json!({"extensions": {"skip_core_exchange_rate": false}})),
            "AssetUpdateRefusal::SkipIsFalse",
        ),
        (update(1, json!({"new_issuer": "1.2.8"})), "AssetUpdateRefusal::NewIssuer"),
        (
            update(1, json!({"new_options": {"issuer_permissions": flag::GLOBAL_SETTLE}})),
            "AssetUpdateRefusal::NotABitasset",
        ),
        (update(MARK, json!({})), "AssetUpdateRefusal::PermissionsRevoked"),
        (given_up, "AssetUpdateRefusal::FlagsNotPermitted"),
        (
            update(1, json!({"extensions": {"new_precision": 3}})),
            "AssetUpdateRefusal::PrecisionInUse",
        ),
        (
            update(1, json!({"new_options": {"max_supply": 8_999}})),
            "AssetUpdateRefusal::MaxSupplyTooSmall",
        ),
        (update(1, json!({"issuer": "1.2.8"})), "AssetRefusal::IncorrectIssuer"),
        (
            update(3, json!({"new_options": {"max_supply": 9_000, "flags": LOCKED}})),
            "AssetUpdateRefusal::MaxSupplyLocked",
        ),
        (
            update(4, json!({"extensions": {"new_precision": 0}})),
            "AssetUpdateRefusal::SamePrecision",
        ),
        (update(4, json!({"extensions": {"new_precision": 3}})), "ok"),
    ];
    check(&mut ledger, &refusals);
}

#[test]
fn a_prediction_market_can_always_be_settled_and_keeps_its_precision() {
    let backed = json!({"bitasset_opts": {"short_backing_asset": id(4)}});
    let mut ledger = chain(&[create_prediction_market("BET"), create_coin("COIN", backed)]);
    let permissions =
        |bits: u16| update(MARK, json!({"new_options": {"issuer_permissions": bits}}));
    let precision = |asset, precision: u8| {
        let options = json!({"issuer_permissions": SETTLEABLE});
        let extensions = json!({"new_precision": precision});
        update(asset, json!({"new_options": options, "extensions": extensions}))
    };
    let responds = json!({"extensions": {"black_swan_response_method": 1}});
    let backed_by_other_precision = json!({"short_backing_asset": id(4)});
    ledger.modify(Id(4) as AssetId, |asset| asset.precision = 3).unwrap();
    check(
        &mut ledger,
        &[
            (
                permissions(SETTLEABLE | flag::DISABLE_BSRM_UPDATE),
                "AssetUpdateRefusal::ResponseOfPredictionMarket",
            ),
            (permissions(0), "AssetUpdateRefusal::PredictionMarketNeverSettled"),
            (precision(MARK, 3), "AssetUpdateRefusal::PrecisionOfPredictionMarket"),
            (
                update(4, json!({"extensions": {"new_precision": 4}})),
                "AssetUpdateRefusal::PrecisionOfCollateral",
            ),
            (update_bitasset(MARK, responds), "AssetUpdateBitassetRefusal::PredictionMarket"),
            (
                update_bitasset(MARK, backed_by_other_precision),
                "AssetUpdateBitassetRefusal::PrecisionMismatch",
            ),
            (settle(amount(0, MARK)), "AssetSettleRefusal::NotDecided"),
            (borrow("1.2.1", amount(5, MARK), amount(5, 0)), "ok"),
            (settle_all(MARK, json!({})), "ok"),
            (publish(MARK, json!({})), "AssetPublishFeedRefusal::Settled"),
            (bid(amount(1, 0), amount(1, MARK)), "BidCollateralRefusal::PredictionMarket"),
        ],
    );
}

#[test]
fn the_collateral_of_a_smartcoin_changes_while_nobody_holds_it() {
    let (one, two, three, locked) = (MARK, MARK + 1, MARK + 2, MARK + 3);
    let backed_by = |asset| json!({"short_backing_asset": id(asset)});
    let permissions = json!({"issuer_permissions": SETTLEABLE | flag::DISABLE_MCR_UPDATE});
    let mut ledger = chain(&[
        create_coin("ONE", json!({})),
        create_coin("TWO", json!({"bitasset_opts": backed_by(one)})),
        create_coin("THREE", json!({"issuer": "1.2.0"})),
        create_coin("LOCKED", json!({"common_options": permissions})),
    ]);
    // Fees that were accumulated and paid by somebody.
    ledger.adjust_balance(Id(2), Asset::core(-5)).unwrap();
    let dynamic: AssetDynamicDataId =
        ledger.get(Id(locked) as AssetId).unwrap().dynamic_asset_data_id;
    let fees = |data: &mut AssetDynamicData| data.accumulated_collateral_fees = 5;
    ledger.modify(dynamic, fees).unwrap();
    let of_committee = json!({"issuer": "1.2.0", "new_options": backed_by(1)});
    let ratio = json!({"extensions": {"maintenance_collateral_ratio": 2_000}});
    check(
        &mut ledger,
        &[
            (update_bitasset(1, json!({})), "AssetRefusal::NotMarketIssued"),
            (update_bitasset(three, json!({})), "AssetRefusal::NotIssuer"),
            (update_bitasset(locked, ratio), "AssetUpdateBitassetRefusal::NotPermitted"),
            (update_bitasset(locked, backed_by(1)), "AssetUpdateBitassetRefusal::FeesLeft"),
            (update_bitasset(one, backed_by(one)), "AssetUpdateBitassetRefusal::BackedByItself"),
            (update_bitasset(one, backed_by(two)), "AssetUpdateBitassetRefusal::InvalidatesChild"),
            (
                by_issuer("asset_update_bitasset", "asset_to_update", three, of_committee),
                "AssetRefusal::CommitteeNeedsCore",
            ),
            (
                update_bitasset(locked, json!({"feed_lifetime_sec": 5})),
                "AssetCreateRefusal::ShorterThanBlock",
            ),
            (update_bitasset(two, backed_by(0)), "ok"),
            (update_bitasset(one, backed_by(two)), "ok"),
        ],
    );
    let deep = create_coin("DEEP", json!({}));
    let deep_backing = update_bitasset(locked + 1, backed_by(one));
    check(
        &mut ledger,
        &[(deep, "ok"), (deep_backing, "AssetUpdateBitassetRefusal::BackedTooDeep")],
    );
    let in_use = update_bitasset(MARK, backed_by(1));
    check(&mut chain_with_debt(), &[(in_use, "AssetUpdateBitassetRefusal::SupplyLeft")]);
}

#[test]
fn a_feed_comes_from_a_producer_and_prices_the_asset_in_its_collateral() {
    let mut ledger = chain(&[
        create_coin("MARK", json!({})),
        create_coin("BYCOM", json!({"common_options": {"flags": flag::COMMITTEE_FED_ASSET}})),
        create_coin("BYWIT", json!({"common_options": {"flags": flag::WITNESS_FED_ASSET}})),
    ]);
    let accounts: Vec<String> = (0..11).map(|account| format!("1.2.{account}")).collect();
    let many: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let none = price(amount(0, 0), amount(0, 0));
    let feed = |feed: Value| publish(MARK, json!({"feed": feed}));
    let others = price(amount(1, MARK), amount(1, 1));
    check(
        &mut ledger,
        &[
            (set_producers(MARK, &many), "AssetUpdateFeedProducersRefusal::TooMany"),
            (set_producers(MARK + 1, &["1.2.9"]), "AssetUpdateFeedProducersRefusal::CommitteeFed"),
            (set_producers(MARK + 2, &["1.2.9"]), "AssetUpdateFeedProducersRefusal::WitnessFed"),
            (set_producers(MARK, &["1.2.9"]), "ok"),
            (publish(1, json!({})), "AssetRefusal::NotMarketIssued"),
            (
                feed(json!({"maximum_short_squeeze_ratio": 1_000})),
                "PriceFeedRefusal::RatioOutOfRange",
            ),
            (feed(json!({"settlement_price": none})), "PriceFeedRefusal::NoSettlementPrice"),
            (feed(json!({"core_exchange_rate": none})), "PriceFeedRefusal::NoCoreExchangeRate"),
            (feed(json!({"core_exchange_rate": parity(1)})), "PriceFeedRefusal::BaseMismatch"),
            (publish(MARK, json!({"asset_id": id(1)})), "PriceFeedRefusal::OtherAsset"),
            (feed(json!({"settlement_price": others})), "AssetPublishFeedRefusal::WrongCollateral"),
            (feed(json!({"core_exchange_rate": others})), "AssetPublishFeedRefusal::RateNotInCore"),
            (publish(MARK, json!({"publisher": "1.2.8"})), "AssetPublishFeedRefusal::NotAProducer"),
            (publish(MARK, json!({})), "ok"),
        ],
    );
}

#[test]
fn a_global_settlement_is_the_issuers_and_happens_once() {
    let mut ledger = chain_with_debt();
    let never = json!({"common_options": {"issuer_permissions": flag::DEFAULT_UIA_PERMISSIONS}});
    check(
        &mut ledger,
        &[(create_coin("EVER", never), "ok"), (create_coin("NEW", json!({})), "ok")],
    );
    let at = |price: Value| settle_all(MARK, json!({"settle_price": price}));
    let dear = price(amount(1, MARK), amount(4, 0));
    let backing = json!({"short_backing_asset": id(1)});
    check(
        &mut ledger,
        &[
            (at(parity(1)), "AssetGlobalSettleRefusal::PriceOfOtherAsset"),
            (settle_all(1, json!({})), "AssetRefusal::NotMarketIssued"),
            (settle_all(MARK + 1, json!({})), "AssetGlobalSettleRefusal::NotPermitted"),
            (settle_all(MARK, json!({"issuer": "1.2.8"})), "AssetRefusal::NotIssuer"),
            (settle_all(MARK + 2, json!({})), "AssetGlobalSettleRefusal::NoSupply"),
            (at(dear), "AssetGlobalSettleRefusal::InsufficientCollateral"),
            (settle_all(MARK, json!({})), "ok"),
            (settle_all(MARK, json!({})), "AssetGlobalSettleRefusal::AlreadySettled"),
            (update_bitasset(MARK, backing), "AssetUpdateBitassetRefusal::GloballySettled"),
            (settle(amount(0, MARK)), "AssetSettleRefusal::TooSmallForFund"),
            (settle(amount(100, MARK)), "ok"),
        ],
    );
}

#[test]
fn collateral_is_bid_for_what_was_settled_globally() {
    let mut ledger = chain_with_debt();
    let flags = json!({"common_options": {"flags": flag::DISABLE_COLLATERAL_BIDDING}});
    check(
        &mut ledger,
        &[
            (create_coin("NOBIDS", flags), "ok"),
            (bid(amount(1, 0), amount(1, 1)), "BidCollateralRefusal::NotMarketIssued"),
            (bid(amount(0, 0), amount(1, MARK)), "BidCollateralRefusal::EmptyBid"),
            (bid(amount(1, 0), amount(1, MARK + 1)), "BidCollateralRefusal::Disabled"),
            (bid(amount(1, 0), amount(1, MARK)), "BidCollateralRefusal::NotGloballySettled"),
            (settle_all(MARK, json!({})), "ok"),
            (bid(amount(1, 1), amount(1, MARK)), "BidCollateralRefusal::WrongCollateral"),
            (bid(amount(0, 0), amount(0, MARK)), "BidCollateralRefusal::NoBid"),
            (bid(amount(901, 0), amount(1, MARK)), "BidCollateralRefusal::InsufficientBalance"),
            (bid(amount(10, 0), amount(1, MARK)), "ok"),
            (bid(amount(901, 0), amount(1, MARK)), "BidCollateralRefusal::InsufficientForMore"),
            (bid(amount(0, 0), amount(0, MARK)), "ok"),
        ],
    );
}

#[test]
fn a_smartcoin_is_redeemed_at_a_price_unless_its_issuer_forbids() {
    let mut ledger = chain_with_debt();
    let flags = json!({"common_options": {"flags": flag::DISABLE_FORCE_SETTLE}});
    check(
        &mut ledger,
        &[
            (create_coin("STUCK", flags), "ok"),
            (create_coin("NEW", json!({})), "ok"),
            (settle(amount(-1, MARK)), "AssetSettleRefusal::NegativeAmount"),
            (settle(amount(1, 1)), "AssetRefusal::NotMarketIssued"),
            (settle(amount(1, MARK + 1)), "AssetSettleRefusal::Disabled"),
            (settle(amount(1, MARK + 2)), "AssetSettleRefusal::NoFeed"),
            (settle(amount(101, MARK)), "AssetRefusal::InsufficientBalance"),
            (settle(amount(100, MARK)), "ok"),
        ],
    );
}

#[test]
fn an_asset_is_issued_by_its_issuer_up_to_its_maximum() {
    let options = json!({"issuer_permissions": 0, "flags": flag::DISABLE_NEW_SUPPLY});
    let listed = json!({"issuer_permissions": 0, "flags": flag::WHITE_LIST,
        "whitelist_authorities": ["1.2.9"]});
    let pool = op(
        "liquidity_pool_create",
        json!({"account": "1.2.9", "asset_a": id(0), "asset_b": id(1), "share_asset": id(4)}),
    );
    let mut ledger = chain(&[
        create_coin("MARK", json!({})),
        create("CLOSED", json!({"common_options": options})),
        create("LISTED", json!({"common_options": listed})),
        pool,
    ]);
    let of = |amount: Value| issue(json!({"asset_to_issue": amount}));
    check(
        &mut ledger,
        &[
            (of(amount(0, 1)), "AssetRefusal::AmountNotPositive"),
            (of(amount(1_000_000_000_000_001, 1)), "AssetRefusal::AmountTooLarge"),
            (of(amount(1, 0)), "AssetIssueRefusal::CoreAsset"),
            (issue(json!({"issuer": "1.2.8"})), "AssetRefusal::NotIssuer"),
            (of(amount(1, MARK)), "AssetIssueRefusal::MarketIssued"),
            (of(amount(1, 4)), "AssetIssueRefusal::PoolShare"),
            (of(amount(1, MARK + 1)), "AssetIssueRefusal::NoNewSupply"),
            (of(amount(1, MARK + 2)), "EvaluateRefusal::Unauthorized"),
            (of(amount(1_000_000_000_000_000, 1)), "AssetIssueRefusal::MaxSupplyExceeded"),
            (of(amount(1, 1)), "ok"),
        ],
    );
}

#[test]
fn whoever_has_it_may_reserve_an_asset_but_the_last_share_of_a_pool() {
    let pool =
        json!({"account": "1.2.9", "asset_a": id(0), "asset_b": id(1), "share_asset": id(4)});
    let give = |asset| {
        op("transfer", json!({"from": "1.2.1", "to": "1.2.9", "amount": amount(100, asset)}))
    };
    let deposit = json!({"account": "1.2.9", "pool": "1.19.0", "amount_a": amount(100, 0),
        "amount_b": amount(100, 1)});
    let mut ledger = chain(&[
        create_coin("MARK", json!({})),
        op("liquidity_pool_create", pool),
        give(0),
        give(1),
        op("liquidity_pool_deposit", deposit),
    ]);
    check(
        &mut ledger,
        &[
            (reserve(amount(1, MARK)), "AssetReserveRefusal::MarketIssued"),
            (reserve(amount(9_001, 1)), "AssetReserveRefusal::AboveSupply"),
            (reserve(amount(100, 4)), "AssetReserveRefusal::AllPoolShares"),
            (reserve(amount(1, 1)), "ok"),
        ],
    );
}

#[test]
fn an_issuer_claims_the_fees_and_the_pool_that_are_there() {
    let claim = |amount: Value, from: Option<u64>| {
        let extensions = from.map_or(json!({}), |asset| json!({"claim_from_asset_id": id(asset)}));
        let members =
            json!({"issuer": "1.2.9", "amount_to_claim": amount, "extensions": extensions});
        op("asset_claim_fees", members)
    };
    let claim_pool =
        |changes: Value| by_issuer("asset_claim_pool", "asset_id", 1, with(claimed(), changes));
    let fund = |fee: Value| {
        let members = json!({"from_account": "1.2.1", "asset_id": id(1), "amount": 5, "fee": fee});
        op("asset_fund_fee_pool", members)
    };
    check(
        &mut chain(&[]),
        &[
            (claim(amount(1, 1), Some(1)), "AssetClaimFeesRefusal::SameAsset"),
            (claim(amount(1, 2), Some(1)), "AssetClaimFeesRefusal::NotAccumulated"),
            (claim(amount(1, 1), None), "AssetClaimFeesRefusal::AboveAccumulated"),
            (claim_pool(json!({"fee": amount(0, 1)})), "AssetClaimPoolRefusal::FeeFromPool"),
            (
                claim_pool(json!({"amount_to_claim": amount(5, 1)})),
                "AssetClaimPoolRefusal::NotCore",
            ),
            (claim_pool(json!({})), "AssetClaimPoolRefusal::AbovePool"),
            (fund(amount(0, 1)), "AssetFundFeePoolRefusal::FeeNotInCore"),
            (fund(amount(0, 0)), "ok"),
            (claim_pool(json!({})), "ok"),
        ],
    );
}

fn claimed() -> Value {
    json!({"amount_to_claim": amount(5, 0)})
}

#[test]
fn an_issuer_takes_back_what_the_flags_let_it_and_hands_on_what_it_issues() {
    let transfer = |changes: Value| {
        let plain =
            json!({"issuer": "1.2.9", "from": "1.2.1", "to": "1.2.2", "amount": amount(1, 1)});
        op("override_transfer", with(plain, changes))
    };
    let hand_on = |account: &str| {
        let changes = json!({"new_issuer": account});
        by_issuer("asset_update_issuer", "asset_to_update", 1, changes)
    };
    let flags = json!({"flags": flag::OVERRIDE_AUTHORITY});
    check(
        &mut chain(&[]),
        &[
            (transfer(json!({"to": "1.2.1"})), "OverrideTransferRefusal::ToItself"),
            (transfer(json!({"from": "1.2.9"})), "OverrideTransferRefusal::FromIssuer"),
            (transfer(json!({})), "OverrideTransferRefusal::NotPermitted"),
            (update(1, json!({"new_options": flags})), "ok"),
            (transfer(json!({"amount": amount(1_001, 1)})), "AssetRefusal::InsufficientBalance"),
            (transfer(json!({})), "ok"),
            (hand_on("1.2.9"), "AssetRefusal::SameIssuer"),
            (hand_on("1.2.77"), "AssetUpdateIssuerRefusal::UnknownIssuer"),
            (hand_on("1.2.8"), "ok"),
            (hand_on("1.2.8"), "AssetRefusal::IncorrectIssuer"),
        ],
    );
}
