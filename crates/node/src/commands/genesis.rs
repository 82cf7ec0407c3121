//! `carbyne genesis`: writes a genesis file and prints the keys that go with it; has a node pay out
//! what a genesis gives to a key.

use crate::cli::GenesisCommand;
use crate::client::call;
use crate::clock::Clock;
use crate::genesis::{Recipe, make, witness_name};
use crate::home::begin;
use crate::output;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_objects::Balance;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::names::is_valid_name;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::balance::BalanceClaim;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{Dialect, Digest, Hash160, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

/// Seconds between maintenances of a new chain: a day, as on BitShares.
const MAINTENANCE_INTERVAL: u32 = 86_400;
/// Seconds for which a claim may wait.
const CLAIM_SECONDS: u32 = 600;

/// Carries out a command about a genesis.
pub fn run(command: &GenesisCommand) -> Result<()> {
    match command {
        GenesisCommand::New { file, witnesses, account, block_interval } => {
            new(file, *witnesses, account, *block_interval)
        }
        GenesisCommand::Claim { account, wif, api, prefix } => {
            claim(account, wif, *api, Dialect::new(&prefix.prefix)?)
        }
    }
}

fn new(file: &Path, witnesses: u16, account: &str, block_interval: u8) -> Result<()> {
    ensure!(witnesses % 2 == 1, "the number of witnesses must be odd, {witnesses} is not");
    check_name(account, witnesses)?;
    let make_key = || PrivateKey::generate().context("the system gives no random numbers");
    let keys = (0..witnesses).map(|_| make_key()).collect::<Result<Vec<_>>>()?;
    let account_key = make_key()?;
    let public: Vec<PublicKey> = keys.iter().map(PrivateKey::public_key).collect();
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: aligned(Clock.now(), block_interval),
        witnesses: &public,
        account,
        account_key: account_key.public_key(),
        others: &[],
        block_interval,
        maintenance_interval: MAINTENANCE_INTERVAL,
        features: None,
    });
    let (_, chain_id) = begin(text.as_bytes(), Dialect::REFERENCE)?;
    write(file, &text)?;
    let mut said = format!("genesis   {}\nchain id  {chain_id}\n", file.display());
    let account_key = account_key.to_wif();
    let mut say = |name: &str, what: &str| {
        let _strings_never_fail = writeln!(said, "{name:9} {what}");
    };
    say(account, &account_key);
    keys.iter().enumerate().for_each(|(n, key)| say(&witness_name(n), &key.to_wif()));
    // In one piece: keys that are not shown are lost.
    let shown = output::text(&said);
    if shown.is_err() {
        let _of_no_use_without_keys = std::fs::remove_file(file);
    }
    shown?;
    output::note(format_args!(
        "the supply belongs to the key of {account}; once a node runs, this pays it out: carbyne \
         genesis claim {account} {account_key}"
    ));
    Ok(())
}

fn check_name(account: &str, witnesses: u16) -> Result<()> {
    ensure!(
        is_valid_name(&account.into()),
        "\"{account}\" is no name of an account: it takes 1 to 63 lower-case letters, digits, \
         dashes and dots, and each part between dots begins with a letter and does not end with a \
         dash"
    );
    let is_taken = (0..usize::from(witnesses)).any(|n| witness_name(n) == account);
    ensure!(!is_taken, "\"{account}\" is the name of a witness: choose another with --account");
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    let what = || format!("cannot write {}", file.display());
    let mut out = File::create_new(file).with_context(what)?;
    out.write_all(text.as_bytes()).with_context(what)
}

/// A time, rounded down to a slot that can be that of a genesis: the reference wants multiples of
/// 5 seconds.
pub fn aligned(time: TimePointSec, block_interval: u8) -> TimePointSec {
    TimePointSec(time.0 - time.0 % (5 * u32::from(block_interval.max(1))))
}

fn claim(account: &str, wif: &str, api: SocketAddr, dialect: Dialect) -> Result<()> {
    ensure!(pay_out(account, wif, api, dialect)?, "nothing is left to claim with this key");
    output::line(format_args!("the next block pays it out to {account}"))
}

/// Has a node pay out what a genesis gives to a key; false if nothing is left.
pub fn pay_out(account: &str, wif: &str, api: SocketAddr, dialect: Dialect) -> Result<bool> {
    let key = PrivateKey::from_wif(wif).context("this is no private key")?;
    let ask = |method: &str, arguments: Value| call(api, "database", method, arguments);
    let found = ask("get_account_by_name", json!([account]))?;
    ensure!(!found.is_null(), "the chain has no account {account}");
    let deposit_to_account: AccountId = read(&found["id"], dialect)?;
    let address = key.public_key().address().to_text(dialect.prefix());
    let balances: Vec<Balance> = read(&ask("get_balance_objects", json!([[address]]))?, dialect)?;
    if balances.is_empty() {
        return Ok(false);
    }
    let ids: Vec<Value> = balances.iter().map(|balance| balance.id.to_json()).collect();
    let amounts: Vec<Asset> = read(&ask("get_vested_balances", json!([ids]))?, dialect)?;
    let operations: Vec<Operation> = balances
        .iter()
        .zip(amounts)
        .map(|(balance, total_claimed)| {
            let balance_owner_key = key.public_key();
            let (fee, balance_to_claim) = (Asset::core(0), balance.id);
            BalanceClaim {
                fee,
                deposit_to_account,
                balance_to_claim,
                balance_owner_key,
                total_claimed,
            }
            .into()
        })
        .collect();
    let chain_id: Digest<32> = read(&ask("get_chain_id", json!([]))?, dialect)?;
    let head = ask("get_dynamic_global_properties", json!([]))?;
    let transaction = signed(operations, &head, &key, &chain_id)?;
    call(
        api,
        "network_broadcast",
        "broadcast_transaction",
        json!([transaction.to_json_in(dialect)]),
    )?;
    Ok(true)
}

/// A transaction on top of the head block.
fn signed(
    operations: Vec<Operation>,
    head: &Value,
    key: &PrivateKey,
    chain_id: &Digest<32>,
) -> Result<SignedTransaction> {
    let (number, id): (u32, Hash160) =
        (plain(&head["head_block_number"])?, plain(&head["head_block_id"])?);
    let time: TimePointSec = plain(&head["time"])?;
    let mut transaction = SignedTransaction {
        ref_block_num: number as u16,
        ref_block_prefix: ref_block_prefix(&id),
        expiration: time.max(Clock.now()).wrapping_add(CLAIM_SECONDS),
        operations: operations.into(),
        ..SignedTransaction::default()
    };
    transaction.sign(key, chain_id);
    Ok(transaction)
}

/// Reads what the node said.
fn read<T: JsonIn>(value: &Value, dialect: Dialect) -> Result<T> {
    T::from_json_in(value, dialect)
        .map_err(|error| anyhow!("the node answers something else: {error}"))
}

/// The same of what every chain writes alike.
fn plain<T: Json>(value: &Value) -> Result<T> {
    read(value, Dialect::REFERENCE)
}
