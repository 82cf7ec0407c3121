//! `carbyne node`: a witness or API node from a configuration file.

use crate::cli::NodeArgs;
use crate::config::{Config, EXAMPLE};
use crate::core::Production;
use crate::home::{Home, read_genesis};
use crate::run::{Service, serve};
use anyhow::{Context, Result};
use carbyne_api::Settings;
use carbyne_chain::AppliedBlock;
use carbyne_crypto::PrivateKey;
use carbyne_wire::set_address_prefix;

/// Runs the node, or prints a configuration file.
pub fn run(args: &NodeArgs) -> Result<()> {
    if args.print_config {
        print!("{EXAMPLE}");
        return Ok(());
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
    let home = Home::open(&config.data_dir, genesis, (&config.history).into())?;
    tracing::info!(
        chain_id = %home.chain.chain_id(),
        head = home.chain.head_number(),
        snapshot = home.began_at,
        "open"
    );
    serve(Service {
        home,
        keys,
        production: Production::ByTheClock,
        settings,
        storage: (&config.storage).into(),
        api: config.api.listen,
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
