//! `carbyne sink`: prepares other databases and says where they stand.

use crate::cli::{PostgresArgs, PostgresCommand, SinkCommand};
use crate::config::Config;
use anyhow::{Context, Result};
use carbyne_sink::{Settings, Status, connect, schema};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the node may take to say where it stands.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

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
    match before {
        schema::VERSION => println!("schema {} is there already", settings.schema),
        0 => println!("schema {} made, version {}", settings.schema, schema::VERSION),
        _ => println!("schema {} raised from version {before}", settings.schema),
    }
    Ok(())
}

fn status(args: &PostgresArgs) -> Result<()> {
    let (settings, config) = read(args)?;
    let status = Status::read(&mut connect(&settings)?, &settings.schema)?;
    match status.chain_id {
        Some(chain_id) => println!("chain id    {chain_id}"),
        None => println!("chain id    none yet, nothing was written"),
    }
    println!("block       {} {}", status.block, status.id);
    println!("indexes     {}", if status.is_indexed { "made" } else { "when it has caught up" });
    println!("bytes       {}", status.bytes);
    for (table, rows) in &status.rows {
        println!("rows        {rows:>12} {table} (estimated)");
    }
    if let Some(config) = config {
        print_node(&config, &status);
    }
    Ok(())
}

/// Where the database stands beside the node.
fn print_node(config: &Config, status: &Status) {
    let health = match ask(config.api.listen, "/health") {
        Ok(health) => health,
        Err(error) => {
            println!("node        does not answer at {}: {error:#}", config.api.listen);
            return;
        }
    };
    let head = health["head_block_number"].as_u64().unwrap_or(0);
    println!("node        {head}");
    let ours = health["chain_id"].as_str().unwrap_or_default();
    if status.chain_id.is_some_and(|theirs| theirs.to_string() != ours) {
        println!("behind      never: the node has another chain, {ours}");
    } else {
        println!("behind      {} blocks", head.saturating_sub(status.block.into()));
    }
}

/// Gets a page of JSON from the node.
fn ask(address: SocketAddr, path: &str) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("its answer is no HTTP")?;
    Ok(serde_json::from_str(body)?)
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
    has_place.then_some(()).context("[sink.postgres] is missing in the configuration")?;
    Ok((settings, config))
}
