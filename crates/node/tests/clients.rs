//! Unmodified clients against a real node over a real socket.

mod harness;

use harness::Dev;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of a client's test.
fn source(client: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(client)
}

/// Runs a command that prepares a test; without network it fails, and so does the test.
fn prepare(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} failed; the client tests need their packages");
}

/// Installs the npm packages of a client, exactly as locked, into a folder of its own.
fn install(client: &str, folder: &Path) {
    for file in ["package.json", "package-lock.json", "trade.js"] {
        std::fs::copy(source(client).join(file), folder.join(file)).expect("the client's files");
    }
    prepare(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(folder),
    );
}

/// Makes a virtual environment with the Python packages of a client; gives back its interpreter.
fn environment(client: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(client);
    prepare(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let python = folder.join("bin").join("python");
    prepare(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(source(client).join("requirements.txt")),
    );
    python
}

/// Runs a client's script against a new chain.
fn trade(client: &mut Command) {
    let dev = Dev::start(&["--block-interval", "1"]);
    let output = client
        .args([&dev.url, &dev.chain_id, &dev.account, &dev.key])
        .output()
        .unwrap_or_else(|error| panic!("{client:?}: {error}"));
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the client failed\n{out}\n{err}\nnode said\n{}", dev.said());
}

fn trade_with_node(client: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    install(client, folder.path());
    trade(Command::new("node").arg("trade.js").current_dir(folder.path()));
}

#[test]
fn bitsharesjs_goes_from_connecting_to_a_trade() {
    trade_with_node("bitsharesjs");
}

#[test]
fn btsdex_goes_from_connecting_to_a_trade() {
    trade_with_node("btsdex");
}

#[test]
fn python_bitshares_goes_from_connecting_to_a_trade() {
    let python = environment("python-bitshares");
    let home = tempfile::tempdir().expect("a temporary folder");
    trade(
        Command::new(python)
            .arg(source("python-bitshares").join("trade.py"))
            // Its wallet and settings go there; it takes the clock of this machine for UTC.
            .env("XDG_DATA_HOME", home.path())
            .env("TZ", "UTC"),
    );
}
