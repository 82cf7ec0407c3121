//! Where a database stands, for its operator.

use crate::{Error, schema, writer};
use carbyne_wire::{Digest, Hash160};
use postgres::Client;

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The chain; none before anything was written.
    pub chain_id: Option<Digest<32>>,
    /// Number of the newest block; 0 before the first.
    pub block: u32,
    /// Its id.
    pub id: Hash160,
    /// Whether the indexes for queries are there.
    pub is_indexed: bool,
    /// Rows of each table; the large ones as PostgreSQL estimates them.
    pub rows: Vec<(String, i64)>,
    /// Bytes of the tables and their indexes.
    pub bytes: i64,
}

impl Status {
    /// Asks the database.
    pub fn read(client: &mut Client, schema: &str) -> Result<Self, Error> {
        schema::check(client, schema)?;
        let select = "SELECT chain_id, block, id, is_indexed FROM meta, position";
        let row = client.query_opt(select, &[])?;
        let row = row.ok_or(Error::Damaged("table position is empty"))?;
        let chain_id: Option<&[u8]> = row.get(0);
        let select = "SELECT relname::text, greatest(reltuples, 0)::bigint,
                pg_total_relation_size(oid)
            FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
            ORDER BY relname";
        let tables = client.query(select, &[&schema])?;
        Ok(Self {
            chain_id: chain_id.map(writer::chain_id).transpose()?,
            block: writer::number(row.get(1))?,
            id: writer::id(row.get(2))?,
            is_indexed: row.get(3),
            bytes: tables.iter().map(|table| table.get::<_, i64>(2)).sum(),
            rows: tables.iter().map(|table| (table.get(0), table.get(1))).collect(),
        })
    }
}
