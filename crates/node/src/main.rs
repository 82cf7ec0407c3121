//! The `carbyne` command: the real world around the chain. Threads, sockets, clock, files and signing keys live
//! here; a rule of the chain never does.

mod cli;
mod clock;
mod commands;
mod config;
mod core;
mod genesis;
mod home;
mod run;
mod server;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("carbyne: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Dev(args) => commands::dev::run(args),
        Command::Node(args) => commands::node::run(args),
        Command::Keys { command } => commands::keys::run(command),
        Command::Genesis { command } => commands::genesis::run(command),
        Command::Export(args) => commands::export::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Completions { shell } => {
            commands::completions::run(*shell);
            Ok(())
        }
    }
}
