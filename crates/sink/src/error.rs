//! Why the database cannot be fed: typed, each with what the operator can do.

use carbyne_wire::Digest;
use std::error::Error as _;

/// What went wrong in a source.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Why the database cannot be fed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL refused, or is not there.
    #[error("PostgreSQL: {}", described(.0))]
    Postgres(postgres::Error),
    /// The name of the schema would need quotes.
    #[error("\"{0}\" is no name of a schema: use up to 63 small letters, digits and underscores")]
    SchemaName(String),
    /// There is no schema yet.
    #[error("there is no schema \"{0}\" in the database: run `carbyne sink postgres init`")]
    NoSchema(String),
    /// The schema is of another version.
    #[error(
        "schema \"{schema}\" has version {found}, this node writes version {wanted}: {}",
        if found < wanted { "run `carbyne sink postgres init`" } else { "update the node" }
    )]
    SchemaVersion {
        /// Its name.
        schema: String,
        /// Its version.
        found: i16,
        /// The version that is written here.
        wanted: i16,
    },
    /// The schema holds the history of another chain.
    #[error(
        "the schema holds chain {found}, this node has chain {ours}: give it a schema of its own"
    )]
    OtherChain {
        /// The chain in the database.
        found: Digest<32>,
        /// The chain of the source.
        ours: Digest<32>,
    },
    /// The source does not have the block that comes next.
    #[error(
        "this node does not have block {0}, it began at a snapshot: let a node with all blocks \
         feed the database first"
    )]
    MissingBlock(u32),
    /// The database holds what no node wrote.
    #[error("the schema is damaged: {0}")]
    Damaged(&'static str),
    /// The source cannot be read.
    #[error("the history cannot be read: {0}")]
    Source(SourceError),
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

/// The message alone hides what the server said, which is among its causes.
fn described(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        inner = cause.source();
    }
    text
}
