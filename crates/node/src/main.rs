//! The `carbyne` command.
fn main() {}
