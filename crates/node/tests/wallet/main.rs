//! The wallet as its users meet it: over HTTP as programs do, on the command line, and through a
//! terminal. Every test has a development chain of its own.

#[path = "../harness/mod.rs"]
mod harness;

mod contracts;
mod everyday;
mod examples;
mod files;
mod life;
mod nodes;
mod shapes;
mod terminal;

use harness::Dev;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// What `carbyne` with these words prints, in a folder; it must succeed.
fn carbyne(folder: &Path, words: &[&str]) -> String {
    let output = try_carbyne(folder, words);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The same, whatever becomes of it.
fn try_carbyne(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    command.args(words).current_dir(folder).stdin(std::process::Stdio::null());
    command.output().expect("carbyne starts")
}

/// What `carbyne` answers with `--json`.
fn json(folder: &Path, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
    let text = carbyne(folder, &words);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{words:?}: {error}: {text}"))
}

/// A chain in a folder where the commands find it by themselves.
fn chain_here() -> (tempfile::TempDir, Dev) {
    chain_here_with(&["--instant"])
}

/// One that is started with these options.
fn chain_here_with(options: &[&str]) -> (tempfile::TempDir, Dev) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dev = Dev::start_in(&folder.path().join("data").join("dev"), options);
    (folder, dev)
}
