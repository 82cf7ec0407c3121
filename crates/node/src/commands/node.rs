//! `carbyne node`: a witness or API node from a configuration file.

use crate::cli::NodeArgs;
use crate::clock::Clock;
use crate::commands::snapshot::{Bring, take_in};
use crate::config::{Config, EXAMPLE};
use crate::core::{Production, Storage};
use crate::dev::report::addresses;
use crate::genesis::tags_of;
use crate::home::{Home, Wish, holds_chain, read_genesis};
use crate::output;
use crate::p2p;
use crate::producers;
use crate::run::{Service, listen, serve};
use anyhow::{Context, Result, bail, ensure};
use carbyne_api::Settings;
use carbyne_chain::AppliedBlock;
use carbyne_crypto::hash::sha256;
use carbyne_store::RealDisk;
use carbyne_wire::{Dialect, Digest, TimePointSec};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs the node, or prints a configuration file.
pub fn run(args: &NodeArgs) -> Result<()> {
    if args.print_config {
        return output::text(EXAMPLE);
    }
    let path = args.config.as_deref().context("--config is missing")?;
    let mut config = Config::read(path)?;
    config.p2p.listen = args.p2p_endpoint.or(config.p2p.listen);
    config.p2p.seeds.extend(args.seed_node.iter().cloned());
    let snapshot = Given::of(&args.snapshot_from, args.snapshot_hash.as_deref())?;
    if let Some(Given::Peers { from, .. }) = &snapshot {
        // The blocks behind the state are theirs, too.
        config.p2p.seeds.extend(from.iter().cloned());
    }
    let peers = config.p2p.settings(config.data_dir.join("p2p"));
    let dialect = Dialect::new(&config.chain.address_prefix).context("[chain] address_prefix")?;
    let genesis = read_genesis(config.genesis.as_deref())?;
    let keys = producers::find(&config.witness, &config.data_dir)?;
    let settings = Settings {
        enable_subscribe_to_all: config.api.enable_subscribe_to_all,
        open: config.api.open_sets()?,
        ..Settings::default()
    };
    ensure!(
        genesis.is_some() || snapshot.is_some() || holds_chain(&config.data_dir),
        "there is no chain in {}: say in {} which `genesis` it is to begin with, or give a \
         snapshot with `--snapshot-from`",
        config.data_dir.display(),
        path.display()
    );
    output::start_writer();
    let api = listen(config.api.listen, "[api] listen")?;
    let place = peers.as_ref().and_then(|peers| peers.listen);
    let p2p = place.map(|place| listen(place.into(), "[p2p] listen")).transpose()?;
    if let Some(given) = snapshot {
        begin_with(given, &config.data_dir, genesis.clone(), peers.clone())?;
    }
    let (history, accept_loss) = ((&config.history).into(), args.accept_loss);
    let wish = Wish { genesis, dialect, history, accept_loss, is_disposable: false };
    let home = Home::open_as_wished(Arc::new(RealDisk), &config.data_dir, wish)?;
    tracing::info!(
        chain_id = %home.chain().chain_id(),
        head = home.chain().head_number(),
        snapshot = home.began_at,
        "open"
    );
    let signers = keys.guard(&config.data_dir)?;
    if signers.is_empty() {
        tracing::info!("no private_keys: this node makes no blocks, it takes what others send it");
    }
    let storage = Storage {
        enable_stale_production: config.witness.enable_stale_production,
        ..(&config.storage).into()
    };
    serve(Service {
        home,
        signers,
        production: Production::ByTheClock,
        settings,
        storage,
        api,
        peers: peers.map(|settings| (p2p, settings)),
        limits: (&config).into(),
        postgres: config.sink.postgres.as_ref().map(Into::into),
        report,
        announce: addresses,
        dev: None,
    })
}

/// Where a snapshot is to come from.
enum Given {
    File(PathBuf),
    Peers { from: Vec<String>, hash: Option<Digest<32>> },
}

impl Given {
    /// A file that is there, or peers; none if nothing is named.
    fn of(named: &[String], hash: Option<&str>) -> Result<Option<Self>> {
        let is_file = |name: &String| {
            let has_port =
                name.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            !has_port || Path::new(name).exists()
        };
        let (hash, from) = (hash.map(parse_hash).transpose()?, named.to_vec());
        match named {
            [] => Ok(None),
            [file] if is_file(file) => {
                ensure!(hash.is_none(), "--snapshot-hash is for what a node gives");
                Ok(Some(Self::File(file.into())))
            }
            _ if named.iter().any(is_file) => {
                bail!("--snapshot-from names one file, or nodes as HOST:PORT")
            }
            _ => Ok(Some(Self::Peers { from, hash })),
        }
    }
}

fn parse_hash(text: &str) -> Result<Digest<32>> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).context("--snapshot-hash has 64 hexadecimal digits")?;
    Ok(Digest(bytes))
}

/// Takes a snapshot into a directory that holds no chain yet: one that does goes on with its own,
/// so that a service can be started again with the same command.
fn begin_with(
    given: Given,
    data_dir: &Path,
    genesis: Option<Vec<u8>>,
    settings: Option<p2p::Settings>,
) -> Result<()> {
    if holds_chain(data_dir) {
        tracing::info!(data_dir = %data_dir.display(), "holds a chain: no snapshot is taken in");
        return Ok(());
    }
    let (file, bring) = match given {
        Given::File(file) => (file, Bring::Copy),
        Given::Peers { from, hash } => {
            let genesis = genesis.as_deref().context(
                "a state of a node is taken only of the chain of a `genesis`: name its file",
            )?;
            let chain_id = Digest(sha256(genesis));
            let mut settings = settings.context("there are no peers")?;
            settings.net.tags = tags_of(genesis);
            (p2p::take(p2p::Taking { from, hash, chain_id, settings })?, Bring::Move)
        }
    };
    let taken = take_in(data_dir, genesis, &file, bring)?;
    tracing::info!(block = taken.number, hash = %Digest(taken.hash), "took in the snapshot");
    Ok(())
}

/// Blocks older than so many seconds come in heaps.
const PAST_FROM: u32 = 300;
/// How often one of those is told of.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// When a block of the past was told of last.
static TOLD: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether a line is due: for every block that was just made, once in a while for old ones.
fn is_to_be_told(time: TimePointSec) -> bool {
    if time.0.saturating_add(PAST_FROM) >= Clock.now().0 {
        return true;
    }
    let mut told = TOLD.lock();
    let is_due = told.is_none_or(|told| told.elapsed() >= TELL_EVERY);
    if is_due {
        *told = Some(Instant::now());
    }
    is_due
}

fn report(applied: &AppliedBlock) {
    let block = applied.block.block();
    if !is_to_be_told(block.header().timestamp) {
        return;
    }
    tracing::info!(
        number = block.block_num(),
        time = %block.header().timestamp,
        witness = %block.header().witness,
        transactions = block.transactions.len(),
        operations = applied.operations.len(),
        irreversible = applied.last_irreversible,
        "block"
    );
}
