//! Unmodified clients against a real node over a real socket.

mod harness;

use harness::Dev;
use std::path::Path;
use std::process::Command;

/// Installs the packages of a client, exactly as locked, into a folder of its own.
fn install(client: &str, folder: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(client);
    for file in ["package.json", "package-lock.json", "trade.js"] {
        std::fs::copy(source.join(file), folder.join(file)).expect("the client's files");
    }
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder)
        .status()
        .expect("npm is installed");
    assert!(status.success(), "npm ci failed; the client tests need their packages");
}

#[test]
fn bitsharesjs_goes_from_connecting_to_a_trade() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    install("bitsharesjs", folder.path());
    let dev = Dev::start(&["--block-interval", "1"]);
    let output = Command::new("node")
        .args(["trade.js", &dev.url, &dev.chain_id, &dev.account, &dev.key])
        .current_dir(folder.path())
        .output()
        .expect("node is installed");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the client failed\n{out}\n{err}\nnode said\n{}", dev.said());
}
