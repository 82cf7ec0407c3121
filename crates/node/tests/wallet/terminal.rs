//! The interactive wallet through a pseudo-terminal, which Python opens.

use crate::chain_here;
use std::path::Path;
use std::process::Command;

#[test]
fn somebody_sits_at_a_terminal() {
    let (folder, dev) = chain_here();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wallet/terminal.py");
    let output = Command::new("python3")
        .arg(script)
        .args([env!("CARGO_BIN_EXE_carbyne"), &dev.url, &dev.key])
        .current_dir(folder.path())
        .output()
        .expect("python3 starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
}
