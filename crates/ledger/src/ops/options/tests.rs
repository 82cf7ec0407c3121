//! Options, told as tables. Accounts have 1,000 of each asset; 1.2.9 issues them. A contract is ten
//! of 1.3.1 for thirty of 1.3.2; its long is 1.3.5.

use crate::Ledger;
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, end_block, open_chain};
use crate::ops::sandbox::{amount, apply, op, price, with};
use carbyne_objects::{AssetBitassetData, AssetObject, FeatureSettings};
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Value};
use serde_json::json;

/// The first Friday morning, in seconds after the start.
const EXPIRY: u32 = 324_800;
const WINDOW: u32 = EXPIRY + 86_400;

fn terms(changes: Value) -> Value {
    let terms = json!({
        "underlying": "1.3.1", "quote": "1.3.2", "strike": 30, "contract_size": 10,
        "kind": "call", "style": "american", "expiry": at(EXPIRY),
    });
    with(terms, changes)
}

fn series(changes: Value) -> Operation {
    op("option_series_create", json!({"creator": "1.2.1", "terms": terms(changes)}))
}

fn write(writer: &str, contracts: i64) -> Operation {
    write_as(writer, contracts, json!({}))
}

fn write_as(writer: &str, contracts: i64, changes: Value) -> Operation {
    op(
        "option_write",
        json!({
            "writer": writer, "series": "16.5.0", "terms": terms(changes), "contracts": contracts,
        }),
    )
}

fn close(writer: &str, tranche: u64, contracts: i64) -> Operation {
    op(
        "option_close",
        json!({
            "writer": writer, "series": "16.5.0", "tranche": format!("16.11.{tranche}"),
            "contracts": contracts,
        }),
    )
}

/// Of calls.
fn exercise(holder: &str, contracts: i64) -> Operation {
    op(
        "option_exercise",
        json!({
            "holder": holder, "series": "16.5.0", "contracts": contracts,
            "pays": amount(30 * contracts, 2), "gets": amount(10 * contracts, 1),
        }),
    )
}

fn redeem(writer: &str, tranche: u64) -> Operation {
    op(
        "option_redeem",
        json!({
            "writer": writer, "series": "16.5.0", "tranche": format!("16.11.{tranche}"),
        }),
    )
}

fn sell(from: &str, to: &str, longs: i64) -> Operation {
    op("transfer", json!({"from": from, "to": to, "amount": amount(longs, 5)}))
}

#[track_caller]
fn story(steps: Vec<Step>) {
    check(&mut open_chain(1_000), &steps);
}

/// 1.2.1 wrote ten calls and gave them to 1.2.2.
#[track_caller]
fn written(steps: Vec<Step>) {
    let mut all = vec![
        Do(series(json!({})), "ok"),
        Do(write("1.2.1", 10), "ok"),
        Do(sell("1.2.1", "1.2.2", 10), "ok"),
        Has(1, 1, 900),
        Has(2, 5, 10),
        Rows(3),
    ];
    all.extend(steps);
    story(all);
}

#[test]
fn a_series_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(series(changes), reason);
    story(vec![
        refused(json!({"quote": "1.3.1"}), "ContractRefusal::Unfitting"),
        refused(json!({"strike": 0}), "ContractRefusal::NoAmount"),
        refused(json!({"contract_size": 0}), "ContractRefusal::NoAmount"),
        refused(json!({"contract_size": 20}), "ContractRefusal::Unfitting"),
        refused(json!({"expiry": at(EXPIRY + 1)}), "ContractRefusal::Unfitting"),
        refused(json!({"expiry": at(EXPIRY + 604_800 * 105)}), "ContractRefusal::OutOfTime"),
        refused(json!({"underlying": "1.3.77"}), "LedgerRefusal::UnknownObject"),
        refused(json!({}), "ok"),
        refused(json!({}), "ContractRefusal::NotNow"),
        refused(json!({"kind": "put"}), "ok"),
        Rows(2),
        At(EXPIRY),
        refused(json!({"style": "european"}), "ContractRefusal::OutOfTime"),
    ]);
}

#[test]
fn a_call_locks_the_underlying_and_is_paid_the_strike() {
    written(vec![
        Do(exercise("1.2.2", 4), "ok"),
        Has(2, 1, 1_040),
        Has(2, 2, 880),
        Has(2, 5, 6),
        // The strike is the writer's, who has it when it is over.
        Has(1, 2, 1_000),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 960),
        Has(1, 2, 1_120),
        // The series tells that its longs are dead.
        Rows(1),
    ]);
}

#[test]
fn a_put_locks_the_strike_and_is_paid_the_underlying() {
    let sells = op(
        "option_exercise",
        json!({
            "holder": "1.2.1", "series": "16.5.0", "contracts": 2, "pays": amount(20, 1),
            "gets": amount(60, 2),
        }),
    );
    story(vec![
        Do(series(json!({"kind": "put"})), "ok"),
        Do(write_as("1.2.1", 10, json!({"kind": "put"})), "ok"),
        Has(1, 2, 700),
        Do(sells, "ok"),
        Has(1, 2, 760),
        Has(1, 1, 980),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 2, 1_000),
        Has(1, 1, 1_000),
    ]);
}

#[test]
fn what_is_written_is_what_was_meant_and_covered() {
    story(vec![
        Do(series(json!({})), "ok"),
        Do(write("1.2.1", 0), "ContractRefusal::NoAmount"),
        Do(write_as("1.2.1", 1, json!({"strike": 31})), "ContractRefusal::OtherTerms"),
        Do(write("1.2.1", 101), "ContractRefusal::TooLittle"),
        // More than there can be of a leg.
        Do(write("1.2.1", 1_000_000_000_000_000), "ContractRefusal::BeyondLimit"),
        Do(write("1.2.1", 100), "ok"),
        Has(1, 1, 0),
        At(EXPIRY),
        Do(write("1.2.2", 1), "ContractRefusal::Over"),
    ]);
}

#[test]
fn an_exercise_says_what_it_pays_and_gets() {
    let other = |changes: Value| {
        let exercise = json!({
            "holder": "1.2.2", "series": "16.5.0", "contracts": 1, "pays": amount(30, 2),
            "gets": amount(10, 1),
        });
        op("option_exercise", with(exercise, changes))
    };
    written(vec![
        Do(exercise("1.2.2", 0), "ContractRefusal::NoAmount"),
        Do(exercise("1.2.2", 11), "ContractRefusal::MoreThanLeft"),
        Do(exercise("1.2.3", 1), "ContractRefusal::TooLittle"),
        Do(other(json!({"pays": amount(0, 2)})), "ContractRefusal::OtherTerms"),
        Do(other(json!({"pays": amount(30, 1)})), "ContractRefusal::OtherTerms"),
        Do(other(json!({"gets": amount(11, 1)})), "ContractRefusal::OtherTerms"),
        Do(other(json!({})), "ok"),
    ]);
}

#[test]
fn a_european_option_waits_for_its_expiry() {
    story(vec![
        Do(series(json!({"style": "european"})), "ok"),
        Do(write_as("1.2.1", 10, json!({"style": "european"})), "ok"),
        At(EXPIRY - 1),
        Do(exercise("1.2.1", 1), "ContractRefusal::NotNow"),
        At(EXPIRY),
        Do(exercise("1.2.1", 1), "ok"),
        At(WINDOW - 1),
        Do(exercise("1.2.1", 1), "ok"),
        At(WINDOW),
        Do(exercise("1.2.1", 1), "ContractRefusal::Over"),
    ]);
}

#[test]
fn a_writer_who_has_longs_gives_them_back() {
    written(vec![
        Do(close("1.2.1", 0, 1), "ContractRefusal::TooLittle"),
        Do(sell("1.2.2", "1.2.1", 5), "ok"),
        Do(close("1.2.1", 0, 11), "ContractRefusal::MoreThanLeft"),
        Do(close("1.2.2", 0, 1), "ContractRefusal::NotParty"),
        Do(close("1.2.1", 1, 1), "ContractRefusal::NotParty"),
        Do(close("1.2.1", 0, 5), "ok"),
        Has(1, 1, 950),
        Has(1, 5, 0),
        Do(sell("1.2.2", "1.2.1", 5), "ok"),
        Do(close("1.2.1", 0, 5), "ok"),
        Has(1, 1, 1_000),
        Rows(1),
    ]);
}

#[test]
fn a_late_writer_shares_no_older_proceeds() {
    written(vec![
        Do(exercise("1.2.2", 9), "ok"),
        Do(write("1.2.3", 5), "ok"),
        Rows(5),
        // The oldest first: one of the first tranche, three of the second.
        Do(sell("1.2.3", "1.2.2", 5), "ok"),
        Do(exercise("1.2.2", 4), "ok"),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 900),
        Has(1, 2, 1_300),
        Do(redeem("1.2.3", 1), "ok"),
        Has(3, 1, 970),
        Has(3, 2, 1_090),
        Rows(1),
    ]);
}

#[test]
fn nobody_closes_beyond_what_is_open() {
    written(vec![
        Do(write("1.2.3", 4), "ok"),
        Do(exercise("1.2.2", 10), "ok"),
        // Fourteen were written here and four are open; 1.2.1 buys them from 1.2.3.
        Do(sell("1.2.3", "1.2.1", 4), "ok"),
        Do(close("1.2.1", 0, 5), "ContractRefusal::MoreThanLeft"),
        Do(close("1.2.1", 0, 4), "ok"),
        Has(1, 1, 940),
        // All is exercised or closed, so it is over before its time.
        Do(redeem("1.2.1", 0), "ok"),
        // 6 of 10 of the 300.
        Has(1, 2, 1_180),
        Do(redeem("1.2.3", 0), "ok"),
        Has(3, 2, 1_120),
        Rows(1),
    ]);
}

#[test]
fn the_last_takes_what_rounding_left() {
    written(vec![
        Do(write("1.2.3", 5), "ok"),
        Do(exercise("1.2.2", 1), "ok"),
        Do(redeem("1.2.1", 0), "ContractRefusal::NotNow"),
        At(WINDOW),
        // Of 140 and 30 ten fifteenths: 93.3 and 20.
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 993),
        Has(1, 2, 1_020),
        Do(redeem("1.2.1", 0), "ContractRefusal::NotParty"),
        Do(redeem("1.2.3", 0), "ok"),
        Has(3, 1, 997),
        Has(3, 2, 1_010),
        Rows(1),
    ]);
}

#[test]
fn dead_longs_are_sold_to_nobody() {
    let order = op(
        "limit_order_create",
        json!({
            "seller": "1.2.2", "amount_to_sell": amount(1, 5), "min_to_receive": amount(1, 2),
            "expiration": at(WINDOW + 900_000),
        }),
    );
    let bid = op(
        "limit_order_create",
        json!({
            "seller": "1.2.3", "amount_to_sell": amount(1, 2), "min_to_receive": amount(1, 5),
            "expiration": at(WINDOW + 900_000),
        }),
    );
    let lend = op(
        "bond_offer_create",
        json!({
            "creator": "1.2.2", "side": "lend", "amount": amount(1, 5), "min_take": 1,
            "expiry": at(WINDOW + 10), "terms": {
                "ratio": price(amount(1, 2), amount(1, 5)), "term_sec": 86_400, "min_term_sec": 0,
                "apr_bps": 0,
            },
        }),
    );
    written(vec![
        At(WINDOW - 1),
        Do(order.clone(), "ok"),
        At(WINDOW),
        Do(order, "ContractRefusal::Over"),
        Do(bid, "ContractRefusal::Over"),
        Do(lend, "ContractRefusal::Over"),
        Do(sell("1.2.2", "1.2.3", 1), "ok"),
        Do(
            op(
                "asset_reserve",
                json!({
                    "payer": "1.2.3", "amount_to_reserve": amount(1, 5),
                }),
            ),
            "ok",
        ),
        Do(close("1.2.1", 0, 1), "ContractRefusal::Over"),
    ]);
}

/// What the reference's own operations are refused with once the longs are dead.
#[test]
fn dead_longs_come_into_no_pool_and_no_loan() {
    let (longs, quote) = (|| amount(1, 5), || amount(1, 2));
    let rates = json!([["1.3.5", price(quote(), longs())]]);
    let of_pools = [
        op(
            "liquidity_pool_create",
            json!({
                "account": "1.2.2", "asset_a": "1.3.2", "asset_b": "1.3.5",
                "share_asset": "1.3.4",
            }),
        ),
        op(
            "liquidity_pool_deposit",
            json!({"account": "1.2.2", "pool": "1.19.0", "amount_a": quote(), "amount_b": longs()}),
        ),
        op(
            "liquidity_pool_exchange",
            json!({
                "account": "1.2.2", "pool": "1.19.0", "amount_to_sell": longs(),
                "min_to_receive": quote(),
            }),
        ),
    ];
    let of_loans = [
        op(
            "samet_fund_create",
            json!({"owner_account": "1.2.2", "asset_type": "1.3.5", "balance": 1}),
        ),
        op(
            "credit_offer_create",
            json!({
                "owner_account": "1.2.3", "asset_type": "1.3.2", "balance": 10,
                "max_duration_seconds": 86_400, "min_deal_amount": 1, "enabled": false,
                "auto_disable_time": at(0), "acceptable_collateral": rates,
            }),
        ),
        op(
            "credit_offer_accept",
            json!({
                "borrower": "1.2.2", "offer_id": "1.21.0", "borrow_amount": quote(),
                "collateral": longs(), "max_fee_rate": 0, "min_duration_seconds": 0,
            }),
        ),
        op(
            "call_order_update",
            json!({
                "funding_account": "1.2.2", "delta_collateral": longs(), "delta_debt": quote(),
            }),
        ),
        series(json!({"underlying": "1.3.5", "expiry": at(EXPIRY + 604_800)})),
    ];
    let refused = of_pools.into_iter().chain(of_loans);
    let mut steps = vec![At(WINDOW)];
    steps.extend(refused.map(|operation| Do(operation, "ContractRefusal::Over")));
    // What was there before goes out.
    let withdraws = json!({"account": "1.2.2", "pool": "1.19.0", "share_amount": amount(1, 4)});
    let withdraws = op("liquidity_pool_withdraw", withdraws);
    steps.push(Do(withdraws, "LedgerRefusal::UnknownObject"));
    written(steps);
}

/// Margin calls of a coin that longs back would sell dead ones into old bids.
#[test]
fn longs_back_no_coin_dead_or_alive() {
    let coin = |backing: &str| {
        let options = json!({
            "core_exchange_rate": price(amount(1, 1), amount(1, 0)),
            "issuer_permissions": flag::DEFAULT_UIA_PERMISSIONS,
        });
        op(
            "asset_create",
            json!({
                "issuer": "1.2.9", "symbol": "MARK", "common_options": options,
                "bitasset_opts": {"short_backing_asset": backing},
            }),
        )
    };
    let other = op(
        "asset_update_bitasset",
        json!({
            "issuer": "1.2.9", "asset_to_update": "1.3.6",
            "new_options": {"short_backing_asset": "1.3.5"},
        }),
    );
    written(vec![
        Do(coin("1.3.5"), "ContractRefusal::NotNow"),
        Do(coin("1.3.1"), "ok"),
        Do(other, "ContractRefusal::NotNow"),
        At(WINDOW),
        Do(coin("1.3.5"), "ContractRefusal::NotNow"),
    ]);
}

#[test]
fn an_order_is_not_changed_when_the_longs_are_dead() {
    let order = op(
        "limit_order_create",
        json!({
            "seller": "1.2.2", "amount_to_sell": amount(5, 5), "min_to_receive": amount(5, 2),
            "expiration": at(WINDOW + 900_000),
        }),
    );
    let change = op(
        "limit_order_update",
        json!({
            "seller": "1.2.2", "order": "1.7.0", "delta_amount_to_sell": amount(1, 5),
        }),
    );
    let cancel = op("limit_order_cancel", json!({"fee_paying_account": "1.2.2", "order": "1.7.0"}));
    written(vec![
        Do(order, "ok"),
        Do(change.clone(), "ok"),
        At(WINDOW),
        Do(change, "ContractRefusal::Over"),
        Do(cancel, "ok"),
        Has(2, 5, 10),
    ]);
}

/// All of 1.3.2 is settled.
fn settle_all(ledger: &mut Ledger) {
    let coin: AssetId = Id(2);
    let settlement_price = Price::new(Asset::new(2, coin), Asset::new(5, Id(3)));
    let data: AssetBitassetDataId = ledger.create(AssetBitassetData {
        asset_id: coin,
        settlement_price,
        ..AssetBitassetData::default()
    });
    ledger.modify(coin, |coin| coin.bitasset_data_id = Some(data)).unwrap();
}

#[test]
fn what_was_written_before_a_settlement_keeps_its_claim() {
    written(vec![
        Then(settle_all),
        Do(series(json!({"strike": 31})), "ContractRefusal::Settled"),
        Do(write("1.2.1", 1), "ContractRefusal::Settled"),
        Do(exercise("1.2.2", 1), "ok"),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 990),
        Has(1, 2, 1_030),
    ]);
}

#[test]
fn neither_leg_is_more_than_there_can_be() {
    let large = || json!({"strike": 600_000_000_000_000_i64});
    story(vec![
        Do(series(large()), "ok"),
        Do(write_as("1.2.1", 2, large()), "ContractRefusal::BeyondLimit"),
        Do(write_as("1.2.1", 1, large()), "ok"),
        // One is open, and the strike of a second is more than can ever be paid.
        Do(write_as("1.2.2", 1, large()), "ContractRefusal::BeyondLimit"),
    ]);
}

#[test]
fn a_paused_family_goes_on_with_what_stands() {
    let pause = |ledger: &mut Ledger| {
        let settings: FeatureSettingsId = Id(0);
        let pause = |one: &mut FeatureSettings| one.current.paused.insert(Family::Options);
        ledger.modify(settings, pause).unwrap();
    };
    written(vec![
        Then(pause),
        Do(series(json!({"strike": 31})), "FeatureRefusal::Paused"),
        Do(write("1.2.1", 1), "FeatureRefusal::Paused"),
        Do(exercise("1.2.2", 1), "ok"),
        Do(sell("1.2.2", "1.2.1", 1), "ok"),
        Do(close("1.2.1", 0, 1), "ok"),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Rows(1),
    ]);
}

/// The end of the only series was told so often.
fn ends_told(ledger: &Ledger) -> usize {
    let done = ledger.run.operations.iter();
    done.filter(|done| matches!(done.op, Operation::OptionEvent(_))).count()
}

#[test]
fn the_end_of_a_series_is_told_once() {
    let mut ledger = open_chain(1_000);
    apply(&mut ledger, series(json!({}))).unwrap();
    end_block(&mut ledger, WINDOW - 1);
    assert_eq!(ends_told(&ledger), 0);
    end_block(&mut ledger, WINDOW);
    assert_eq!(ends_told(&ledger), 1);
    end_block(&mut ledger, WINDOW + 1);
    assert_eq!(ends_told(&ledger), 1);
}

/// No symbol that begins with `BIT` is anybody's.
#[test]
fn nobody_squats_the_symbol_of_a_long() {
    let rate = price(amount(1, 0), amount(1, 1));
    let squat = op(
        "asset_create",
        json!({
            "issuer": "1.2.1", "symbol": "BITOPTION", "precision": 0,
            "common_options": {"max_supply": 1_000, "core_exchange_rate": rate},
        }),
    );
    story(vec![Do(squat, "AssetCreateRefusal::InvalidSymbol")]);
}

#[test]
fn a_holder_who_may_not_hold_a_leg_does_not_exercise() {
    written(vec![
        Then(|ledger| blacklist(ledger, 2, 1..2)),
        Do(exercise("1.2.2", 1), "ContractRefusal::MayNotHold"),
        Do(sell("1.2.2", "1.2.3", 1), "ok"),
        Do(exercise("1.2.3", 1), "ok"),
        // What a delisted writer was promised is his.
        Then(|ledger| blacklist(ledger, 1, 1..2)),
        Do(write("1.2.1", 1), "ContractRefusal::MayNotHold"),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 990),
    ]);
}

#[test]
fn a_restricted_asset_has_no_options() {
    let restrict = |ledger: &mut Ledger| {
        let asset: AssetId = Id(2);
        let restrict = |asset: &mut AssetObject| asset.options.flags |= flag::TRANSFER_RESTRICTED;
        ledger.modify(asset, restrict).unwrap();
    };
    written(vec![
        Then(restrict),
        Do(series(json!({"strike": 31})), "ContractRefusal::Restricted"),
        Do(write("1.2.1", 1), "ContractRefusal::Restricted"),
        Do(exercise("1.2.2", 1), "ok"),
    ]);
}

#[test]
fn a_reserved_long_is_never_exercised() {
    written(vec![
        Do(
            op(
                "asset_reserve",
                json!({
                    "payer": "1.2.2", "amount_to_reserve": amount(4, 5),
                }),
            ),
            "ok",
        ),
        Do(exercise("1.2.2", 6), "ok"),
        Do(redeem("1.2.1", 0), "ContractRefusal::NotNow"),
        At(WINDOW),
        Do(redeem("1.2.1", 0), "ok"),
        Has(1, 1, 940),
        Has(1, 2, 1_180),
        Rows(1),
    ]);
}
