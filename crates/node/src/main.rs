//! The `carbyne` command: reads the command line and says what went wrong. Everything else is in
//! the library.

use carbyne_node::cli::{Cli, Command};
use carbyne_node::{commands, output};
use carbyne_wallet::{cli as wallet, everyday};
use clap::Parser;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// What is logged unless RUST_LOG says otherwise: of the database under history only what is wrong.
const LOGGED: &str = "info,fjall=warn,lsm_tree=warn";

fn main() -> ExitCode {
    carbyne_bench::tune_allocator();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| output::Log)
        .with_ansi(output::has_colours())
        .init();
    let ended = run(&Cli::parse().command);
    let code = match ended {
        Err(error) if !output::is_closed(&error) => {
            output::note(format_args!("{}", output::describe(&error)));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    };
    output::finish();
    code
}

fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Dev(args) => commands::dev::run(args),
        Command::Faucet(args) => commands::faucet::run(args),
        Command::Node(args) => commands::node::run(args),
        Command::Testnet(args) => commands::testnet::run(args),
        Command::Signer(args) => commands::signer::run(args),
        Command::Wallet(args) => wallet::run(args),
        Command::Account { command } => everyday::account(command),
        Command::Transfer(args) => everyday::transfer(args),
        Command::Balance(args) => everyday::balance(args),
        Command::Trade(args) => everyday::trade(args),
        Command::Tx(args) => everyday::tx(args),
        Command::Call(args) => everyday::call(args),
        Command::Watch(args) => everyday::watch(args),
        Command::Keys { command } => commands::keys::run(command),
        Command::Genesis { command } => commands::genesis::run(command),
        Command::Export(args) => commands::export::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Snapshot { command } => commands::snapshot::run(command),
        Command::Sink { command } => commands::sink::run(command),
        Command::History { command } => commands::history::run(command),
        Command::Check(args) => commands::check::run(args),
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Openrpc => commands::openrpc::run(),
        Command::Completions { shell } => commands::completions::run(*shell),
    }
}
