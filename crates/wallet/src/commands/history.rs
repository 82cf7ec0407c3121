//! What happened to an account and in a market.

use super::{Command, command};
use crate::arguments::Arguments;
use crate::error::Result;
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Json, JsonIn};
use serde_json::{Value, json};

/// Entries that are read at once.
const PAGE: u32 = 100;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "get_account_history(account_name_or_id: account, limit: uint)",
        "The newest operations of an account, in words.",
        "get_account_history ann 10",
        newest,
    ),
    command(
        "get_relative_account_history(account_name_or_id: account, stop: uint, limit: uint, \
         start: uint)",
        "Operations of an account by their count, from start (0 for the newest) down to stop.",
        "get_relative_account_history ann 1 10 0",
        by_count,
    ),
    command(
        "get_account_history_by_operations(account_name_or_id: account, operation_types: json, \
         start: uint, limit: uint)",
        "Operations of some types by their count, from start on.",
        "get_account_history_by_operations ann [0,1] 1 10",
        by_types,
    ),
    command(
        "get_market_history(symbol: asset, symbol2: asset, bucket: uint, start: time, end: time)",
        "Candles of a market.",
        "get_market_history BTS USD 3600 2026-01-01T00:00:00 2026-12-31T00:00:00",
        |wallet, arguments| {
            let what = json!([
                arguments.text(0)?,
                arguments.text(1)?,
                arguments.value(2),
                arguments.value(3),
                arguments.value(4),
            ]);
            wallet.node()?.call("history", "get_market_history", what)
        },
    ),
];

/// An entry as the reference shows it: memo, description and the entry.
fn described(wallet: &Wallet, entry: &Value) -> Result<Value> {
    let keys = wallet.data().ok().map(|data| &data.keys);
    let looking = Looking { node: wallet.node()?, keys };
    let operation = Operation::from_json_in(&entry["op"], wallet.dialect)?;
    let result = OperationResult::from_json(&entry["result"]).unwrap_or_default();
    let (description, memo) = looking.describe(&operation, &result);
    Ok(json!({ "memo": memo, "description": description, "op": entry }))
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        _ => Vec::new(),
    }
}

fn newest(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let (account, mut left): (String, u32) = (arguments.text(0)?, arguments.get(1)?);
    let mut start = "1.11.0".to_owned();
    let mut shown: Vec<Value> = Vec::new();
    while left > 0 {
        // The page begins with the entry that ended the one before.
        let again = usize::from(!shown.is_empty());
        let count = PAGE.min(left + again as u32);
        let page = json!([account, "1.11.0", count, start]);
        let page = list(wallet.node()?.call("history", "get_account_history", page)?);
        for entry in page.iter().skip(again) {
            shown.push(described(wallet, entry)?);
            left -= 1;
        }
        let last = page.last().and_then(|entry| entry["id"].as_str());
        match last {
            Some(last) if page.len() as u32 == count && last != start => start = last.to_owned(),
            _ => break,
        }
    }
    Ok(shown.into())
}

fn by_count(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let (account, stop): (String, u32) = (arguments.text(0)?, arguments.get(1)?);
    let (mut left, mut start): (u32, u32) = (arguments.get(2)?, arguments.get(3)?);
    let total = total(wallet, &account)?;
    start = if start == 0 { total } else { start.min(total) };
    let mut shown: Vec<Value> = Vec::new();
    while left > 0 && start > 0 {
        let count = PAGE.min(left);
        let page = json!([account, stop, count, start]);
        let page = list(wallet.node()?.call("history", "get_relative_account_history", page)?);
        for entry in &page {
            shown.push(described(wallet, entry)?);
        }
        if (page.len() as u32) < count {
            break;
        }
        (left, start) = (left - count, start.saturating_sub(count));
    }
    Ok(shown.into())
}

/// How many operations concern an account.
fn total(wallet: &Wallet, account: &str) -> Result<u32> {
    let node = wallet.node()?;
    let statistics: Value = node.object(node.account(account)?.statistics)?;
    Ok(u32::from_json(&statistics["total_ops"])?)
}

fn by_types(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let (account, types) = (arguments.text(0)?, arguments.value(1));
    let (start, mut left): (u32, u32) = (arguments.get(2)?, arguments.get(3)?);
    let (mut start, total) = (start.max(1), total(wallet, &account)?);
    let (mut total_count, mut details) = (0_u32, Vec::new());
    while left > 0 && start <= total {
        let count = PAGE.min(left);
        let page = json!([account, types, start, count]);
        let page = wallet.node()?.call("history", "get_account_history_by_operations", page)?;
        for entry in list(page["operation_history_objs"].clone()).iter().rev() {
            let mut shown = described(wallet, entry)?;
            shown["transaction_id"] = transaction_of(wallet, entry)?;
            details.push(shown);
            left = left.saturating_sub(1);
        }
        let seen = u32::from_json(&page["total_count"]).unwrap_or_default();
        total_count += seen;
        start += if seen > 0 { seen } else { count };
    }
    let result_count = details.len();
    Ok(json!({ "total_count": total_count, "result_count": result_count, "details": details }))
}

fn transaction_of(wallet: &Wallet, entry: &Value) -> Result<Value> {
    let node = wallet.node()?;
    let number = u32::from_json(&entry["block_num"])?;
    let block: Option<SignedBlock> = node.wait(node.client().block(number))?;
    let place = entry["trx_in_block"].as_u64().unwrap_or(u64::MAX);
    let found =
        block.as_ref().and_then(|block| block.transactions.get(usize::try_from(place).ok()?));
    Ok(found.map_or(Value::String("0".repeat(40)), |one| one.transaction.id().to_json()))
}
