//! `carbyne completions`: shell completions.

use crate::cli::Cli;
use clap::CommandFactory;

/// Prints the script for `shell`.
pub fn run(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut Cli::command(), "carbyne", &mut std::io::stdout());
}
