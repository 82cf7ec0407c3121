//! The connection to PostgreSQL: in clear text, so over a local socket or a tunnel.

use crate::Error;
use postgres::{Client, Config, NoTls};
use std::time::Duration;

/// How long PostgreSQL may take to answer a new connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a peer may stay silent before the connection counts as lost.
const SILENCE_LIMIT: Duration = Duration::from_secs(60);
/// PostgreSQL cuts longer names off.
const NAME_LENGTH_MAX: usize = 63;

/// What the operator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where PostgreSQL is: `postgresql://user:password@host/database` or `host=… user=… dbname=…`.
    pub url: String,
    /// The schema in which everything lies.
    pub schema: String,
    /// Operations that one transaction brings, about, while the database catches up.
    pub batch_operations: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { url: String::new(), schema: "carbyne".to_owned(), batch_operations: 50_000 }
    }
}

/// Connects, with the schema as the place of every name.
pub fn connect(settings: &Settings) -> Result<Client, Error> {
    check_name(&settings.schema)?;
    let mut config: Config = settings.url.parse()?;
    let path = format!("-c search_path={}", settings.schema);
    let options = config.get_options().map_or(path.clone(), |given| format!("{given} {path}"));
    config.options(&options).application_name("carbyne");
    config.connect_timeout(CONNECT_LIMIT).tcp_user_timeout(SILENCE_LIMIT);
    Ok(config.connect(NoTls)?)
}

/// Names that need no quotes anywhere.
fn check_name(name: &str) -> Result<(), Error> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins_well = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if begins_well && name.len() <= NAME_LENGTH_MAX && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(Error::SchemaName(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_need_quotes_are_refused() {
        for name in ["carbyne", "chain_2", "_x"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "2chains", "Carbyne", "a b", "a;b", "a\"b", &"a".repeat(64)] {
            assert!(matches!(check_name(name), Err(Error::SchemaName(_))), "{name}");
        }
    }
}
