//! What most programs ask, with the types of its answers.
//!
//! Every method here fails as [`Client::call`] does; what is named and not there is
//! [`ClientError::Unknown`].

use crate::{Client, ClientError};
use carbyne_answers::{ExtendedAsset, FullAccount, OrderBook, Ticker, Trade};
use carbyne_objects::{Account, DynamicGlobalProperty, GlobalProperty, LimitOrder};
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Json, JsonIn, ObjectId};
use serde_json::{Value, json};

/// Most operations whose fees are asked for at once.
const FEES_MAX: usize = 100;
/// Most trades that are read at once.
const TRADES_MAX: usize = 10_000;

fn found<T>(found: Option<T>, what: &'static str, name: &str) -> Result<T, ClientError> {
    found.ok_or_else(|| ClientError::Unknown { what, name: name.to_owned() })
}

impl Client {
    async fn database<T: JsonIn>(&self, method: &str, arguments: Value) -> Result<T, ClientError> {
        self.ask("database", method, arguments).await
    }

    /// Head block, its time and the last irreversible block.
    pub async fn head(&self) -> Result<DynamicGlobalProperty, ClientError> {
        self.database("get_dynamic_global_properties", json!([])).await
    }

    /// Parameters of the chain, fees among them.
    pub async fn global(&self) -> Result<GlobalProperty, ClientError> {
        self.database("get_global_properties", json!([])).await
    }

    /// An object by id, if there is one.
    pub async fn object(&self, id: ObjectId) -> Result<Option<Value>, ClientError> {
        let mut objects: Vec<Value> =
            as_values(self.call("database", "get_objects", json!([[id.to_string()]])).await?);
        Ok(objects.pop().filter(|object| !object.is_null()))
    }

    /// An account by name or id.
    pub async fn account(&self, name_or_id: &str) -> Result<Account, ClientError> {
        let is_id = name_or_id.starts_with("1.2.");
        let method = if is_id { "get_accounts" } else { "lookup_account_names" };
        let mut accounts: Vec<Option<Account>> =
            self.database(method, json!([[name_or_id]])).await?;
        found(accounts.pop().flatten(), "account", name_or_id)
    }

    /// An account with everything that belongs to it.
    pub async fn full_account(&self, name_or_id: &str) -> Result<FullAccount, ClientError> {
        let accounts = json!([[name_or_id], false]);
        let answer = self.call("database", "get_full_accounts", accounts).await?;
        let account = answer.pointer("/0/1");
        let account =
            account.map(|one| FullAccount::from_json_in(one, self.dialect())).transpose().map_err(
                |error| ClientError::Unreadable { method: "get_full_accounts".to_owned(), error },
            )?;
        found(account, "account", name_or_id)
    }

    /// An asset by symbol or id.
    pub async fn asset(&self, symbol_or_id: &str) -> Result<ExtendedAsset, ClientError> {
        let mut assets: Vec<Option<ExtendedAsset>> =
            self.database("lookup_asset_symbols", json!([[symbol_or_id]])).await?;
        found(assets.pop().flatten(), "asset", symbol_or_id)
    }

    /// What an account has, in smallest units of each asset.
    pub async fn balances(&self, name_or_id: &str) -> Result<Vec<Asset>, ClientError> {
        self.database("get_account_balances", json!([name_or_id, []])).await
    }

    /// A block, if the node has it.
    pub async fn block(&self, number: u32) -> Result<Option<SignedBlock>, ClientError> {
        self.database("get_block", json!([number])).await
    }

    /// The fee of each operation, in smallest units of `asset`; what proposed operations cost is
    /// not part of it.
    pub async fn required_fees(
        &self,
        operations: &[Operation],
        asset: AssetId,
    ) -> Result<Vec<Asset>, ClientError> {
        let mut fees = Vec::with_capacity(operations.len());
        for part in operations.chunks(FEES_MAX) {
            let part: Vec<Value> = part.iter().map(|one| one.to_json_in(self.dialect())).collect();
            let arguments = json!([part, asset.to_string()]);
            let answer = self.call("database", "get_required_fees", arguments).await?;
            for fee in as_values(answer) {
                // A proposal answers with its own fee and those of what it proposes.
                let own = if fee.is_array() { &fee[0] } else { &fee };
                fees.push(Asset::from_json(own).map_err(|error| ClientError::Unreadable {
                    method: "get_required_fees".to_owned(),
                    error,
                })?);
            }
        }
        Ok(fees)
    }

    /// The last 24 hours of a market.
    pub async fn ticker(&self, base: &str, quote: &str) -> Result<Ticker, ClientError> {
        self.database("get_ticker", json!([base, quote])).await
    }

    /// The best orders of both sides of a market, at most `limit` of each.
    pub async fn order_book(
        &self,
        base: &str,
        quote: &str,
        limit: u32,
    ) -> Result<OrderBook, ClientError> {
        self.database("get_order_book", json!([base, quote, limit])).await
    }

    /// The orders of an account in a market, at most 101.
    pub async fn orders_of(
        &self,
        account: &str,
        base: &str,
        quote: &str,
    ) -> Result<Vec<LimitOrder>, ClientError> {
        self.database("get_account_limit_orders", json!([account, base, quote, 101])).await
    }

    /// Trades of a market with numbers above `after`, oldest first; of more than 10,000 the newest.
    pub async fn trades_after(
        &self,
        (base, quote): (&str, &str),
        after: i64,
    ) -> Result<Vec<Trade>, ClientError> {
        let (mut trades, mut start): (Vec<Trade>, i64) = (Vec::new(), i64::MAX);
        while trades.len() < TRADES_MAX {
            let arguments = json!([base, quote, start, "1970-01-01T00:00:00", 100]);
            let page: Vec<Trade> =
                self.database("get_trade_history_by_sequence", arguments).await?;
            let is_new = |trade: &Trade| {
                trade.sequence > after
                    && trades.last().is_none_or(|last| trade.sequence < last.sequence)
            };
            let new: Vec<Trade> = page.into_iter().filter(is_new).collect();
            let Some(oldest) = new.last() else { break };
            start = oldest.sequence;
            trades.extend(new);
            if after < 0 {
                break;
            }
        }
        trades.reverse();
        Ok(trades)
    }

    /// What a transaction would do: `operation_results`, `virtual_operations`, `created`,
    /// `changed`, `removed`. Only Carbyne knows; its signatures are not looked at.
    pub async fn simulate(&self, transaction: &SignedTransaction) -> Result<Value, ClientError> {
        self.call("carbyne", "simulate", json!([transaction.to_json_in(self.dialect()), false]))
            .await
    }
}

fn as_values(answer: Value) -> Vec<Value> {
    match answer {
        Value::Array(values) => values,
        _ => Vec::new(),
    }
}
