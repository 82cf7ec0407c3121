//! Answers for people: tables, amounts with symbols, sentences.
//!
//! Never knows where they are printed; colours are for headings only.

use crate::commands::encapsulated;
use crate::node::Node;
use crate::review::Review;
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Json, JsonIn, ObjectId, Value};

/// Rows under headings, in columns; what is a number stands at the right.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let starts_as_number = |cell: &String| {
        cell.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !cell.contains([':', 'T'])
    };
    let is_number =
        |column: usize| rows.iter().all(|row| row.get(column).is_some_and(starts_as_number));
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            match is_number(column) && !rows.is_empty() {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(headings.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

pub fn balances(node: &Node, value: &Value) -> Option<String> {
    let list: Vec<Asset> = Json::from_json(value).ok()?;
    let rows = list.iter().map(|amount| {
        let unit = node.unit(amount.asset_id);
        vec![crate::amount::show(amount.amount, unit.precision), unit.symbol]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    Some(if rows.is_empty() { "nothing".to_owned() } else { table(&["AMOUNT", "ASSET"], &rows) })
}

fn history(value: &Value) -> Option<String> {
    let list = value.get("details").unwrap_or(value).as_array()?;
    let rows = list.iter().map(|entry| {
        let op = &entry["op"];
        let id = text(&op["id"]);
        vec![text(&op["block_num"]), text(&op["block_time"]), id, text(&entry["description"])]
    });
    Some(table(&["BLOCK", "TIME", "ID", "WHAT"], &rows.collect::<Vec<_>>()))
}

fn order_book(value: &Value) -> Option<String> {
    let (base, quote) = (text(&value["base"]), text(&value["quote"]));
    let (bids, asks) = (value["bids"].as_array()?, value["asks"].as_array()?);
    let cells = |order: Option<&Value>| match order {
        Some(order) => ["price", "quote", "base"].map(|name| text(&order[name])),
        None => Default::default(),
    };
    let rows = (0..bids.len().max(asks.len())).map(|at| {
        let (bid, ask) = (cells(bids.get(at)), cells(asks.get(at)));
        bid.into_iter().chain(["|".to_owned()]).chain(ask).collect()
    });
    let headings = ["BUY AT", &quote, &base, "|", "SELL AT", &quote, &base];
    Some(table(&headings, &rows.collect::<Vec<Vec<String>>>()))
}

fn blind_outputs(wallet: &Wallet, node: &Node, value: &Value) -> Option<String> {
    let outputs = value["outputs"].as_array()?.iter().map(|output| {
        let amount = Asset::from_json(&output["decrypted_memo"]["amount"]).unwrap_or_default();
        let receipt = text(&output["confirmation_receipt"]);
        format!("{} to {}\n  receipt: {receipt}", node.pretty(amount), text(&output["label"]))
    });
    let transaction = transaction(wallet, node, &value["trx"])?;
    Some(format!("{transaction}\n{}", outputs.collect::<Vec<_>>().join("\n")))
}

/// A transaction: what it does, its id, how many signatures it has.
fn transaction(wallet: &Wallet, node: &Node, value: &Value) -> Option<String> {
    value.get("operations")?;
    let transaction = SignedTransaction::from_json_in(value, node.dialect()).ok()?;
    let looking = Looking { node, keys: wallet.data().ok().map(|data| &data.keys) };
    let mut lines: Vec<String> = transaction
        .operations
        .iter()
        .map(|operation: &Operation| looking.sentence(operation).0)
        .collect();
    lines.push(format!(
        "transaction {}, {} signatures, until {}",
        transaction.id(),
        transaction.signatures.len(),
        transaction.expiration
    ));
    Some(lines.join("\n"))
}

/// A value of an object: ids of accounts and assets by their names, amounts with symbols.
fn cell(node: &Node, value: &Value) -> String {
    if value.get("asset_id").is_some()
        && let Ok(amount) = Asset::from_json(value)
    {
        return node.pretty(amount);
    }
    match value.as_str().map(ObjectId::parse) {
        Some(Ok(ObjectId { space: 1, type_: 2, instance })) => {
            node.name(carbyne_wire::Id(instance))
        }
        Some(Ok(ObjectId { space: 1, type_: 3, instance })) => {
            node.unit(carbyne_wire::Id(instance)).symbol
        }
        _ => text(value),
    }
}

/// Members that say what an object is, in the order in which they are shown.
const SHOWN: [&str; 18] = [
    "id",
    "name",
    "symbol",
    "precision",
    "issuer",
    "owner",
    "seller",
    "borrower",
    "for_sale",
    "debt",
    "collateral",
    "ratio",
    "call_price",
    "balance",
    "does",
    "missing",
    "expiration",
    "fail_reason",
];

/// Objects as rows.
fn objects(node: &Node, list: &[Value]) -> Option<String> {
    let first = list.first()?.as_object()?;
    let columns: Vec<&str> = SHOWN.into_iter().filter(|name| first.contains_key(*name)).collect();
    if columns.len() < 2 {
        return None;
    }
    let own = |name: &str, value: &Value| match name {
        "id" => text(value),
        _ => cell(node, value),
    };
    let row = |object: &Value| columns.iter().map(|name| own(name, &object[*name])).collect();
    let headings: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    Some(table(&headings, &list.iter().map(row).collect::<Vec<Vec<String>>>()))
}

fn pairs(list: &[Value]) -> Option<String> {
    let row = |pair: &Value| match pair.as_array()?.as_slice() {
        [name, value] if name.is_string() && !value.is_object() && !value.is_array() => {
            Some(vec![text(name), text(value)])
        }
        _ => None,
    };
    let rows: Option<Vec<Vec<String>>> = list.iter().map(row).collect();
    rows.map(|rows| table(&["NAME", "VALUE"], &rows))
}

/// What a command answered, for people; nothing for nothing.
pub fn answer(wallet: &Wallet, command: &str, value: &Value) -> String {
    let node = wallet.node().ok();
    let pretty = || format!("{value:#}");
    let special = match (command, node) {
        ("list_account_balances" | "get_blind_balances", Some(node)) => balances(node, value),
        (
            "get_account_history"
            | "get_relative_account_history"
            | "get_account_history_by_operations",
            _,
        ) => history(value),
        ("get_order_book", _) => order_book(value),
        ("sign_message", _) => encapsulated(value, wallet.dialect),
        ("transfer_to_blind" | "transfer_from_blind" | "blind_transfer", Some(node)) => {
            blind_outputs(wallet, node, value)
        }
        (_, Some(node)) if value.get("operations").is_some() => transaction(wallet, node, value),
        _ => None,
    };
    if let Some(special) = special {
        return special;
    }
    match (value, node) {
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(list), _) if list.is_empty() => "none".to_owned(),
        (Value::Array(list), Some(node)) => {
            pairs(list).or_else(|| objects(node, list)).unwrap_or_else(pretty)
        }
        (Value::Array(list), None) => pairs(list).unwrap_or_else(pretty),
        (Value::Object(_) | Value::Bool(_) | Value::Number(_), _) => pretty(),
    }
}

/// What is about to be sent, for people.
pub fn review(review: &Review) -> String {
    let mut lines: Vec<String> = review.does.clone();
    let mut say = |name: &str, values: &[String]| {
        values.iter().enumerate().for_each(|(at, value)| {
            lines.push(format!("  {:<9}{value}", if at == 0 { name } else { "" }));
        });
    };
    say("fee", &review.fees);
    say("changes", &review.changes);
    say("signed by", &[format!(" {}", review.signers.join(", "))]);
    say("refused", review.refusal.as_slice());
    say("missing", review.missing.as_slice());
    say("warning", &review.warnings);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_stand_at_the_right() {
        let rows =
            [vec!["10.5".to_owned(), "BTS".to_owned()], vec!["2".to_owned(), "X".to_owned()]];
        assert_eq!(table(&["AMOUNT", "ASSET"], &rows), "AMOUNT  ASSET\n  10.5  BTS\n     2  X");
        assert_eq!(table(&["A"], &[]), "A");
    }
}
