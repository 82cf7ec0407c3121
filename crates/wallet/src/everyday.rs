//! The short commands: an account, a transfer, a balance, a trade, a transaction, a call, and what
//! happens while somebody watches.

use crate::cli::{Options, answer, print, runtime};
use crate::dev;
use crate::error::{Result, WalletError};
use crate::show;
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_client::{BlockEvent, Start, Status, Subscription};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Digest, Hash160, Json, JsonIn};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountCommand {
    /// Register an account; on a development chain its key follows from its name, elsewhere it is
    /// made and kept in the wallet
    Create {
        /// Name of the account
        name: String,
        /// Lifetime member who registers it and pays; `dev` on a development chain
        #[arg(long, value_name = "NAME")]
        registrar: Option<String>,
        /// Which node and which wallet.
        #[command(flatten)]
        options: Options,
    },
}

/// Options of `carbyne transfer`.
#[derive(Args, Clone, Debug)]
pub struct TransferArgs {
    /// Account that gives
    pub from: String,
    /// Account that receives
    pub to: String,
    /// How much, such as 12.5
    pub amount: String,
    /// Of what
    #[arg(default_value = "BTS")]
    pub asset: String,
    /// A message that only the receiver reads
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub memo: String,
    /// Which node and which wallet.
    #[command(flatten)]
    pub options: Options,
}

/// Options of `carbyne balance`.
#[derive(Args, Clone, Debug)]
pub struct BalanceArgs {
    /// The account
    pub name: String,
    /// Which node.
    #[command(flatten)]
    pub options: Options,
}

/// Options of `carbyne trade`.
#[derive(Args, Clone, Debug)]
pub struct TradeArgs {
    /// `sell 10 BTS for 2 USD` or `buy 2 USD with 10 BTS`
    #[arg(num_args = 6,
          value_names = ["sell|buy", "AMOUNT", "ASSET", "for|with", "AMOUNT", "ASSET"])]
    pub words: Vec<String>,
    /// Who trades; `dev` on a development chain, else the only account of the wallet
    #[arg(long = "as", value_name = "NAME")]
    pub account: Option<String>,
    /// Which node and which wallet.
    #[command(flatten)]
    pub options: Options,
}

/// Options of `carbyne tx`.
#[derive(Args, Clone, Debug)]
pub struct TxArgs {
    /// Id of the transaction
    pub id: String,
    /// Which node.
    #[command(flatten)]
    pub options: Options,
}

/// Options of `carbyne call`.
#[derive(Args, Clone, Debug)]
pub struct CallArgs {
    /// The API, such as database or history
    pub api: String,
    /// The method
    pub method: String,
    /// Its arguments: JSON each (a bare word is text), or one list of all
    #[arg(allow_hyphen_values = true)]
    pub arguments: Vec<String>,
    /// Which node.
    #[command(flatten)]
    pub options: Options,
}

/// Options of `carbyne watch`.
#[derive(Args, Clone, Debug)]
pub struct WatchArgs {
    /// An account, a market as BTS:USD, or `blocks`
    pub what: String,
    /// End after so many lines
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<u64>,
    /// Begin behind this block, or behind this entry of the account's history
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<u32>,
    /// Which node.
    #[command(flatten)]
    pub options: Options,
}

fn shown(wallet: &Wallet, options: &Options, command: &str, value: &Value) -> Result<()> {
    match options.json {
        true => print(&value.to_string()),
        false => print(&show::answer(wallet, command, value)),
    }
}

/// Carries out `carbyne account`.
pub fn account(command: &AccountCommand) -> anyhow::Result<()> {
    let AccountCommand::Create { name, registrar, options } = command;
    let runtime = runtime()?;
    let mut wallet = options.wallet(&runtime)?;
    if wallet.is_locked() {
        options.passwords().open(&mut wallet)?;
    }
    let key = wallet.dev_key(name).map_or_else(PrivateKey::generate, Ok)?;
    let registrar = match (registrar, wallet.is_dev()) {
        (Some(registrar), _) => registrar.clone(),
        (None, true) => dev::ACCOUNT.to_owned(),
        (None, false) => only_account(&wallet)?,
    };
    let created = create(&mut wallet, name, &key, &registrar);
    let transaction = match created {
        Err(WalletError::Declined) if options.dry_run => return Ok(()),
        created => created?,
    };
    let created = wallet.node()?.account(name)?;
    let public = key.public_key().to_json_in(wallet.dialect);
    if options.json {
        let said = json!({
            "name": name,
            "id": created.id.to_json(),
            "key": public,
            "transaction": transaction.id().to_json(),
        });
        return Ok(print(&said.to_string())?);
    }
    let mut said =
        format!("account   {name}\nid        {}\npublic    {}", created.id, show_text(&public));
    if wallet.is_dev() {
        // Everybody can derive it: the chain is for trying things out.
        said.push_str(&format!("\nkey       {}", key.to_wif()));
    }
    Ok(print(&said)?)
}

fn show_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn create(
    wallet: &mut Wallet,
    name: &str,
    key: &PrivateKey,
    registrar: &str,
) -> Result<SignedTransaction> {
    let public = key.public_key();
    let create = wallet.registration(name, public, registrar)?;
    if !wallet.is_dev() {
        wallet.keep_for(name, key.clone())?;
    }
    wallet.create(create)
}

/// The only account of a wallet.
fn only_account(wallet: &Wallet) -> Result<String> {
    let mut names = wallet.account_names();
    match (names.next(), names.next()) {
        (Some(one), None) => Ok(one.to_owned()),
        _ => Err(WalletError::impossible("the wallet has not one account: say which")),
    }
}

/// Carries out `carbyne transfer`.
pub fn transfer(args: &TransferArgs) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let mut wallet = args.options.wallet(&runtime)?;
    let values = json!([args.from, args.to, args.amount, args.asset, args.memo, true]);
    let values = values.as_array().cloned().unwrap_or_default();
    let sent = answer(&mut wallet, &args.options, "transfer", values)?;
    Ok(shown(&wallet, &args.options, "transfer", &sent)?)
}

/// Carries out `carbyne balance`.
pub fn balance(args: &BalanceArgs) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let node = args.options.connect(&runtime)?;
    let balances = node.call("database", "get_named_account_balances", json!([args.name, []]))?;
    let said = match args.options.json {
        true => balances.to_string(),
        false => show::balances(&node, &balances).unwrap_or_default(),
    };
    Ok(print(&said)?)
}

/// Carries out `carbyne trade`.
pub fn trade(args: &TradeArgs) -> anyhow::Result<()> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let (give, take) = match words.as_slice() {
        ["sell", amount, asset, "for", for_amount, for_asset] => {
            ((amount, asset), (for_amount, for_asset))
        }
        ["buy", amount, asset, "with", with_amount, with_asset] => {
            ((with_amount, with_asset), (amount, asset))
        }
        _ => anyhow::bail!("say `sell 10 BTS for 2 USD` or `buy 2 USD with 10 BTS`"),
    };
    let runtime = runtime()?;
    let mut wallet = args.options.wallet(&runtime)?;
    if wallet.is_locked() {
        args.options.passwords().open(&mut wallet)?;
    }
    let account = match (&args.account, wallet.is_dev()) {
        (Some(account), _) => account.clone(),
        (None, true) => dev::ACCOUNT.to_owned(),
        (None, false) => only_account(&wallet)?,
    };
    let values = json!([account, give.0, give.1, take.0, take.1, 0, false, true]);
    let values = values.as_array().cloned().unwrap_or_default();
    let sent = answer(&mut wallet, &args.options, "sell_asset", values)?;
    Ok(shown(&wallet, &args.options, "sell_asset", &sent)?)
}

/// Carries out `carbyne tx`.
pub fn tx(args: &TxArgs) -> anyhow::Result<()> {
    let id: Hash160 = Digest::from_hex(&args.id)
        .ok_or_else(|| WalletError::argument("id", "is no id of a transaction, 40 digits"))?;
    let runtime = runtime()?;
    let node = args.options.connect(&runtime)?;
    let status = node.wait(node.client().status(id))?;
    if args.options.json {
        return Ok(print(&status_json(&status).to_string())?);
    }
    print(&match &status {
        Status::Unknown => "unknown: never seen, or forgotten".to_owned(),
        Status::Pending { expiration } => match expiration {
            Some(expiration) => format!("waits for a block until {expiration}"),
            None => "waits for a block".to_owned(),
        },
        Status::Included { block_num, position, is_final } => {
            let final_ = if *is_final { "final" } else { "not final yet" };
            format!("in block {block_num}, position {position}, {final_}")
        }
        Status::Refused { reason, is_expired: true } => format!("expired; {reason}"),
        Status::Refused { reason, is_expired: false } => format!("refused: {reason}"),
    })?;
    if let Status::Included { block_num, position, .. } = status {
        tell(&node, block_num, position)?;
    }
    Ok(())
}

fn status_json(status: &Status) -> Value {
    match status {
        Status::Unknown => json!({ "status": "unknown" }),
        Status::Pending { expiration } => {
            json!({ "status": "pending", "expiration": expiration.map(|time| time.to_json()) })
        }
        Status::Included { block_num, position, is_final } => json!({
            "status": "included",
            "block_num": block_num,
            "position": position,
            "is_final": is_final,
        }),
        Status::Refused { reason, is_expired } => {
            json!({ "status": "refused", "reason": reason, "is_expired": is_expired })
        }
    }
}

/// Prints what a transaction in a block did.
fn tell(node: &crate::node::Node, block_num: u32, position: u32) -> Result<()> {
    let Some(block) = node.wait(node.client().block(block_num))? else { return Ok(()) };
    let Some(found) = block.transactions.get(position as usize) else { return Ok(()) };
    let looking = Looking { node, keys: None };
    // Nodes need not tell what came out of operations in a block.
    let results = found.operation_results.iter().chain(std::iter::repeat(&OperationResult::Void));
    for (operation, result) in found.transaction.operations.iter().zip(results) {
        print(&looking.describe(operation, result).0)?;
    }
    Ok(())
}

/// Arguments of a call: a list of all, or one each.
fn call_arguments(words: &[String]) -> Value {
    let read = |word: &String| serde_json::from_str(word).unwrap_or(Value::from(word.as_str()));
    match words {
        [one] if read(one).is_array() => read(one),
        words => words.iter().map(read).collect(),
    }
}

/// Carries out `carbyne call`.
pub fn call(args: &CallArgs) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let node = args.options.connect(&runtime)?;
    let answer = node.call(&args.api, &args.method, call_arguments(&args.arguments))?;
    let said = match args.options.json {
        true => answer.to_string(),
        false => format!("{answer:#}"),
    };
    Ok(print(&said)?)
}

/// Takes items until there were enough.
fn each<T>(
    runtime: &tokio::runtime::Runtime,
    mut items: Subscription<T>,
    count: Option<u64>,
    mut show: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let mut taken = 0;
    while count.is_none_or(|count| taken < count) {
        let Some(item) = runtime.block_on(items.next()) else { return Ok(()) };
        show(item?)?;
        taken += 1;
    }
    Ok(())
}

/// Carries out `carbyne watch`.
pub fn watch(args: &WatchArgs) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let node = args.options.connect(&runtime)?;
    let start = args.after.map_or(Start::Now, Start::After);
    let json = args.options.json;
    if args.what == "blocks" {
        let blocks = node.wait(node.client().blocks(start))?;
        return Ok(each(&runtime, blocks, args.count, |event| print(&block_line(&event, json)))?);
    }
    if let Some((base, quote)) = args.what.split_once([':', '/']) {
        let trades = node.wait(node.client().trades(base, quote))?;
        return Ok(each(&runtime, trades, args.count, |trade| {
            print(&match json {
                true => trade.to_json().to_string(),
                false => format!(
                    "{}  {} {} {quote} at {} {base}",
                    trade.date, trade.type_, trade.amount, trade.price
                ),
            })
        })?);
    }
    let entries = node.wait(node.client().operations_of(&args.what, start))?;
    let looking = Looking { node: &node, keys: None };
    Ok(each(&runtime, entries, args.count, |entry| {
        print(&match json {
            true => json!({
                "sequence": entry.sequence,
                "block_num": entry.block_num,
                "op": entry.operation.to_json_in(node.dialect()),
            })
            .to_string(),
            false => format!("{}  {}", entry.block_num, looking.sentence(&entry.operation).0),
        })
    })?)
}

fn block_line(event: &BlockEvent, json: bool) -> String {
    match (event, json) {
        (BlockEvent::Applied(block), true) => {
            json!({ "applied": block.block_num(), "id": block.id().to_json() }).to_string()
        }
        (BlockEvent::Undone { block_num, id }, true) => {
            json!({ "undone": block_num, "id": id.to_json() }).to_string()
        }
        (BlockEvent::Applied(block), false) => format!(
            "block {:>8}  {}  {} transactions",
            block.block_num(),
            block.header().timestamp,
            block.transactions.len()
        ),
        (BlockEvent::Undone { block_num, .. }, false) => format!("block {block_num:>8}  undone"),
    }
}
