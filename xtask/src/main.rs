//! `cargo xtask`: the commands engineers and CI run. `cargo xtask ci` is the same on a laptop and
//! in CI; it is the one place that says what a change has to pass.

mod first_steps;
mod size;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How to get the two tools that Rust does not bring.
const TOOLS: &str = "`cargo install --locked cargo-deny cargo-shear` installs what is missing";

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("ci") => ci(),
        Some("lint") => lint(),
        Some("test") => test(),
        Some("sim") => run_tool("carbyne-sim"),
        Some("fuzz") => run_tool("carbyne-fuzz"),
        Some("first-steps") => first_steps::first_steps(),
        Some("size") => size::size(),
        Some("api-docs") => cargo(&["run", "-p", "conformance", "--", "pages"]),
        _ => bail!(
            "usage: cargo xtask ci | lint | test | sim | fuzz | size | first-steps | api-docs"
        ),
    }
}

fn ci() -> Result<()> {
    lint()?;
    test()?;
    ratios()
}

/// Everything but the tests, the quickest first.
fn lint() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["shear"]).context(TOOLS)?;
    deny()?;
    cargo(&["clippy", "--workspace", "--all-targets", "--release", "--", "-D", "warnings"])?;
    without_c()?;
    docs()
}

/// What a wallet signs with, for targets that have no C compiler.
fn without_c() -> Result<()> {
    let room = ["clippy", "-p", "carbyne-protocol", "--no-default-features", "--release"];
    cargo(&[&room[..], &["--", "-D", "warnings"]].concat())
}

/// Licences, registries and duplicates of the dependencies, and their known holes where the
/// database of them can be reached.
fn deny() -> Result<()> {
    cargo(&["deny", "--version"]).context(TOOLS)?;
    let fetched = command(&["deny", "fetch", "db"]).output()?;
    if fetched.status.success() {
        return cargo(&["deny", "check"]);
    }
    let reason = String::from_utf8_lossy(&fetched.stderr);
    println!("known holes are NOT checked, their database cannot be reached: {}", reason.trim());
    cargo(&["deny", "check", "bans", "licenses", "sources"])
}

/// The documentation, without a warning.
fn docs() -> Result<()> {
    let arguments = ["doc", "--no-deps", "--workspace", "--release"];
    run(command(&arguments).env("RUSTDOCFLAGS", "-D warnings"), &arguments)
}

/// Every test, on a release build: the recordings need its speed.
fn test() -> Result<()> {
    cargo(&["test", "--workspace", "--release"])
}

/// Every benchmark, small, with the program that the tests left: what became far slower than its
/// yardstick is refused.
fn ratios() -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let arguments = ["bench", "all", "--check"];
    run(Command::new(PathBuf::from(target).join("release/carbyne")).args(arguments), &arguments)
}

/// A tool that tries much and says what fails: simulated worlds, mutants for decoders. It takes the
/// rest of the command line.
fn run_tool(package: &str) -> Result<()> {
    let given: Vec<String> = std::env::args().skip(2).collect();
    let mut arguments = vec!["run", "--release", "-p", package, "--"];
    arguments.extend(given.iter().map(String::as_str));
    cargo(&arguments)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(&mut command(arguments), arguments)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments);
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> Result<()> {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let line = format!("{} {}", program.display(), arguments.join(" "));
    println!("{line}");
    let status = command.status()?;
    if !status.success() {
        bail!("{line} failed");
    }
    Ok(())
}
