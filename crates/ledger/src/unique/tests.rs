//! Every unique index of the reference beside what guards it here, and the keys that collide.

use crate::Ledger;
use crate::market::process_bids;
use crate::ops::sandbox::{
    DIALECT, ISSUER, START, amount, apply, check, ledger, op, price, push_with,
};
use crate::trust::{Questions, Trust};
use crate::vesting::deposit_market_fee_vesting_balance;
use carbyne_crypto::commitment::blind;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ids::{AccountId, AssetBitassetDataId, AssetId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_wire::{Id, Json, JsonIn, TimePointSec, Value};
use serde_json::json;
use std::collections::BTreeSet;

/// Space and type of a table.
type Place = (u8, u8);

/// Indexes whose key ends with the id, and tables that have the id alone: nothing collides in them.
const WITH_ID: &[(Place, &str)] = &[
    ((1, 2), "account: by_id"),
    ((1, 3), "asset: by_type, by_issuer"),
    ((1, 4), "force_settlement: by_account, by_expiration"),
    (
        (1, 7),
        "limit_order: by_expiration, by_price, by_is_settled_debt, by_account, by_account_price",
    ),
    ((1, 8), "call_order: by_price, by_collateral"),
    ((1, 10), "proposal: by_expiration"),
    ((1, 12), "withdraw_permission: by_from, by_authorized, by_expiration"),
    ((1, 15), "balance: by_id"),
    ((1, 16), "htlc: by_expiration, by_from_id, by_to_id"),
    ((1, 17), "custom_authority: by_account_custom, by_expiration"),
    ((1, 18), "ticket: by_next_update, by_account"),
    ((1, 19), "liquidity_pool: by_asset_a, by_asset_b, by_asset_ab"),
    ((1, 20), "samet_fund: by_unpaid, by_owner, by_asset_type"),
    ((1, 21), "credit_offer: by_auto_disable_time, by_owner, by_asset_type"),
    (
        (1, 22),
        "credit_deal: by_latest_repay_time, by_offer_id, by_offer_owner, by_borrower, \
         by_debt_asset, by_collateral_asset",
    ),
    ((2, 0), "global_property: by_id"),
    ((2, 1), "dynamic_global_property: by_id"),
    ((2, 3), "asset_dynamic_data: by_id"),
    ((2, 8), "block_summary: by_id"),
    ((2, 11), "chain_property: by_id"),
    ((2, 12), "witness_schedule: by_id"),
    ((2, 13), "budget_record: by_id"),
    ((2, 16), "fba_accumulator: by_id"),
    ((2, 17), "collateral_bid: by_price"),
];

/// A unique index without the id: what of a row is its key, and operations that would make a
/// second row with a key that is there, each with what becomes of it. What says `ok` finds the row
/// and makes none.
struct Unique {
    table: Place,
    index: &'static str,
    key: &'static [&'static str],
    steps: Vec<(Operation, &'static str)>,
}

fn unique(
    table: Place,
    index: &'static str,
    key: &'static [&'static str],
    steps: Vec<(Operation, &'static str)>,
) -> Unique {
    Unique { table, index, key, steps }
}

/// The first SmartCoin that a test creates; the sandbox has the assets before it.
const MARK: u64 = 5;
const MEMBERS: [AccountId; 2] = [Id(6), ISSUER];

fn chain() -> Ledger {
    let mut ledger = ledger(100_000);
    for member in MEMBERS {
        ledger.modify(member, |row| row.membership_expiration_date = TimePointSec::MAX).unwrap();
    }
    ledger
}

fn mark(units: i64) -> Value {
    amount(units, MARK)
}

fn core(units: i64) -> Value {
    amount(units, 0)
}

fn coin(symbol: &str) -> Operation {
    let options = json!({
        "core_exchange_rate": price(amount(1, 1), core(1)),
        "issuer_permissions": flag::DEFAULT_UIA_PERMISSIONS | flag::GLOBAL_SETTLE,
    });
    let members = json!({
        "issuer": "1.2.9", "symbol": symbol, "common_options": options, "bitasset_opts": {},
    });
    op("asset_create", members)
}

fn producer() -> Operation {
    let members = json!({
        "issuer": "1.2.9", "asset_to_update": "1.3.5", "new_feed_producers": ["1.2.9"],
    });
    op("asset_update_feed_producers", members)
}

/// A MARK is worth so much core.
fn feed(worth: i64) -> Operation {
    let feed = json!({
        "settlement_price": price(mark(1), core(worth)),
        "core_exchange_rate": price(mark(1), core(worth)),
    });
    let members = json!({"publisher": "1.2.9", "asset_id": "1.3.5", "feed": feed});
    op("asset_publish_feed", members)
}

fn borrow(debt: i64, collateral: i64) -> Operation {
    let members = json!({
        "funding_account": "1.2.1",
        "delta_debt": mark(debt),
        "delta_collateral": core(collateral),
    });
    op("call_order_update", members)
}

fn settle_at(worth: i64) -> Operation {
    let members = json!({
        "issuer": "1.2.9", "asset_to_settle": "1.3.5",
        "settle_price": price(mark(1), core(worth)),
    });
    op("asset_global_settle", members)
}

fn bid(account: &str, collateral: i64, debt: i64) -> Operation {
    let members = json!({
        "bidder": account, "additional_collateral": core(collateral), "debt_covered": mark(debt),
    });
    op("bid_collateral", members)
}

fn transfer(to: &str, units: i64) -> Operation {
    op("transfer", json!({"from": "1.2.2", "to": to, "amount": core(units)}))
}

fn account(name: &str, extensions: Value) -> Operation {
    let members = json!({
        "registrar": "1.2.6", "referrer": "1.2.6", "name": name, "extensions": extensions,
        "owner": {"weight_threshold": 1, "account_auths": [["1.2.3", 1]]},
        "active": {"weight_threshold": 1, "account_auths": [["1.2.3", 1]]},
    });
    op("account_create", members)
}

fn buyback(name: &str) -> Operation {
    let options =
        json!({"asset_to_buy": "1.3.1", "asset_to_buy_issuer": "1.2.9", "markets": ["1.3.0"]});
    account(name, json!({"buyback_options": options}))
}

fn special(account: &str, holders: u8) -> Operation {
    let holders = json!([1, {"asset": "1.3.0", "num_top_holders": holders}]);
    let extensions = json!({"active_special_authority": holders});
    op("account_update", json!({"account": account, "extensions": extensions}))
}

fn witness(account: &str) -> Operation {
    op("witness_create", json!({"witness_account": account}))
}

fn committee_member(account: &str) -> Operation {
    op("committee_member_create", json!({"committee_member_account": account}))
}

fn worker() -> Operation {
    let members = json!({
        "owner": "1.2.6", "daily_pay": 1, "work_begin_date": START.to_json(),
        "work_end_date": START.wrapping_add(SECONDS_PER_DAY).to_json(), "initializer": [0, {}],
    });
    op("worker_create", members)
}

/// Hides core in a balance whose commitment is always the same.
fn hide() -> Operation {
    let factor = [7; 32];
    let commitment: String =
        blind(&factor, 10).unwrap().0.iter().map(|byte| format!("{byte:02x}")).collect();
    let members = json!({
        "from": "1.2.1", "amount": core(10), "blinding_factor": "07".repeat(32),
        "outputs": [{"commitment": commitment, "owner": {"weight_threshold": 0}}],
    });
    op("transfer_to_blind", members)
}

fn pool() -> Operation {
    let members = json!({
        "account": "1.2.9", "asset_a": "1.3.1", "asset_b": "1.3.2", "share_asset": "1.3.4",
    });
    op("liquidity_pool_create", members)
}

fn offer() -> Operation {
    let end = START.wrapping_add(SECONDS_PER_DAY);
    let members = json!({
        "owner_account": "1.2.1", "asset_type": "1.3.1", "balance": 1_000,
        "max_duration_seconds": SECONDS_PER_DAY, "enabled": true,
        "auto_disable_time": end.to_json(),
        "acceptable_collateral": [["1.3.2", price(amount(1, 1), amount(1, 2))]],
    });
    op("credit_offer_create", members)
}

fn accept() -> Operation {
    let members = json!({
        "borrower": "1.2.2", "offer_id": "1.21.0", "borrow_amount": amount(10, 1),
        "collateral": amount(10, 2), "max_fee_rate": 0, "min_duration_seconds": 0,
    });
    op("credit_offer_accept", members)
}

fn indexes() -> Vec<Unique> {
    indexes_of_accounts_and_assets().into_iter().chain(indexes_of_contracts()).collect()
}

fn indexes_of_accounts_and_assets() -> Vec<Unique> {
    let named = || vec![(account("bob", json!({})), "ok")];
    let no_special = json!({"owner_special_authority": [0, {}]});
    vec![
        unique((1, 2), "by_name", &["/name"], {
            let again = (account("bob", json!({})), "AccountCreateRefusal::NameTaken");
            [named(), vec![again]].concat()
        }),
        unique((2, 6), "by_maintenance_seq", &["/name"], named()),
        unique((1, 3), "by_symbol", &["/symbol"], {
            vec![(coin("MARK"), "ok"), (coin("MARK"), "AssetCreateRefusal::SymbolTaken")]
        }),
        unique((2, 4), "by_feed_expiration", &["/asset_id"], {
            vec![(coin("MARK"), "ok"), (coin("EURO"), "ok")]
        }),
        unique((2, 5), "by_asset_balance", &["/owner", "/asset_type"], {
            vec![(transfer("1.2.9", 1), "ok"), (transfer("1.2.9", 1), "ok")]
        }),
        unique((2, 15), "by_asset", &["/asset_to_buy"], {
            vec![
                (buyback("buyer"), "ok"),
                (buyback("other"), "AccountCreateRefusal::BuybackAlreadyExists"),
            ]
        }),
        unique((2, 14), "by_account", &["/account"], {
            vec![
                (special("1.2.6", 3), "ok"),
                (special("1.2.6", 4), "ok"),
                (account("bob", no_special), "ok"),
                (special("1.2.10", 3), "AccountUpdateRefusal::AlreadyListed"),
            ]
        }),
        unique((1, 5), "by_account", &["/committee_member_account"], {
            vec![
                (committee_member("1.2.6"), "ok"),
                (committee_member("1.2.6"), "CommitteeMemberCreateRefusal::AlreadyCommitteeMember"),
            ]
        }),
        unique((1, 5), "by_vote_id", &["/vote_id"], {
            vec![(committee_member("1.2.6"), "ok"), (committee_member("1.2.9"), "ok")]
        }),
        unique((1, 6), "by_account", &["/witness_account"], {
            vec![
                (witness("1.2.6"), "ok"),
                (witness("1.2.6"), "WitnessCreateRefusal::AlreadyWitness"),
            ]
        }),
        unique((1, 6), "by_vote_id", &["/vote_id"], {
            vec![(witness("1.2.6"), "ok"), (witness("1.2.9"), "ok")]
        }),
    ]
}

fn indexes_of_contracts() -> Vec<Unique> {
    vec![
        unique((1, 14), "by_vote_for", &["/vote_for"], vec![(worker(), "ok"), (worker(), "ok")]),
        unique((1, 14), "by_vote_against", &["/vote_against"], {
            vec![(worker(), "ok"), (worker(), "ok")]
        }),
        unique((2, 10), "by_commitment", &["/commitment"], {
            vec![(hide(), "ok"), (hide(), "ConfidentialRefusal::CommitmentExists")]
        }),
        unique((1, 19), "by_share_asset", &["/share_asset"], {
            vec![(pool(), "ok"), (pool(), "LiquidityPoolRefusal::ShareAssetBound")]
        }),
        unique((1, 8), "by_account", &["/borrower", "/call_price/quote/asset_id"], {
            let borrowed = [(borrow(10, 100), "ok"), (borrow(10, 100), "ok")];
            [vec![(coin("MARK"), "ok"), (producer(), "ok"), (feed(1), "ok")], borrowed.to_vec()]
                .concat()
        }),
        unique((2, 17), "by_account", &["/inv_swan_price/quote/asset_id", "/bidder"], {
            let bids = [
                (transfer("1.2.9", 900), "ok"),
                (bid("1.2.9", 400, 100), "ok"),
                (bid("1.2.9", 500, 100), "ok"),
                (feed(5), "UniqueRefusal::Taken"),
            ];
            [settled_globally(), bids.to_vec()].concat()
        }),
        unique((2, 18), "by_offer_borrower", &["/offer_id", "/borrower"], {
            vec![(offer(), "ok"), (accept(), "ok"), (accept(), "ok")]
        }),
    ]
}

/// Account 1.2.1 owed 1,000 MARK when all of it was settled with a fund of 20,000 core.
fn settled_globally() -> Vec<(Operation, &'static str)> {
    let steps = [coin("MARK"), producer(), feed(10), borrow(1_000, 40_000), settle_at(20)];
    steps.into_iter().map(|step| (step, "ok")).collect()
}

/// The rows of a table, as JSON.
fn rows(ledger: &Ledger, wanted: Place) -> Vec<Value> {
    let mut rows = Vec::new();
    ledger.tables.each(&mut |place, table| {
        if place == wanted {
            let row = |number| table.json(number, DIALECT);
            rows.extend(table.numbers().into_iter().filter_map(row));
        }
    });
    rows
}

/// Refuses a table in which a row that came has the key of another.
#[track_caller]
fn check_distinct(ledger: &Ledger, before: usize, place: Place, index: &str, key: &[&str]) {
    let rows = rows(ledger, place);
    assert!(rows.len() > before, "nothing came: {place:?} {index}");
    let keys: Vec<Vec<&Value>> = rows
        .iter()
        .map(|row| key.iter().map(|part| row.pointer(part).unwrap()).collect())
        .collect();
    for key in &keys[before..] {
        let count = keys.iter().filter(|other| *other == key).count();
        assert_eq!(count, 1, "{place:?} {index}: {key:?}");
    }
}

#[test]
fn no_two_objects_have_a_key_that_is_unique_in_the_reference() {
    for Unique { table, index, key, steps } in indexes() {
        let mut ledger = chain();
        let before = rows(&ledger, table).len();
        check(&mut ledger, &steps);
        check_distinct(&ledger, before, table, index, key);
    }
}

#[test]
fn a_transaction_is_remembered_once() {
    let mut ledger = chain();
    let trust = Trust::Except(Questions::ALL.without(Questions::DUPLICATES));
    push_with(&mut ledger, vec![transfer("1.2.1", 1)], trust).unwrap();
    let again = push_with(&mut ledger, vec![transfer("1.2.1", 1)], trust).unwrap_err();
    assert_eq!(again.reason(), "TransactionRefusal::Duplicate");
    check_distinct(&ledger, 0, (2, 7), "by_trx_id", &["/trx_id"]);
}

#[test]
fn an_account_has_one_balance_for_its_part_of_market_fees_in_an_asset() {
    let mut ledger = chain();
    for asset in [0, 1, 0, 1] {
        deposit_market_fee_vesting_balance(&mut ledger, Id(1), Asset::new(1, Id(asset))).unwrap();
    }
    let key = ["/owner", "/balance/asset_id"];
    check_distinct(&ledger, 0, (1, 13), "by_vesting_type", &key);
}

#[test]
fn every_table_is_named_with_its_unique_indexes() {
    let apart = [(2, 7), (1, 13)];
    let mut named: BTreeSet<Place> = indexes().iter().map(|one| one.table).collect();
    named.extend(WITH_ID.iter().map(|(place, _)| *place).chain(apart));
    let mut tables = BTreeSet::new();
    Ledger::default().tables.each(&mut |place, _| _ = tables.insert(place));
    assert_eq!(named, tables);
}

/// What is left of a bid, and the fund, after a feed that revives MARK unless it is refused.
fn after_bid(bidder: &str, feed: Operation) -> (Ledger, Result<(), String>) {
    let mut ledger = chain();
    check(&mut ledger, &settled_globally());
    check(&mut ledger, &[(transfer("1.2.9", 500), "ok"), (bid(bidder, 500, 100), "ok")]);
    let outcome = apply(&mut ledger, feed).map(drop).map_err(|refusal| refusal.words());
    (ledger, outcome)
}

const BITASSET: AssetBitassetDataId = Id(0);
const REFUSED: &str = "Assert Exception: insert_result.second: \
     Could not create object! Most likely a uniqueness constraint is violated.";

#[track_caller]
fn check_untouched(ledger: &Ledger) {
    let data = ledger.get(BITASSET).unwrap();
    assert_eq!(data.settlement_fund, 20_000);
    assert_eq!(data.current_feed.settlement_price.quote.amount, 10);
    let bid = ledger.tables.collateral_bids.index().find(Id(MARK), ISSUER).unwrap();
    let bid = ledger.get(bid).unwrap();
    assert_eq!((bid.additional_collateral().amount, bid.debt_covered().amount), (500, 100));
    assert!(ledger.tables.call_orders.is_empty());
}

/// Who borrowed, what they owe, and what is locked.
fn positions(ledger: &Ledger) -> Vec<(u64, i64, i64)> {
    let rows = ledger.tables.call_orders.iter();
    rows.map(|call| (call.borrower.0, call.debt, call.collateral)).collect()
}

#[test]
fn a_feed_does_not_revive_a_smartcoin_while_its_issuer_bids() {
    let (mut ledger, outcome) = after_bid("1.2.9", feed(5));
    assert_eq!(outcome, Err(REFUSED.to_owned()));
    check_untouched(&ledger);
    // The feed is taken once the bid is gone.
    check(&mut ledger, &[(bid("1.2.9", 0, 0), "ok"), (feed(5), "ok")]);
    assert_eq!(positions(&ledger), [(9, 1_000, 20_000)]);
}

#[test]
fn a_proposed_feed_fails_for_the_same_reason() {
    let proposed = json!([{"op": feed(5).to_json_in(DIALECT)}]);
    let members = json!({
        "fee_paying_account": "1.2.1", "proposed_ops": proposed,
        "expiration_time": START.wrapping_add(60).to_json(),
    });
    let (mut ledger, outcome) = after_bid("1.2.9", op("proposal_create", members));
    outcome.unwrap();
    let approval = json!({
        "fee_paying_account": "1.2.1", "proposal": "1.10.0", "active_approvals_to_add": ["1.2.9"],
    });
    check(&mut ledger, &[(op("proposal_update", approval), "ok")]);
    let proposal = ledger.tables.proposals.iter().next().unwrap();
    assert_eq!(String::from_utf8_lossy(proposal.fail_reason.as_bytes()), REFUSED);
    check_untouched(&ledger);
}

#[test]
fn the_bid_of_another_is_cancelled_by_the_feed() {
    let (ledger, outcome) = after_bid("1.2.3", feed(5));
    outcome.unwrap();
    assert!(ledger.tables.collateral_bids.is_empty());
    assert_eq!(ledger.balance(Id(3), Id(0)), 100_000);
    assert_eq!(positions(&ledger), [(9, 1_000, 20_000)]);
}

#[test]
fn the_issuers_own_bid_is_executed_at_maintenance() {
    let (mut ledger, outcome) = after_bid("1.2.9", bid("1.2.3", 50_000, 900));
    outcome.unwrap();
    process_bids(&mut ledger, BITASSET).unwrap();
    assert!(ledger.tables.collateral_bids.is_empty());
    let debts: BTreeSet<_> =
        positions(&ledger).iter().map(|(who, debt, _)| (*who, *debt)).collect();
    assert_eq!(debts, BTreeSet::from([(3, 900), (9, 100)]));
}

#[test]
fn without_supply_the_issuer_takes_over_nothing() {
    let settle = op("asset_settle", json!({"account": "1.2.1", "amount": mark(1_000)}));
    let (mut ledger, outcome) = after_bid("1.2.9", settle);
    outcome.unwrap();
    check(&mut ledger, &[(feed(5), "ok")]);
    assert!(!ledger.get(BITASSET).unwrap().is_globally_settled());
    assert!(ledger.tables.collateral_bids.is_empty() && ledger.tables.call_orders.is_empty());
    assert_eq!(ledger.balance(ISSUER, Id(0)), 500);
}

#[test]
fn a_key_that_somebody_forgets_to_look_for_is_refused_all_the_same() {
    let mut ledger = chain();
    let asset = ledger.get(Id(1) as AssetId).unwrap().clone();
    let second = ledger.create_unique::<AssetId>(asset).unwrap_err();
    assert_eq!(second.words(), REFUSED);
}
