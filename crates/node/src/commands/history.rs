//! `carbyne history`: makes the history of a data directory anew.

use crate::cli::HistoryCommand;
use crate::home::Home;
use crate::output;
use anyhow::Result;
use std::path::Path;

/// Does what the command says.
pub fn run(command: &HistoryCommand) -> Result<()> {
    match command {
        HistoryCommand::Rebuild { data_dir } => rebuild(data_dir),
    }
}

fn rebuild(data_dir: &Path) -> Result<()> {
    let (first, (last, id)) = Home::rebuild_history(data_dir)?;
    if first > last {
        return output::line(format_args!("history  none yet, it begins with block {first}"));
    }
    output::line(format_args!("history  blocks {first} to {last} {id}"))
}
