//! `carbyne node`: a witness or API node from a configuration file.

use crate::cli::NodeArgs;
use crate::config::{Config, EXAMPLE};
use crate::core::Production;
use crate::home::{Home, Wish, holds_chain, read_genesis};
use crate::output;
use crate::run::{Service, listen, serve};
use anyhow::{Context, Result, ensure};
use carbyne_api::Settings;
use carbyne_chain::AppliedBlock;
use carbyne_crypto::PrivateKey;
use carbyne_store::RealDisk;
use carbyne_wire::set_address_prefix;
use std::sync::Arc;

/// Runs the node, or prints a configuration file.
pub fn run(args: &NodeArgs) -> Result<()> {
    if args.print_config {
        return output::text(EXAMPLE);
    }
    let path = args.config.as_deref().context("--config is missing")?;
    let config = Config::read(path)?;
    set_address_prefix(&config.chain.address_prefix);
    let genesis = read_genesis(config.genesis.as_deref())?;
    let read = |wif: &String| {
        PrivateKey::from_wif(wif).context("witness.private_keys: this is no private key")
    };
    let keys = config.witness.private_keys.iter().map(read).collect::<Result<Vec<_>>>()?;
    let settings = Settings {
        enable_subscribe_to_all: config.api.enable_subscribe_to_all,
        open: config.api.open_sets()?,
        ..Settings::default()
    };
    ensure!(
        genesis.is_some() || holds_chain(&config.data_dir),
        "there is no chain in {}: say in {} which `genesis` it is to begin with, or take in a \
         snapshot with `carbyne snapshot import`",
        config.data_dir.display(),
        path.display()
    );
    output::start_writer();
    let api = listen(config.api.listen, "[api] listen")?;
    let (history, accept_loss) = ((&config.history).into(), args.accept_loss);
    let wish = Wish { genesis, history, accept_loss, is_disposable: false };
    let home = Home::open_as_wished(Arc::new(RealDisk), &config.data_dir, wish)?;
    tracing::info!(
        chain_id = %home.chain().chain_id(),
        head = home.chain().head_number(),
        snapshot = home.began_at,
        "open"
    );
    if keys.is_empty() {
        tracing::info!("no private_keys: this node makes no blocks, it takes what others send it");
    }
    serve(Service {
        home,
        keys,
        production: Production::ByTheClock,
        settings,
        storage: (&config.storage).into(),
        api,
        limits: (&config.api).into(),
        postgres: config.sink.postgres.as_ref().map(Into::into),
        report,
    })
}

fn report(applied: &AppliedBlock) {
    let block = applied.block.block();
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
