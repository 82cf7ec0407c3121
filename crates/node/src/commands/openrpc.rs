//! `carbyne openrpc`: the interface as an OpenRPC document.

use std::io::Write;

/// Prints the document.
pub fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&carbyne_api::openrpc::document())?;
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
