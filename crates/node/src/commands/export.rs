//! `carbyne export`: the blocks of a data directory, one JSON object a line.

use crate::cli::ExportArgs;
use crate::home::{identity_of, progress};
use crate::output;
use anyhow::{Context, Error, Result, bail, ensure};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_store::{BlockLog, BlockReader, DataDir, Disk, LoggedBlock, RealDisk};
use carbyne_wire::{Dialect, JsonIn, Tags, unpack_exact};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

/// Writes the blocks.
pub fn run(args: &ExportArgs) -> Result<()> {
    let identity = identity_of(&args.data_dir)?;
    let data = DataDir::look_on(&RealDisk, &args.data_dir, &identity)?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let (log, _) = BlockLog::look(disk, &data.blocks(), &identity)?;
    let numbers = wanted(args, &log)?;
    if args.file.as_os_str() == "-" {
        let mut out = BufWriter::new(io::stdout().lock());
        return write(&mut out, &log, numbers, &output::failed);
    }
    let (first, last) = (*numbers.start(), *numbers.end());
    to_file(&args.file, &log, numbers)?;
    output::line(format_args!("blocks {first} to {last} in {}", args.file.display()))
}

/// The numbers of the blocks to write; refused if they are not there.
fn wanted(args: &ExportArgs, log: &BlockReader) -> Result<RangeInclusive<u32>> {
    let dir = args.data_dir.display();
    let (Some(lowest), Some((head, _))) = (log.first(), log.head()) else {
        bail!("there are no blocks in {dir}");
    };
    let (from, to) = (args.from.unwrap_or(lowest), args.to.unwrap_or(head));
    for number in [from, to] {
        ensure!(
            (lowest..=head).contains(&number),
            "there is no block {number} in {dir}, it has blocks {lowest} to {head}"
        );
    }
    ensure!(from <= to, "there is nothing from block {from} to block {to}");
    Ok(from..=to)
}

fn to_file(path: &Path, log: &BlockReader, numbers: RangeInclusive<u32>) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let mut out = BufWriter::new(File::create_new(path).with_context(what)?);
    let written = write(&mut out, log, numbers, &|error| Error::new(error).context(what()));
    if written.is_err() {
        // Half an export is of no use, and in the way of the next.
        let _the_first_error_counts = std::fs::remove_file(path);
    }
    written
}

fn write(
    out: &mut impl Write,
    log: &BlockReader,
    numbers: RangeInclusive<u32>,
    failed: &dyn Fn(io::Error) -> Error,
) -> Result<()> {
    let (first, last) = numbers.into_inner();
    let bar = progress(u64::from(last - first) + 1, "exporting");
    for logged in log.blocks_from(first) {
        let logged = logged?;
        if logged.number > last {
            break;
        }
        writeln!(out, "{}", line(&logged)?).map_err(failed)?;
        bar.inc(1);
    }
    out.flush().map_err(failed)?;
    bar.finish_and_clear();
    Ok(())
}

fn line(logged: &LoggedBlock) -> Result<serde_json::Value> {
    let block: SignedBlock = unpack_exact(&logged.bytes, Tags::All)
        .with_context(|| format!("block {} of the log cannot be read", logged.number))?;
    Ok(json!({
        "num": logged.number,
        "id": block.id().to_string(),
        "hex": hex::encode(&logged.bytes),
        "json": block.to_json_in(Dialect::REFERENCE),
    }))
}
