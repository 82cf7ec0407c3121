//! `carbyne dev`: a chain on this machine with one command.
//!
//! Its producers' keys and the key of the funded account are derived from fixed words, so that
//! scripts can rely on them; a chain that matters uses keys of its own.

use crate::cli::DevArgs;
use crate::clock::Clock;
use crate::commands::genesis::aligned;
use crate::core::{Production, Storage, public_keys, to_error};
use crate::genesis::{Recipe, make};
use crate::guard::SocketLimits;
use crate::home::{Home, KeepHistory, Wish, begin, holds_chain, read_genesis, wipe};
use crate::output::{self, tell};
use crate::run::{Service, listen, serve};
use anyhow::{Context, Result, bail, ensure};
use carbyne_api::Settings;
use carbyne_api::methods::ApiSet;
use carbyne_chain::{AppliedBlock, BlockSigner, ChainEvent};
use carbyne_core::{Input, Now};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_protocol::ids::{AccountId, GlobalPropertyId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::balance::BalanceClaim;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_store::RealDisk;
use carbyne_wire::{Id, TimePointSec};
use std::sync::Arc;

/// Witnesses of a genesis that is made: eleven, so that irreversible blocks stay behind the head.
const WITNESSES: usize = 11;
/// The funded account.
const ACCOUNT: &str = "dev";
/// Seconds between maintenances of a genesis that is made.
const MAINTENANCE_INTERVAL: u32 = 300;
/// Seconds between blocks of a genesis that is made, unless told otherwise.
const BLOCK_INTERVAL: u8 = 1;

fn account_key() -> PrivateKey {
    PrivateKey::from_seed("carbyne dev account")
}

fn witness_keys() -> Vec<PrivateKey> {
    (0..WITNESSES).map(|n| PrivateKey::from_seed(&format!("carbyne dev witness {n}"))).collect()
}

/// Starts the chain and serves it until it is told to stop.
pub fn run(args: &DevArgs) -> Result<()> {
    output::start_writer();
    let api = listen(args.api, "--api")?;
    let keys = producer_keys(args)?;
    let mut home = open(args)?;
    check_interval(args, &home)?;
    tell(format_args!("chain id  {}", home.chain().chain_id()));
    if let Some(account) = funded_account(&home) {
        claim_supply(&mut home, account)?;
        tell(format_args!("account   {ACCOUNT}"));
        tell(format_args!("key       {}", account_key().to_wif()));
    } else if args.witness_key.is_empty() {
        bail!(
            "the chain in {} began with a genesis of its own: give the --witness-key of one of its \
             producers",
            args.data_dir.display()
        );
    }
    produce_first_block(&mut home, &keys)?;
    let production = if args.instant { Production::Instant } else { Production::ByTheClock };
    let mut open = ApiSet::DEFAULT.to_vec();
    open.extend([ApiSet::Block, ApiSet::Asset, ApiSet::Crypto]);
    if args.instant {
        open.push(ApiSet::Dev);
    }
    let settings = Settings { enable_subscribe_to_all: true, open, ..Settings::default() };
    let storage = Storage { snapshot_every: args.snapshot_every, ..Storage::default() };
    serve(Service {
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
        report,
    })
}

/// Opens the chain, or begins one. Whatever is to be deleted is deleted last.
fn open(args: &DevArgs) -> Result<Home> {
    let given = read_genesis(args.genesis.as_deref())?;
    if args.fresh {
        given.as_deref().map(begin).transpose()?;
        wipe(&args.data_dir)?;
    }
    let genesis = match given {
        None if !holds_chain(&args.data_dir) => Some(made_genesis(args).into_bytes()),
        given => given,
    };
    let (history, accept_loss) = (KeepHistory::OnDisk, args.accept_loss);
    let wish = Wish { genesis, history, accept_loss, is_disposable: true };
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
fn funded_account(home: &Home) -> Option<AccountId> {
    let ledger = home.chain().ledger();
    let account: AccountId = ledger.tables.accounts.index().find(&ACCOUNT.into())?;
    let keys = &ledger.find(account)?.active.key_auths;
    keys.contains_key(&account_key().public_key()).then_some(account)
}

fn made_genesis(args: &DevArgs) -> String {
    let block_interval = args.block_interval.unwrap_or(BLOCK_INTERVAL);
    // So early that the first block is due.
    let time = TimePointSec(Clock.now().0.saturating_sub(block_interval.into()));
    make(&Recipe {
        time: aligned(time, block_interval),
        witnesses: &public_keys(&witness_keys()),
        account: ACCOUNT,
        account_key: account_key().public_key(),
        block_interval,
        maintenance_interval: MAINTENANCE_INTERVAL,
    })
}

fn producer_keys(args: &DevArgs) -> Result<Vec<PrivateKey>> {
    if args.witness_key.is_empty() {
        ensure!(args.genesis.is_none(), "--genesis needs the --witness-key of a producer");
        return Ok(witness_keys());
    }
    let read = |wif: &String| PrivateKey::from_wif(wif).context("--witness-key is no private key");
    args.witness_key.iter().map(read).collect()
}

/// The genesis gives the supply to a key; the account's first transaction claims it.
fn claim_supply(home: &mut Home, account: AccountId) -> Result<()> {
    let ledger = home.chain().ledger();
    let Some(balance) = ledger.tables.claims.iter().next() else { return Ok(()) };
    let key = account_key();
    let claim = BalanceClaim {
        fee: Asset::core(0),
        deposit_to_account: account,
        balance_to_claim: balance.id,
        balance_owner_key: key.public_key(),
        total_claimed: balance.balance,
    };
    let now = Clock.now();
    let head = home.chain().head_id();
    let mut transaction = SignedTransaction {
        ref_block_num: home.chain().head_number() as u16,
        ref_block_prefix: ref_block_prefix(&head),
        expiration: now.max(ledger.head_time().map_err(to_error)?).wrapping_add(3_600),
        operations: [claim.into()].into(),
        ..SignedTransaction::default()
    };
    transaction.sign(&key, home.chain().chain_id());
    let recovered =
        RecoveredTransaction::new(transaction, home.chain().chain_id(), Recover::Signatures);
    home.step(present(), Input::Transaction(Arc::new(recovered), Trust::Nobody))
        .context("the supply cannot be claimed")?;
    Ok(())
}

fn present() -> Now {
    Now(Clock.milliseconds())
}

/// A chain without blocks gets its first before anybody can ask: clients build on the block after
/// the last irreversible one and stumble where there is none.
fn produce_first_block(home: &mut Home, keys: &[PrivateKey]) -> Result<()> {
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

/// One line per block.
fn report(applied: &AppliedBlock) {
    let block = applied.block.block();
    tell(format_args!(
        "block {:>8}  {}  {}  {} transactions  {} operations  irreversible {}",
        block.block_num(),
        block.header().timestamp,
        block.header().witness,
        block.transactions.len(),
        applied.operations.len(),
        applied.last_irreversible,
    ));
}
