//! Any bytes for every decoder that a peer, a client or a file can reach.
//!
//! A target is a function of bytes that panics when something is wrong: when a decoder does, or
//! when what it took and wrote anew is not what it reads again. Inputs are those of a corpus
//! (`corpus/NAME.hex`, one on each line, and what [`Target::seeds`] makes) and mutants of them. An
//! input that was found to break something goes into the corpus, for good.
//!
//! This room must never know what a good input is.

mod mutants;
mod targets;

pub use mutants::Mutants;
pub use targets::{ALL, Target};

use std::path::Path;

/// The inputs that are kept for a target: those made here, then those of its file.
pub fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let text = std::fs::read_to_string(dir.join(format!("{}.hex", target.name)));
    let text = text.unwrap_or_default();
    let kept = text.lines().filter(|line| !line.starts_with('#'));
    let kept = kept.filter_map(|line| hex::decode(line.trim()).ok());
    (target.seeds)().into_iter().chain(kept).collect()
}
