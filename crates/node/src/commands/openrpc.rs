//! `carbyne openrpc`: the interface as an OpenRPC document.

use crate::output;

/// Prints the document.
pub fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(carbyne_api::openrpc::document())?;
    output::line(format_args!("{text}"))
}
