//! Blocks, objects, properties, and what a node is told to do.

use super::{Command, command};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::review::Manner;
use crate::wallet::Wallet;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::options::{AssetOptions, BitassetOptions, flag};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, Json, JsonIn};
use serde_json::{Value, json};

/// Most transactions of one flood.
const FLOOD_MAX: u32 = 100_000;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "get_block(num: uint)",
        "A block, with its id, the key that signed it and the ids of its transactions.",
        "get_block 1",
        |wallet, arguments| {
            let node = wallet.node()?;
            let block = node.wait(node.client().block(arguments.get(0)?))?;
            Ok(block.map_or(Value::Null, |block| with_info(&block, wallet.dialect)))
        },
    ),
    command("get_object(id: id)", "An object by id.", "get_object 1.2.17", |wallet, arguments| {
        let ids = json!([[arguments.text(0)?]]);
        wallet.node()?.call("database", "get_objects", ids)
    }),
    command(
        "get_global_properties()",
        "Parameters of the chain, and who is elected.",
        "get_global_properties",
        |wallet, _| wallet.node()?.call("database", "get_global_properties", json!([])),
    ),
    command(
        "get_dynamic_global_properties()",
        "Head block, its time, the last irreversible block.",
        "get_dynamic_global_properties",
        |wallet, _| wallet.node()?.call("database", "get_dynamic_global_properties", json!([])),
    ),
    command(
        "dbg_make_uia(creator: account, symbol: text)",
        "Makes an asset for trying things out.",
        "dbg_make_uia ann TEST",
        |wallet, arguments| make(wallet, arguments, None, flag::CHARGE_MARKET_FEE),
    ),
    command(
        "dbg_make_mia(creator: account, symbol: text)",
        "Makes a SmartCoin for trying things out.",
        "dbg_make_mia ann TESTUSD",
        |wallet, arguments| {
            let options = BitassetOptions::default();
            make(wallet, arguments, Some(options), flag::CHARGE_MARKET_FEE)
        },
    ),
    command(
        "dbg_push_blocks(src_filename: file, count: uint)",
        "Has a debug node read blocks from a directory.",
        "dbg_push_blocks data/other 100",
        |wallet, arguments| {
            debug(wallet, "debug_push_blocks", json!([arguments.text(0)?, arguments.value(1)]))
        },
    ),
    command(
        "dbg_generate_blocks(debug_wif_key: secret, count: uint)",
        "Has a debug node produce blocks.",
        "dbg_generate_blocks @key.txt 10",
        |wallet, arguments| {
            debug(wallet, "debug_generate_blocks", json!([arguments.text(0)?, arguments.value(1)]))
        },
    ),
    command(
        "dbg_stream_json_objects(filename: file)",
        "Has a debug node write every changed object to a file.",
        "dbg_stream_json_objects objects.json",
        |wallet, arguments| debug(wallet, "debug_stream_json_objects", json!([arguments.text(0)?])),
    ),
    command(
        "dbg_update_object(update: json)",
        "Has a debug node change an object by force.",
        "dbg_update_object '{\"_action\":\"update\",\"id\":\"1.2.17\",\"name\":\"eve\"}'",
        |wallet, arguments| debug(wallet, "debug_update_object", json!([arguments.value(0)])),
    ),
    command(
        "flood_network(prefix: text, number_of_transactions: uint)",
        "Makes many accounts and transfers, to see what a test network takes.",
        "flood_network flood- 30",
        flood,
    ),
    command(
        "network_add_nodes(nodes: [text])",
        "Has the node connect to others.",
        "network_add_nodes 127.0.0.1:1776",
        |wallet, arguments| {
            for node in arguments.texts(0)? {
                wallet.node()?.call("network_node", "add_node", json!([node]))?;
            }
            Ok(Value::Null)
        },
    ),
    command(
        "network_get_connected_peers()",
        "The nodes that the node is connected to.",
        "network_get_connected_peers",
        |wallet, _| wallet.node()?.call("network_node", "get_connected_peers", json!([])),
    ),
];

fn with_info(block: &SignedBlock, dialect: Dialect) -> Value {
    let mut shown = block.to_json_in(dialect);
    let ids = block.transactions.iter().map(|one| one.transaction.id().to_json());
    let signee = block.signed_header.signee().unwrap_or_default();
    shown["block_id"] = block.id().to_json();
    shown["signing_key"] = signee.to_json_in(dialect);
    shown["transaction_ids"] = ids.collect();
    shown
}

fn make(
    wallet: &mut Wallet,
    arguments: &Arguments,
    bitasset_opts: Option<BitassetOptions>,
    flags: u16,
) -> Result<Value> {
    let new: AssetId = carbyne_wire::Id(1);
    let mut permissions = flags;
    if bitasset_opts.is_some() {
        permissions |= flag::GLOBAL_SETTLE | flag::DISABLE_FORCE_SETTLE;
    }
    let options = AssetOptions {
        issuer_permissions: permissions,
        core_exchange_rate: Price::new(Asset::core(1), Asset::new(1, new)),
        ..AssetOptions::default()
    };
    let create = AssetCreate {
        issuer: wallet.node()?.account(&arguments.text(0)?)?.id,
        symbol: arguments.text(1)?.into(),
        precision: 2,
        common_options: options,
        bitasset_opts,
        ..AssetCreate::default()
    };
    wallet.finish(vec![create.into()], crate::review::Send::Broadcast)?;
    Ok(Value::Null)
}

fn debug(wallet: &Wallet, method: &str, arguments: Value) -> Result<Value> {
    let node = wallet.node()?;
    node.call("debug", method, arguments)?;
    node.call("debug", "debug_stream_json_objects_flush", json!([]))?;
    Ok(Value::Null)
}

/// A third of the transactions registers accounts, the others pay them.
fn flood(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let (prefix, count): (String, u32) = (arguments.text(0)?, arguments.get(1)?);
    if count > FLOOD_MAX {
        let why = format!("at most {FLOOD_MAX}");
        return Err(WalletError::argument("number_of_transactions", why));
    }
    let payer = wallet.public.accounts.values().next().cloned();
    let payer = payer.ok_or_else(|| WalletError::impossible("the wallet has no account"))?;
    let mut sent = 0;
    for number in 0..count / 3 {
        let (name, phrase) = (format!("{prefix}{number}"), format!("flood {prefix}{number}"));
        let create = json!([phrase, name, payer, payer, true]);
        let create = create.as_array().cloned().unwrap_or_default();
        wallet.run("create_account_with_brain_key", create)?;
        let core = wallet.node()?.unit(AssetId::default()).symbol;
        for amount in ["10", "1"] {
            let pay = json!([payer, name, amount, core, "", true]);
            wallet.run("transfer", pay.as_array().cloned().unwrap_or_default())?;
        }
        sent += 3;
    }
    if let Manner::Person(reviewer) = &mut wallet.manner {
        reviewer.note(&format!("{sent} transactions"));
    }
    Ok(Value::Null)
}
