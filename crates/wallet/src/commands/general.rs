//! The wallet itself: help, password, files.

use super::{Command, command, families, find, own};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::past::relative;
use crate::store::{ReferenceFile, digest_of, read, write_atomically};
use crate::wallet::Wallet;
use carbyne_objects::{Account, DynamicGlobalProperty, GlobalProperty};
use carbyne_wire::{Json, TimePointSec};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const COMMANDS: &[Command] = &[
    command("help()", "Lists the commands.", "help", |_, _| Ok(help().into())),
    command(
        "gethelp(method: text)",
        "Explains a command, with an example.",
        "gethelp transfer",
        |_, arguments| explain(&arguments.text(0)?).map(Value::from),
    ),
    command("info()", "Head block, chain, participation, who is elected.", "info", info),
    command("about()", "What program this is.", "about", |_, _| Ok(about())),
    command("is_new()", "Whether the wallet has no password yet.", "is_new", |wallet, _| {
        Ok(wallet.is_new().into())
    }),
    command("is_locked()", "Whether the keys are locked away.", "is_locked", |wallet, _| {
        Ok(wallet.is_locked().into())
    }),
    command("lock()", "Wipes the keys from memory.", "lock", |wallet, _| {
        wallet.lock().map(|()| Value::Null)
    }),
    command(
        "unlock(password: secret)",
        "Opens the wallet; the password is asked for.",
        "unlock",
        |wallet, arguments| wallet.unlock(&arguments.text(0)?).map(|()| Value::Null),
    ),
    command(
        "set_password(password: secret)",
        "Gives the wallet a password and locks it.",
        "set_password",
        |wallet, arguments| wallet.set_password(&arguments.text(0)?).map(|()| Value::Null),
    ),
    command(
        "load_wallet_file(wallet_filename: file = \"\")",
        "Takes up the wallet in a file, this program's or the reference's; it is locked then.",
        "load_wallet_file wallet.json",
        |wallet, arguments| {
            let file = named(wallet, &arguments.text(0)?)?;
            wallet.load(Path::new(&file)).map(Value::Bool)
        },
    ),
    command(
        "save_wallet_file(wallet_filename: file = \"\")",
        "Writes the wallet to a file, its own if none is named.",
        "save_wallet_file copy.wallet",
        |wallet, arguments| {
            let file = named(wallet, &arguments.text(0)?)?;
            wallet.save_as(Path::new(&file)).map(|()| Value::Null)
        },
    ),
    own(
        "save_reference_wallet_file(wallet_filename: file, password: secret)",
        "Writes the wallet.json of the reference's wallet; its encryption is weaker.",
        "save_reference_wallet_file wallet.json",
        save_reference,
    ),
    command("quit()", "Ends the program.", "quit", |_, _| Err(WalletError::Quit)),
];

fn named(wallet: &Wallet, name: &str) -> Result<String> {
    if !name.is_empty() {
        return Ok(name.to_owned());
    }
    let file = wallet.file().map(|file| file.display().to_string());
    file.ok_or_else(|| WalletError::argument("wallet_filename", "is missing"))
}

/// Every command with what it does, by family.
fn help() -> String {
    let mut text = String::new();
    for (family, commands) in families() {
        let _strings_never_fail = writeln!(text, "\n{family}");
        for command in commands {
            let own = if command.is_reference { "" } else { " [carbyne]" };
            let (name, help) = (command.name(), command.help);
            let _strings_never_fail = writeln!(text, "  {name:<30} {help}{own}");
        }
    }
    text
}

/// A command with its parameters and an example.
pub(crate) fn explain(name: &str) -> Result<String> {
    let command = find(name)?;
    let mut text = format!("\n{}\n\nusage: {}\n", command.help, command.usage());
    for one in command.parameters() {
        let default = one.default.map(|text| format!(", {text} if left out")).unwrap_or_default();
        let _strings_never_fail = writeln!(text, "  {:<28} {}{default}", one.name, one.kind);
    }
    let _strings_never_fail = writeln!(text, "\nexample: {}", command.example);
    Ok(text)
}

fn now() -> TimePointSec {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimePointSec(u32::try_from(now.as_secs()).unwrap_or(u32::MAX))
}

fn info(wallet: &mut Wallet, _: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let head: DynamicGlobalProperty = node.ask("get_dynamic_global_properties", json!([]))?;
    let global: GlobalProperty = node.ask("get_global_properties", json!([]))?;
    let slots = head.recent_slots_filled.count_ones();
    // Hundredths of a percent, of 128 slots.
    let participation = slots * 10_000 / 128;
    Ok(json!({
        "head_block_num": head.head_block_number,
        "head_block_id": head.head_block_id.to_json(),
        "head_block_age": relative(head.time, now(), " old"),
        "next_maintenance_time": relative(head.next_maintenance_time, now(), " ago"),
        "chain_id": node.chain_id().to_json(),
        "participation": format!("{}.{:02}", participation / 100, participation % 100),
        "active_witnesses": global.active_witnesses.to_json(),
        "active_committee_members": global.active_committee_members.to_json(),
    }))
}

fn about() -> Value {
    json!({
        "client_version": concat!("carbyne ", env!("CARGO_PKG_VERSION")),
        "build": format!("{} {}-bit", std::env::consts::OS, usize::BITS),
    })
}

fn save_reference(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let ids: Vec<String> = wallet.public.accounts.keys().map(ToString::to_string).collect();
    let accounts: Vec<Option<Account>> = wallet.node()?.ask("get_accounts", json!([ids]))?;
    let accounts: Vec<Account> = accounts.into_iter().flatten().collect();
    let (public, data) = (wallet.public.clone(), wallet.data()?.clone());
    let file = ReferenceFile { public, data };
    let text = file.write(&accounts, &arguments.text(1)?, ("ws://localhost:8090", wallet.dialect));
    let path = arguments.text(0)?;
    let there = digest_of(read(Path::new(&path))?.as_deref());
    if there.is_some() {
        return Err(WalletError::impossible(format!("{path} is there already")));
    }
    write_atomically(Path::new(&path), &text, there).map(|()| Value::Null)
}
