//! Rows for the tables from the blocks they tell of. Invariant: a row is a function of its block.
//! This file must never know when rows are written.

use crate::SinkBlock;
use crate::schema::type_number;
use carbyne_index::{OperationHistory, concerned_accounts};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Json, JsonIn, ObjectId, TimePointSec};
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{Json as Jsonb, Type};
use postgres::{Error, Transaction};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// A row that can be copied into its table.
pub(crate) trait Row {
    /// The table.
    const TABLE: &'static str;
    /// Its columns.
    const COLUMNS: &'static [&'static str];
    /// Their types.
    const TYPES: &'static [Type];

    /// Writes the row.
    fn write(&self, writer: &mut BinaryCopyInWriter<'_>) -> Result<(), Error>;
}

macro_rules! row {
    ($name:ident in $table:literal { $($column:ident: $type:ty = $sql:ident),* $(,)? }) => {
        pub(crate) struct $name {
            $($column: $type),*
        }

        impl Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),*];
            const TYPES: &'static [Type] = &[$(Type::$sql),*];

            fn write(&self, writer: &mut BinaryCopyInWriter<'_>) -> Result<(), Error> {
                writer.write(&[$(&self.$column),*])
            }
        }
    };
}

row!(BlockRow in "blocks" {
    number: i64 = INT8,
    id: Vec<u8> = BYTEA,
    time: SystemTime = TIMESTAMPTZ,
    witness: i64 = INT8,
    transactions: i32 = INT4,
    operations: i32 = INT4,
    first_operation: Option<i64> = INT8,
});

row!(TransactionRow in "transactions" {
    block: i64 = INT8,
    trx_in_block: i32 = INT4,
    id: Vec<u8> = BYTEA,
});

row!(OperationRow in "operations" {
    id: i64 = INT8,
    block: i64 = INT8,
    virtual_op: i64 = INT8,
    time: SystemTime = TIMESTAMPTZ,
    trx_in_block: i32 = INT4,
    op_in_trx: i32 = INT4,
    op_type: i16 = INT2,
    is_virtual: bool = BOOL,
    op: Jsonb<Value> = JSONB,
    result: Jsonb<Value> = JSONB,
});

row!(AccountRow in "account_operations" {
    account: i64 = INT8,
    operation: i64 = INT8,
    time: SystemTime = TIMESTAMPTZ,
    op_type: i16 = INT2,
});

row!(AssetRow in "asset_operations" {
    asset: i64 = INT8,
    operation: i64 = INT8,
});

row!(FillRow in "fills" {
    operation: i64 = INT8,
    time: SystemTime = TIMESTAMPTZ,
    base: i64 = INT8,
    quote: i64 = INT8,
    base_amount: i64 = INT8,
    quote_amount: i64 = INT8,
    price_base: i64 = INT8,
    price_quote: i64 = INT8,
    account: i64 = INT8,
    fee_asset: i64 = INT8,
    fee_amount: i64 = INT8,
    sells_base: bool = BOOL,
    is_maker: bool = BOOL,
    order_id: String = TEXT,
});

/// The rows of blocks.
#[derive(Default)]
pub(crate) struct Rows {
    /// How keys are written.
    pub(crate) dialect: Dialect,
    pub(crate) blocks: Vec<BlockRow>,
    pub(crate) transactions: Vec<TransactionRow>,
    pub(crate) operations: Vec<OperationRow>,
    pub(crate) accounts: Vec<AccountRow>,
    pub(crate) assets: Vec<AssetRow>,
    pub(crate) fills: Vec<FillRow>,
}

impl Rows {
    /// Adds those of the next block.
    pub(crate) fn add(&mut self, block: &SinkBlock) {
        let number = i64::from(block.number);
        self.blocks.push(BlockRow {
            number,
            id: block.id.0.to_vec(),
            time: system_time(block.time),
            witness: instance(block.witness.0),
            transactions: count(block.transactions.len()),
            operations: count(block.operations.len()),
            first_operation: block.operations.first().map(|first| instance(first.id.0)),
        });
        for (place, id) in block.transactions.iter().enumerate() {
            let trx_in_block = count(place);
            self.transactions.push(TransactionRow {
                block: number,
                trx_in_block,
                id: id.0.to_vec(),
            });
        }
        block.operations.iter().for_each(|operation| self.add_operation(operation));
    }

    /// Copies them into their tables.
    pub(crate) fn copy(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        copy(transaction, &self.blocks)?;
        copy(transaction, &self.transactions)?;
        copy(transaction, &self.operations)?;
        copy(transaction, &self.accounts)?;
        copy(transaction, &self.assets)?;
        copy(transaction, &self.fills)
    }

    fn add_operation(&mut self, operation: &OperationHistory) {
        let id = instance(operation.id.0);
        let time = system_time(operation.block_time);
        let op_type = type_number(operation.op.tag());
        let mut assets = BTreeSet::new();
        let mut op = content(operation.op.to_json_in(self.dialect));
        let mut result = operation.result.to_json();
        tidy(&mut op, &mut assets);
        tidy(&mut result, &mut assets);
        self.operations.push(OperationRow {
            id,
            block: operation.block_num.into(),
            virtual_op: operation.virtual_op.into(),
            time,
            trx_in_block: operation.trx_in_block.into(),
            op_in_trx: operation.op_in_trx.into(),
            op_type,
            is_virtual: operation.is_virtual,
            op: Jsonb(op),
            result: Jsonb(result),
        });
        let rows = concerned_accounts(operation);
        let rows = rows.iter().map(|account| instance(account.0));
        self.accounts.extend(rows.map(|account| AccountRow {
            account,
            operation: id,
            time,
            op_type,
        }));
        self.assets.extend(assets.into_iter().map(|asset| AssetRow { asset, operation: id }));
        if let Operation::FillOrder(fill) = &operation.op {
            let volume = base_first(Price::new(fill.pays, fill.receives));
            let price = base_first(fill.fill_price);
            self.fills.push(FillRow {
                operation: id,
                time,
                base: asset_number(volume.base),
                quote: asset_number(volume.quote),
                base_amount: volume.base.amount,
                quote_amount: volume.quote.amount,
                price_base: price.base.amount,
                price_quote: price.quote.amount,
                account: instance(fill.account_id.0),
                fee_asset: asset_number(fill.fee),
                fee_amount: fill.fee.amount,
                sells_base: fill.pays.asset_id == volume.base.asset_id,
                is_maker: fill.is_maker,
                order_id: fill.order_id.to_string(),
            });
        }
    }
}

fn copy<R: Row>(transaction: &mut Transaction<'_>, rows: &[R]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = R::COLUMNS.join(", ");
    let copy = format!("COPY {} ({columns}) FROM STDIN BINARY", R::TABLE);
    let mut writer = BinaryCopyInWriter::new(transaction.copy_in(&copy)?, R::TYPES);
    for row in rows {
        row.write(&mut writer)?;
    }
    writer.finish()?;
    Ok(())
}

/// A market's base is the asset with the smaller id (reference: `market_history_plugin.cpp`).
fn base_first(price: Price) -> Price {
    if price.base.asset_id > price.quote.asset_id { price.inverted() } else { price }
}

fn asset_number(asset: Asset) -> i64 {
    instance(asset.asset_id.0)
}

/// Instance numbers have 48 bits.
fn instance(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn system_time(time: TimePointSec) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(time.0.into())
}

/// Of a pair of type and content, the content.
fn content(operation: Value) -> Value {
    match operation {
        Value::Array(mut pair) => pair.pop().unwrap_or(Value::Null),
        other => other,
    }
}

/// Replaces the character 0, which `jsonb` refuses, and notes assets named outside of fees.
fn tidy(value: &mut Value, assets: &mut BTreeSet<i64>) {
    match value {
        Value::String(text) => {
            if text.contains('\0') {
                *text = text.replace('\0', "\u{FFFD}");
            }
            assets.extend(asset_named(text));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tidy(item, assets)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name == "fee" {
                    tidy(member, &mut BTreeSet::new());
                } else {
                    tidy(member, assets);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn asset_named(text: &str) -> Option<i64> {
    let id = text.starts_with("1.3.").then(|| ObjectId::parse(text))?.ok()?;
    Some(instance(id.instance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, wanted: Value, wanted_assets: &[i64]) {
        let (mut value, mut assets) = (value, BTreeSet::new());
        tidy(&mut value, &mut assets);
        assert_eq!((value, assets), (wanted, wanted_assets.iter().copied().collect()));
    }

    #[test]
    fn the_character_0_is_replaced_wherever_text_stands() {
        check(
            json!(["a\0b", { "memo": "\0" }]),
            json!(["a\u{FFFD}b", { "memo": "\u{FFFD}" }]),
            &[],
        );
        check(json!({ "fee": { "note": "\0" } }), json!({ "fee": { "note": "\u{FFFD}" } }), &[]);
    }

    #[test]
    fn assets_are_found_everywhere_but_in_fees() {
        let amount = |asset: &str| json!({ "amount": 5, "asset_id": asset });
        let op =
            json!({ "fee": amount("1.3.0"), "amount": amount("1.3.7"), "map": [["1.3.9", 1]] });
        check(op.clone(), op, &[7, 9]);
        for text in ["1.30.5", "1.3.", "1.3.x", "see 1.3.5"] {
            check(json!(text), json!(text), &[]);
        }
    }
}
