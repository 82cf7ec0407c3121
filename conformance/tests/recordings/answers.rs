//! What the reference answered is read into the structs that a client reads, and written again:
//! nothing is lost and nothing is added.

use super::{recording, recordings};
use carbyne_answers::{
    AssetHolder, ExtendedAsset, ExtendedLiquidityPool, FullAccount, LimitOrderGroup, OrderBook,
    Ticker, Trade, Volume,
};
use carbyne_wire::{Dialect, JsonIn};
use serde_json::Value;
use std::collections::BTreeSet;

/// Reads an answer and writes it again.
type Again = fn(&Value) -> Value;

fn one<T: JsonIn>(answer: &Value) -> Value {
    let read = T::from_json_in(answer, Dialect::REFERENCE);
    read.unwrap_or_else(|error| panic!("{error:?}: {answer}")).to_json_in(Dialect::REFERENCE)
}

fn many<T: JsonIn>(answer: &Value) -> Value {
    one::<Vec<T>>(answer)
}

/// Accounts, each behind the text asked for.
fn by_name<T: JsonIn + Default>(answer: &Value) -> Value {
    many::<(String, T)>(answer)
}

const METHODS: [(&str, Again); 21] = [
    ("get_order_book", one::<OrderBook>),
    ("get_ticker", one::<Ticker>),
    ("get_24_volume", one::<Volume>),
    ("get_top_markets", many::<Ticker>),
    ("get_trade_history", many::<Trade>),
    ("get_trade_history_by_sequence", many::<Trade>),
    ("get_grouped_limit_orders", many::<LimitOrderGroup>),
    ("get_asset_holders", many::<AssetHolder>),
    ("get_assets", many::<Option<ExtendedAsset>>),
    ("list_assets", many::<ExtendedAsset>),
    ("lookup_asset_symbols", many::<Option<ExtendedAsset>>),
    ("get_assets_by_issuer", many::<ExtendedAsset>),
    ("list_liquidity_pools", many::<ExtendedLiquidityPool>),
    ("get_liquidity_pools", many::<Option<ExtendedLiquidityPool>>),
    ("get_liquidity_pools_by_asset_a", many::<ExtendedLiquidityPool>),
    ("get_liquidity_pools_by_asset_b", many::<ExtendedLiquidityPool>),
    ("get_liquidity_pools_by_one_asset", many::<ExtendedLiquidityPool>),
    ("get_liquidity_pools_by_both_assets", many::<ExtendedLiquidityPool>),
    ("get_liquidity_pools_by_share_asset", many::<Option<ExtendedLiquidityPool>>),
    ("get_liquidity_pools_by_owner", many::<ExtendedLiquidityPool>),
    ("get_full_accounts", by_name::<FullAccount>),
];

#[test]
fn what_the_reference_answers_is_read_into_shared_structs_and_back() {
    let mut read = BTreeSet::new();
    let questions = recording::find(&recordings("api"), "api").unwrap();
    for question in recording::objects(&questions).unwrap() {
        let Some((name, again)) = METHODS.iter().find(|(name, _)| question["method"] == *name)
        else {
            continue;
        };
        let answer = &question["result"];
        if answer.is_null() {
            continue;
        }
        assert_eq!(again(answer), *answer, "{name} {}", question["params"]);
        read.insert(*name);
    }
    assert_eq!(read.len(), METHODS.len(), "{read:?}");
}
