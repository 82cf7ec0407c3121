//! The schema in the database and its versions. Invariant: step N of `STEPS` leads from version
//! N to N + 1 and never changes once it was released.

use crate::Error;
use carbyne_protocol::ops::Operation;
use postgres::{Client, GenericClient, Transaction};

/// What leads from each version to the next; version 0 is no schema.
const STEPS: [&str; 1] = [include_str!("../sql/1.sql")];
/// The version that is written.
pub const VERSION: i16 = STEPS.len() as i16;
/// What only speeds up queries.
pub(crate) const INDEXES: &str = include_str!("../sql/indexes.sql");
/// The lock that keeps two from changing the schema at once: "carbyne" in ASCII.
const LOCK: i64 = 0x0063_6172_6279_6e65;

/// Creates the schema or brings it to [`VERSION`]; the version before comes out. Doing it again
/// changes nothing.
pub fn init(client: &mut Client, schema: &str) -> Result<i16, Error> {
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let found = version(&mut transaction, schema)?.unwrap_or(0);
    if found > VERSION {
        return Err(Error::SchemaVersion { schema: schema.to_owned(), found, wanted: VERSION });
    }
    create(&mut transaction, schema)?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.batch_execute(step)?;
    }
    transaction.execute(
        "INSERT INTO meta (version) VALUES ($1)
         ON CONFLICT (is_only) DO UPDATE SET version = excluded.version",
        &[&VERSION],
    )?;
    name_types(&mut transaction)?;
    transaction.commit()?;
    Ok(found)
}

/// The version of the schema; none if there is no schema.
pub fn version(client: &mut impl GenericClient, schema: &str) -> Result<Option<i16>, Error> {
    let table = format!("{schema}.meta");
    let exists: bool = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])?.get(0);
    if !exists {
        return Ok(None);
    }
    let row = client.query_opt("SELECT version FROM meta", &[])?;
    Ok(row.map(|row| row.get(0)))
}

/// Refuses a schema of another version.
pub(crate) fn check(client: &mut impl GenericClient, schema: &str) -> Result<(), Error> {
    match version(client, schema)? {
        None => Err(Error::NoSchema(schema.to_owned())),
        Some(VERSION) => Ok(()),
        Some(found) => {
            Err(Error::SchemaVersion { schema: schema.to_owned(), found, wanted: VERSION })
        }
    }
}

/// `CREATE SCHEMA IF NOT EXISTS` asks for the right to create it even where it exists.
fn create(transaction: &mut Transaction<'_>, schema: &str) -> Result<(), Error> {
    let found = transaction.query_opt("SELECT FROM pg_namespace WHERE nspname = $1", &[&schema])?;
    if found.is_none() {
        transaction.batch_execute(&format!("CREATE SCHEMA \"{schema}\""))?;
        let comment = "History of a Graphene chain, written by carbyne";
        transaction.batch_execute(&format!("COMMENT ON SCHEMA \"{schema}\" IS '{comment}'"))?;
    }
    Ok(())
}

fn name_types(transaction: &mut Transaction<'_>) -> Result<(), Error> {
    let insert = transaction.prepare(
        "INSERT INTO operation_types (op_type, name, is_virtual) VALUES ($1, $2, $3)
         ON CONFLICT (op_type) DO NOTHING",
    )?;
    // All of them: whoever makes the schema need not know which chain it is for.
    for (tag, name, is_sent) in Operation::TABLE.iter().chain(Operation::PROMISED) {
        transaction.execute(&insert, &[&type_number(*tag), name, &!is_sent])?;
    }
    Ok(())
}

/// The type of an operation as a column; there are fewer than a hundred.
pub(crate) fn type_number(tag: u64) -> i16 {
    i16::try_from(tag).unwrap_or(i16::MAX)
}
