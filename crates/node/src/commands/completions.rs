//! `carbyne completions`: shell completions.

use crate::cli::Cli;
use crate::output;
use anyhow::Result;
use clap::CommandFactory;

/// Prints the script for `shell`.
pub fn run(shell: clap_complete::Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "carbyne", &mut script);
    output::text(&String::from_utf8_lossy(&script))
}
