//! The page: its own tests, and the life of a user in a real browser on a chain with traders.

use std::path::{Path, PathBuf};
use std::process::Command;

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}

/// Runs a program in `web/`; what it said is shown if it fails.
fn run(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.current_dir(web()).args(arguments);
    command.env("CARBYNE_BIN", env!("CARGO_BIN_EXE_carbyne"));
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, errors) = (said(&output.stdout), said(&output.stderr));
    assert!(output.status.success(), "{program} {arguments:?}:\n{out}\n{errors}");
    out
}

#[test]
fn the_page_passes_its_tests_and_serves_the_life_of_a_user() {
    if !web().join("node_modules/.package-lock.json").is_file() {
        run("npm", &["ci", "--no-audit", "--no-fund"]);
    }
    run("npm", &["run", "check"]);
    run("npm", &["test"]);
    let said = run("npm", &["run", "browser"]);
    assert!(said.contains("done"), "{said}");
}
