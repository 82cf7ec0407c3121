//! `carbyne dev`: a chain on this machine with one command.
//!
//! Its keys are derived from fixed words and its genesis is of a fixed time, so that keys and chain
//! id stay the same from run to run and scripts can rely on them; a chain that matters uses keys of
//! its own.

use crate::cli::DevArgs;
use crate::clock::Clock;
use crate::commands::genesis::aligned;
use crate::core::{Production, Storage, public_keys, to_error};
use crate::dev::accounts::{self, Accounts};
use crate::dev::demo::Demo;
use crate::dev::report::Voice;
use crate::dev::signer::Signer;
use crate::dev::{Tools, furnish};
use crate::genesis::{Recipe, make};
use crate::guard::SocketLimits;
use crate::home::{Home, KeepHistory, Wish, begin, holds_chain, read_genesis, wipe};
use crate::output::{self, tell};
use crate::run::{Dev, Ended, Service, listen, serve_until_it_ends};
use anyhow::{Context, Result, ensure};
use carbyne_api::Settings;
use carbyne_api::methods::ApiSet;
use carbyne_chain::{AppliedBlock, BlockSigner, ChainEvent};
use carbyne_core::{Input, Now};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_ledger::features::is_open;
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::GlobalPropertyId;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_store::RealDisk;
use carbyne_wallet::dev::{ACCOUNT, Here, account_key, witness_keys};
use carbyne_wire::{Dialect, Id, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// Seconds between maintenances of a genesis that is made.
const MAINTENANCE_INTERVAL: u32 = 300;
/// The name that stands for every family of contracts.
const ALL_FEATURES: &str = "all";
/// Seconds between blocks of a genesis that is made, unless told otherwise.
const BLOCK_INTERVAL: u8 = 1;
/// When a chain begins whose genesis is made: 2026-01-01T00:00:00.
const GENESIS_TIME: TimePointSec = TimePointSec(1_767_225_600);
/// Accounts that trade in the demonstration, at most.
const TRADERS_MAX: u16 = 10;
/// Smallest units of a whole coin.
const COIN: i64 = 100_000;

/// Starts the chain and serves it until it is told to stop; begins it again as often as it is told
/// to.
pub fn run(args: &DevArgs) -> Result<()> {
    output::start_writer();
    let api = listen(args.api, "--api")?;
    let mut args = args.clone();
    // Whoever connects while the chain begins again waits for it.
    while serve_chain(&args, api.try_clone()?)? == Ended::Reset {
        if voice(&args) != Voice::Json {
            tell(format_args!("reset     the chain begins again"));
        }
        args.fresh = true;
    }
    Ok(())
}

fn serve_chain(args: &DevArgs, api: TcpListener) -> Result<Ended> {
    let keys = producer_keys(args)?;
    let mut home = open(args)?;
    check_interval(args, &home)?;
    let voice = voice(args);
    let owner = funded_account(&home);
    ensure!(
        owner.is_some() || !args.witness_key.is_empty(),
        "the chain in {} began with a genesis of its own: give the --witness-key of one of its \
         producers",
        args.data_dir.display()
    );
    introduce(args, voice, &home, owner.is_some());
    let demo = owner.as_ref().map(|owner| prepare(args, &mut home, owner, &keys)).transpose()?;
    let dev = Dev { tools: tools(voice, &home, owner), demo: demo.flatten() };
    produce_first_block(&mut home, &keys, voice.of_blocks())?;
    let here = Here { url: format!("ws://{}", api.local_addr()?), words: args.seed.clone() };
    here.write(&args.data_dir)?;
    let production = if args.instant { Production::Instant } else { Production::ByTheClock };
    let mut open = ApiSet::DEFAULT.to_vec();
    open.extend([ApiSet::Block, ApiSet::Asset, ApiSet::Crypto, ApiSet::Dev]);
    let settings = Settings { enable_subscribe_to_all: true, open, ..Settings::default() };
    let storage = Storage { snapshot_every: args.snapshot_every, ..Storage::default() };
    serve_until_it_ends(Service {
        home,
        signers: keys.into_iter().map(|key| Arc::new(key) as Arc<dyn BlockSigner>).collect(),
        production,
        settings,
        storage,
        api,
        peers: None,
        limits: SocketLimits {
            origins: args.allow_origin.clone(),
            ..SocketLimits::of_a_developer()
        },
        postgres: None,
        report: voice.of_blocks(),
        announce: voice.of_addresses(),
        dev: Some(dev),
    })
}

/// Opens the chain, or begins one. Whatever is to be deleted is deleted last.
fn open(args: &DevArgs) -> Result<Home> {
    let given = read_genesis(args.genesis.as_deref())?;
    if args.fresh {
        given.as_deref().map(|given| begin(given, Dialect::REFERENCE)).transpose()?;
        wipe(&args.data_dir)?;
    }
    let genesis = match given {
        None if !holds_chain(&args.data_dir) => Some(made_genesis(args).into_bytes()),
        given => given,
    };
    let (history, accept_loss) = (KeepHistory::OnDisk, args.accept_loss);
    let wish =
        Wish { genesis, dialect: Dialect::REFERENCE, history, accept_loss, is_disposable: true };
    Home::open_as_wished(Arc::new(RealDisk), &args.data_dir, wish)
}

/// Refuses another interval than that of the chain that is there.
fn check_interval(args: &DevArgs, home: &Home) -> Result<()> {
    let global = home.chain().ledger().get(Id(0) as GlobalPropertyId).map_err(to_error)?;
    let found = global.parameters.block_interval;
    ensure!(
        args.block_interval.is_none_or(|wanted| wanted == found),
        "the chain in {} has {found} s between blocks, --block-interval is for a new one: add \
         --fresh, or choose another --data-dir",
        args.data_dir.display()
    );
    Ok(())
}

/// The account whose key everybody knows, if the chain has it.
fn funded_account(home: &Home) -> Option<Signer> {
    let key = account_key();
    let account = accounts::find(home.chain().ledger(), ACCOUNT, &key)?;
    Some(Signer { account, key })
}

fn voice(args: &DevArgs) -> Voice {
    match (args.quiet, args.verbose, args.json) {
        (true, _, _) => Voice::Quiet,
        (_, true, _) => Voice::Verbose,
        (_, _, true) => Voice::Json,
        _ => Voice::Plain,
    }
}

fn named(args: &DevArgs) -> Accounts {
    Accounts { seed: args.seed.clone(), count: args.accounts }
}

/// Says which chain it is, and whose keys everybody has.
fn introduce(args: &DevArgs, voice: Voice, home: &Home, is_owned: bool) {
    let chain_id = home.chain().chain_id();
    let found = named(args).found(home.chain().ledger());
    let key = account_key().to_wif();
    if voice == Voice::Json {
        let accounts: Vec<Value> = found
            .iter()
            .map(|(name, who)| json!({ "name": name, "id": who.id(), "key": who.key.to_wif() }))
            .collect();
        let owner = is_owned.then(|| json!({ "name": ACCOUNT, "key": key }));
        let said = json!({
            "chain_id": chain_id.to_json(), "account": owner, "accounts": accounts,
        });
        return tell(format_args!("{said}"));
    }
    tell(format_args!("chain id  {chain_id}"));
    tell_features(home);
    if !is_owned {
        return;
    }
    tell(format_args!("account   {ACCOUNT}"));
    tell(format_args!("key       {key}"));
    if let Some((name, _)) = found.iter().max_by_key(|(name, _)| name.len()) {
        let width = name.len();
        tell(format_args!("accounts  with {} BTS each at first:", args.balance));
        for (name, who) in &found {
            tell(format_args!("  {name:width$}  {}  {}", who.account, who.key.to_wif()));
        }
        tell(format_args!("          everybody has these keys: never use them on another chain"));
    }
}

/// Pays out the supply and makes the world of the demonstration.
fn prepare(
    args: &DevArgs,
    home: &mut Home,
    owner: &Signer,
    keys: &[PrivateKey],
) -> Result<Option<Demo>> {
    let traders = || Accounts { count: args.accounts.min(TRADERS_MAX), ..named(args) };
    let demo = args.demo.then(|| Demo { owner: owner.clone(), accounts: traders() });
    claim_supply(args, home, owner)?;
    if let Some(demo) = &demo {
        home.core.set_producers(keys.to_vec(), Production::ByTheClock);
        furnish::past(home, demo, present())?;
    }
    Ok(demo)
}

fn tools(voice: Voice, home: &Home, payer: Option<Signer>) -> Tools {
    Tools {
        payer,
        refused: voice.of_refusals(),
        reset: home.kept.is_disposable().then(Arc::default),
        snapshots: AtomicU32::new(0),
    }
}

fn made_genesis(args: &DevArgs) -> String {
    let block_interval = args.block_interval.unwrap_or(BLOCK_INTERVAL);
    let others: Vec<_> = named(args).all().map(|(name, key)| (name, key.public_key())).collect();
    make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: aligned(GENESIS_TIME, block_interval),
        witnesses: &public_keys(&witness_keys()),
        account: ACCOUNT,
        account_key: account_key().public_key(),
        others: &others,
        block_interval,
        maintenance_interval: MAINTENANCE_INTERVAL,
        features: (!args.features.is_empty()).then(|| open_families(&args.features)).as_deref(),
    })
}

/// The families that are asked for.
fn open_families(asked: &[String]) -> Vec<Family> {
    let is_asked =
        |family: &Family| asked.iter().any(|name| name == ALL_FEATURES || name == family.name());
    Family::ALL.into_iter().filter(is_asked).collect()
}

/// Says which families of contracts are open.
fn tell_features(home: &Home) {
    let ledger = home.chain().ledger();
    let open = Family::ALL.into_iter().filter(|family| is_open(ledger, *family));
    let names: Vec<String> = open.map(|family| family.name().to_owned()).collect();
    if ledger.tables.opted_in() {
        tell(format_args!("features  {}", names.join(", ")));
    }
}

fn producer_keys(args: &DevArgs) -> Result<Vec<PrivateKey>> {
    if args.witness_key.is_empty() {
        ensure!(args.genesis.is_none(), "--genesis needs the --witness-key of a producer");
        return Ok(witness_keys());
    }
    let read = |wif: &String| PrivateKey::from_wif(wif).context("--witness-key is no private key");
    args.witness_key.iter().map(read).collect()
}

/// The genesis gives the supply to a key; the account's first transaction claims it, and gives the
/// other accounts their part.
fn claim_supply(args: &DevArgs, home: &mut Home, owner: &Signer) -> Result<()> {
    let ledger = home.chain().ledger();
    let Some(balance) = ledger.tables.claims.iter().next() else { return Ok(()) };
    let claim = json!({
        "deposit_to_account": owner.id(),
        "balance_to_claim": balance.id.to_json(),
        "balance_owner_key": owner.key.public_key().to_json_in(ledger.dialect),
        "total_claimed": balance.balance.to_json(),
    });
    let amount = json!({ "amount": i64::from(args.balance) * COIN, "asset_id": "1.3.0" });
    let gift = |(_, to): (String, Signer)| {
        ("transfer", json!({ "from": owner.id(), "to": to.id(), "amount": amount }))
    };
    let mut operations = vec![("balance_claim", claim)];
    operations.extend(named(args).found(ledger).into_iter().map(gift));
    let chain_id = *home.chain().chain_id();
    let transaction = owner.transaction(ledger, &chain_id, Clock.now(), &operations)?;
    let recovered = RecoveredTransaction::new(transaction, &chain_id, Recover::Signatures);
    home.step(present(), Input::Transaction(Arc::new(recovered), Trust::Nobody))
        .context("the supply cannot be claimed")?;
    Ok(())
}

fn present() -> Now {
    Now(Clock.milliseconds())
}

/// A chain without blocks gets its first before anybody can ask: clients build on the block after
/// the last irreversible one and stumble where there is none.
fn produce_first_block(
    home: &mut Home,
    keys: &[PrivateKey],
    report: fn(&AppliedBlock),
) -> Result<()> {
    if home.chain().head_number() > 0 {
        return Ok(());
    }
    home.core.set_producers(keys.to_vec(), Production::ByTheClock);
    for event in &home.step(present(), Input::Tick)? {
        if let ChainEvent::Applied(applied) = event {
            report(applied);
        }
    }
    Ok(())
}
