//! Connections between nodes: what a node of the reference sent and received, worked out again.

mod codec;
mod host;
mod meaning;
mod replay;
mod transcript;

use crate::recording;
use crate::report::Report;
use std::io;
use std::path::Path;

/// Checks the recorded connections of a folder: every key exchange, every encrypted write, every
/// message, and on every connection what a node of ours says in the place of the recorded one. The
/// chain of the nodes is in another folder.
pub fn run(dir: &Path, chain: &Path) -> io::Result<Report> {
    let path = recording::find(dir, "transcript")?;
    let entries = transcript::read(&path)?;
    let mut report = Report::default();
    codec::check(&entries, &recording::name(&path), &mut report);
    let host = host::Host::begin(chain)?;
    replay::check(&entries, &recording::name(&path), host, &mut report);
    Ok(report)
}
