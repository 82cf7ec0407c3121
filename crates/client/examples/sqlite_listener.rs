//! A listener that writes every operation of the chain to SQLite, each once, and takes back those
//! of blocks that a fork undoes.
//!
//! `cargo run -p carbyne-client --example sqlite_listener -- ws://127.0.0.1:8090 chain.db`
//!
//! The position is the newest block in the database, written in one transaction with its
//! operations, so it goes on where it was, whatever ends it.

use carbyne_client::{BlockEvent, Client, Config, Start};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, JsonIn};
use rusqlite::{Connection, params};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS blocks (
        num INTEGER PRIMARY KEY, id TEXT NOT NULL, time TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS operations (
        block INTEGER NOT NULL REFERENCES blocks (num) ON DELETE CASCADE,
        transaction_id TEXT NOT NULL, name TEXT NOT NULL, op TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS operations_by_block ON operations (block);
    PRAGMA foreign_keys = ON;";

/// Writes blocks until the one with number `last` is there.
pub async fn run(client: &Client, file: &std::path::Path, last: u32) -> Result<()> {
    let mut database = Connection::open(file)?;
    database.execute_batch(SCHEMA)?;
    let newest = "SELECT coalesce(max(num), 0) FROM blocks";
    let newest: u32 = database.query_row(newest, [], |row| row.get(0))?;
    let mut blocks = client.blocks(Start::After(newest)).await?;
    while let Some(event) = blocks.next().await {
        match event? {
            BlockEvent::Applied(block) => {
                write(&mut database, &block)?;
                if block.block_num() >= last {
                    break;
                }
            }
            BlockEvent::Undone { block_num, .. } => {
                database.execute("DELETE FROM blocks WHERE num = ?1", [block_num])?;
            }
        }
    }
    Ok(())
}

fn write(database: &mut Connection, block: &SignedBlock) -> Result<()> {
    let together = database.transaction()?;
    let (number, time) = (block.block_num(), block.header().timestamp.to_string());
    let block_row = params![number, block.id().to_string(), time];
    together.execute("INSERT INTO blocks VALUES (?1, ?2, ?3)", block_row)?;
    for one in &block.transactions {
        let id = one.transaction.id().to_string();
        for operation in &one.transaction.operations {
            let (name, op) = (
                operation.stateless().name(),
                operation.to_json_in(Dialect::REFERENCE)[1].to_string(),
            );
            let row = params![number, id, name, op];
            together.execute("INSERT INTO operations VALUES (?1, ?2, ?3, ?4)", row)?;
        }
    }
    Ok(together.commit()?)
}

#[tokio::main]
#[allow(dead_code)]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [node, file] = arguments.as_slice() else {
        return Err("usage: sqlite_listener NODE FILE".into());
    };
    let client = Client::connect(Config::new([node])).await?;
    run(&client, file.as_ref(), u32::MAX).await
}
