//! `carbyne sink`: prepares other databases and says where they stand.

use crate::cli::{PostgresArgs, PostgresCommand, SinkCommand};
use crate::client;
use crate::config::Config;
use crate::output::{describe, line};
use anyhow::{Context, Result};
use carbyne_sink::{Settings, Status, connect, schema};

/// Does what the command says.
pub fn run(command: &SinkCommand) -> Result<()> {
    let SinkCommand::Postgres { command } = command;
    match command {
        PostgresCommand::Init(args) => init(args),
        PostgresCommand::Status(args) => status(args),
    }
}

fn init(args: &PostgresArgs) -> Result<()> {
    let (settings, _) = read(args)?;
    let before = schema::init(&mut connect(&settings)?, &settings.schema)?;
    let schema = &settings.schema;
    match before {
        schema::VERSION => line(format_args!("schema {schema} is there already")),
        0 => line(format_args!("schema {schema} made, version {}", schema::VERSION)),
        _ => line(format_args!("schema {schema} raised from version {before}")),
    }
}

fn status(args: &PostgresArgs) -> Result<()> {
    let (settings, config) = read(args)?;
    let status = Status::read(&mut connect(&settings)?, &settings.schema)?;
    match status.chain_id {
        Some(chain_id) => line(format_args!("chain id    {chain_id}"))?,
        None => line(format_args!("chain id    none yet, nothing was written"))?,
    }
    line(format_args!("block       {} {}", status.block, status.id))?;
    let indexes = if status.is_indexed { "made" } else { "when it has caught up" };
    line(format_args!("indexes     {indexes}"))?;
    line(format_args!("bytes       {}", status.bytes))?;
    for (table, rows) in &status.rows {
        line(format_args!("rows        {rows:>12} {table} (estimated)"))?;
    }
    config.map_or(Ok(()), |config| print_node(&config, &status))
}

/// Where the database stands beside the node.
fn print_node(config: &Config, status: &Status) -> Result<()> {
    let health = match client::get(config.api.listen, "/health") {
        Ok(health) => health,
        Err(error) => {
            let (address, why) = (config.api.listen, describe(&error));
            return line(format_args!("node        does not answer at {address}: {why}"));
        }
    };
    let head = health["head_block_number"].as_u64().unwrap_or(0);
    line(format_args!("node        {head}"))?;
    let ours = health["chain_id"].as_str().unwrap_or_default();
    if status.chain_id.is_some_and(|theirs| theirs.to_string() != ours) {
        line(format_args!("behind      never: the node has another chain, {ours}"))
    } else {
        line(format_args!("behind      {} blocks", head.saturating_sub(status.block.into())))
    }
}

/// The database that the options name, and the configuration file if one was given.
fn read(args: &PostgresArgs) -> Result<(Settings, Option<Config>)> {
    let config = args.config.as_deref().map(Config::read).transpose()?;
    let given = config.as_ref().and_then(|config| config.sink.postgres.as_ref());
    let mut settings = given.map(Settings::from).unwrap_or_default();
    if let Some(url) = &args.url {
        settings.url.clone_from(url);
    }
    if let Some(schema) = &args.schema {
        settings.schema.clone_from(schema);
    }
    let has_place = given.is_some() || args.url.is_some();
    has_place.then_some(()).context(
        "the configuration has no [sink.postgres]: add it, or say with --url where PostgreSQL is",
    )?;
    Ok((settings, config))
}
