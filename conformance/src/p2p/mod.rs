//! Connections between nodes: what a node of the reference sent and received, worked out again.

mod codec;
mod transcript;

use crate::recording;
use crate::report::Report;
use std::io;
use std::path::Path;

/// Checks the recorded connections of a folder: every key exchange, every encrypted write and every
/// message. The chain of the nodes is in another folder.
pub fn run(dir: &Path, _chain: &Path) -> io::Result<Report> {
    let path = recording::find(dir, "transcript")?;
    let entries = transcript::read(&path)?;
    let mut report = Report::default();
    codec::check(&entries, &recording::name(&path), &mut report);
    Ok(report)
}
