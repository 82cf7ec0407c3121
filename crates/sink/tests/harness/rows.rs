//! Whether a database holds exactly the history of a chain, row by row.

use carbyne_index::{OperationHistory, concerned_accounts};
use carbyne_protocol::ops::Operation;
use carbyne_sink::SinkBlock;
use carbyne_wire::{Dialect, Json, JsonIn};
use postgres::Client;
use serde_json::{Value, json};

/// Compares the only column of a query, a JSON list for each row.
fn check(client: &mut Client, select: &str, wanted: impl Iterator<Item = Value>) {
    let found = client.query(select, &[]).expect("rows");
    let found: Vec<Value> = found.iter().map(|row| row.get(0)).collect();
    let wanted: Vec<Value> = wanted.collect();
    for (place, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        assert_eq!(found, wanted, "row {place} of {select}");
    }
    assert_eq!(found.len(), wanted.len(), "rows of {select}");
}

/// Compares every table with the blocks from the first on.
pub fn check_all(client: &mut Client, blocks: &[SinkBlock]) {
    check_blocks(client, blocks);
    check_operations(client, blocks);
    check_accounts(client, blocks);
    check_fills(client, blocks);
    check_names(client);
}

/// Every operation of an account has a name.
fn check_names(client: &mut Client) {
    let select = "SELECT jsonb_build_array((SELECT count(*) FROM account_history)
        = (SELECT count(*) FROM account_operations))";
    check(client, select, std::iter::once(json!([true])));
}

fn check_blocks(client: &mut Client, blocks: &[SinkBlock]) {
    let wanted = blocks.iter().map(|block| {
        let first = block.operations.first().map(|first| first.id.0);
        json!([block.number, block.id.to_string(), block.witness.0, block.time.0, first])
    });
    let select = "SELECT jsonb_build_array(number, encode(id, 'hex'), witness,
        extract(epoch from time)::bigint, first_operation) FROM blocks ORDER BY number";
    check(client, select, wanted);
    let wanted = blocks.iter().flat_map(|block| {
        let ids = block.transactions.iter().enumerate();
        ids.map(|(place, id)| json!([block.number, place, id.to_string()]))
    });
    let select = "SELECT jsonb_build_array(block, trx_in_block, encode(id, 'hex'))
        FROM transactions ORDER BY block, trx_in_block";
    check(client, select, wanted);
    let head = blocks.last().map(|block| json!([block.number, block.id.to_string()]));
    let select = "SELECT jsonb_build_array(block, encode(id, 'hex')) FROM position";
    check(client, select, head.into_iter());
}

fn operations(blocks: &[SinkBlock]) -> impl Iterator<Item = &OperationHistory> {
    blocks.iter().flat_map(|block| &block.operations)
}

fn check_operations(client: &mut Client, blocks: &[SinkBlock]) {
    let wanted = operations(blocks).map(|row| {
        let op = without_0(&row.op.to_json_in(Dialect::REFERENCE)[1]);
        let result = without_0(&row.result.to_json());
        let place = [u32::from(row.trx_in_block), row.op_in_trx.into(), row.virtual_op];
        let kind = json!([row.op.tag(), row.is_virtual]);
        json!([row.id.0, row.block_num, place, row.block_time.0, kind, op, result])
    });
    let select = "SELECT jsonb_build_array(id, block,
        jsonb_build_array(trx_in_block, op_in_trx, virtual_op),
        extract(epoch from time)::bigint, jsonb_build_array(op_type, is_virtual), op, result)
        FROM operations ORDER BY id";
    check(client, select, wanted);
}

fn check_accounts(client: &mut Client, blocks: &[SinkBlock]) {
    let wanted = operations(blocks).flat_map(|row| {
        let entry = |account: u64| json!([account, row.id.0, row.block_time.0, row.op.tag()]);
        let accounts = concerned_accounts(row);
        accounts.iter().map(|account| entry(account.0)).collect::<Vec<_>>()
    });
    let select = "SELECT jsonb_build_array(account, operation, extract(epoch from time)::bigint,
        op_type) FROM account_operations ORDER BY operation, account";
    check(client, select, wanted);
}

fn check_fills(client: &mut Client, blocks: &[SinkBlock]) {
    let wanted = operations(blocks).filter_map(|row| match &row.op {
        Operation::FillOrder(fill) => {
            let amounts = [fill.pays.amount, fill.receives.amount];
            Some(json!([row.id.0, fill.account_id.0, amounts, fill.is_maker]))
        }
        _ => None,
    });
    let select = "SELECT jsonb_build_array(operation, account, CASE WHEN sells_base
        THEN jsonb_build_array(base_amount, quote_amount)
        ELSE jsonb_build_array(quote_amount, base_amount) END, is_maker)
        FROM fills ORDER BY operation";
    check(client, select, wanted);
}

fn without_0(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace('\0', "\u{FFFD}")),
        Value::Array(items) => items.iter().map(without_0).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members.map(|(name, member)| (name.clone(), without_0(member))).collect()
        }
        other => other.clone(),
    }
}
