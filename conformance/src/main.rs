//! The `conformance` command: reads recordings of the reference and says where Carbyne differs.
//!
//! Everything is in the library; this file only reads the command line and prints.

use clap::{Parser, Subcommand};
use conformance::report::Report;
use conformance::scenarios::Options;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares Carbyne with recordings of the reference.
#[derive(Parser)]
#[command(name = "conformance", version)]
struct Arguments {
    /// Print JSON, one object per line, instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check bytes, JSON and digests of operations, transactions, blocks and keys.
    Wire {
        /// Folder with the recordings.
        dir: PathBuf,
    },
    /// Bring a chain to a recorded state and ask it what the reference was asked.
    Api {
        /// Folder with the recordings.
        dir: PathBuf,
    },
    /// Work out recorded connections between nodes again, bytes and behaviour.
    P2p {
        /// Folder with the recording of the connections.
        dir: PathBuf,
        /// Folder with the recording of the chain.
        chain: PathBuf,
    },
    /// Write the pages of the API into `docs/api`.
    Pages {
        /// Root of the repository.
        #[arg(default_value = ".")]
        repository: PathBuf,
    },
    /// Do recorded scenarios again and compare every outcome and every object.
    Scenarios {
        /// Files, or folders of files.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Leave out transactions that are not in blocks.
        #[arg(long)]
        blocks_only: bool,
        /// Also compare a hash of the whole state around whatever is refused: slow.
        #[arg(long)]
        thorough: bool,
        /// Threads to use; 0 for one per processor.
        #[arg(long, default_value_t = 0)]
        threads: usize,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match &arguments.command {
        Command::Wire { dir } => conformance::wire::run(dir),
        Command::Api { dir } => conformance::api::run(dir),
        Command::P2p { dir, chain } => conformance::p2p::run(dir, chain),
        Command::Scenarios { paths, blocks_only, thorough, threads } => {
            let (blocks_only, thorough, threads) = (*blocks_only, *thorough, *threads);
            conformance::scenarios::run(paths, Options { blocks_only, thorough, threads })
        }
        Command::Pages { repository } => {
            let written = conformance::pages::write(repository);
            written.map(|passed| Report { passed, ..Report::default() })
        }
    };
    match report {
        Ok(report) => finish(&report, arguments.json),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn finish(report: &Report, json: bool) -> ExitCode {
    print!("{}", if json { report.json_lines() } else { report.text() });
    if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
