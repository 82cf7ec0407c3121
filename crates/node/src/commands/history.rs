//! `carbyne history`: makes the history of a data directory anew.

use crate::cli::HistoryCommand;
use crate::home::Home;
use anyhow::Result;
use std::path::Path;

/// Does what the command says.
pub fn run(command: &HistoryCommand) -> Result<()> {
    match command {
        HistoryCommand::Rebuild { data_dir } => rebuild(data_dir),
    }
}

fn rebuild(data_dir: &Path) -> Result<()> {
    let (number, id) = Home::rebuild_history(data_dir)?;
    println!("history  blocks 1 to {number} {id}");
    Ok(())
}
