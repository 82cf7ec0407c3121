//! `carbyne export`: the blocks of a data directory, one JSON object a line.

use crate::cli::ExportArgs;
use crate::home::{identity_of, progress};
use anyhow::{Context, Result};
use carbyne_ledger::transaction::SignedBlock;
use carbyne_store::BlockLog;
use carbyne_wire::{Json, unpack_exact};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};

/// Writes the blocks.
pub fn run(args: &ExportArgs) -> Result<()> {
    let identity = identity_of(&args.data_dir)?;
    let (log, _) = BlockLog::open(&args.data_dir.join("blocks"), &identity)?;
    let head = log.head().map_or(0, |(number, _)| number);
    let last = args.to.unwrap_or(head).min(head);
    let mut out: Box<dyn Write> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdout().lock())
    } else {
        let file = File::create(&args.file)
            .with_context(|| format!("cannot write {}", args.file.display()))?;
        Box::new(BufWriter::new(file))
    };
    let bar = progress(u64::from((last + 1).saturating_sub(args.from)), "exporting");
    for logged in log.blocks_from(args.from) {
        let logged = logged?;
        if logged.number > last {
            break;
        }
        let block: SignedBlock = unpack_exact(&logged.bytes)
            .with_context(|| format!("block {} of the log cannot be read", logged.number))?;
        let line = json!({
            "num": logged.number,
            "id": block.id().to_string(),
            "hex": hex::encode(&logged.bytes),
            "json": block.to_json(),
        });
        writeln!(out, "{line}")?;
        bar.inc(1);
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(())
}
