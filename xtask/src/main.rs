//! `cargo xtask`: the commands engineers and CI run. `cargo xtask ci` is the same on a laptop and
//! in CI.

use anyhow::{Result, bail};
use std::process::Command;

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("ci") => ci(),
        Some("lint") => lint(),
        Some("test") => test(),
        Some("api-docs") => cargo(&["run", "-p", "conformance", "--", "pages"]),
        _ => bail!("usage: cargo xtask ci | lint | test | api-docs"),
    }
}

fn ci() -> Result<()> {
    lint()?;
    test()
}

/// Formatting and clippy.
fn lint() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--release", "--", "-D", "warnings"])
}

/// Every test, on a release build: the recordings need its speed.
fn test() -> Result<()> {
    cargo(&["test", "--workspace", "--release"])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    let status = Command::new(env!("CARGO")).args(arguments).status()?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}
