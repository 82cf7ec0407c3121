//! How fast an empty database catches up, in operations per second: blocks of transfers go to a
//! PostgreSQL of its own, with its default settings, until the head and all indexes are there.
//!
//! `cargo bench -p carbyne-sink --bench catch_up -- OPERATIONS`; prints one JSON line. Files go to
//! the folder for temporary files (`TMPDIR`).

#[path = "../tests/harness/cluster.rs"]
#[allow(dead_code)]
mod cluster;

use carbyne_index::OperationHistory;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_sink::{
    Settings, SinkBlock, Source, SourceError, State, Status, connect, schema, step,
};
use carbyne_wire::{Dialect, Digest, Hash160, Id, TimePointSec};
use cluster::Cluster;
use serde_json::json;
use std::time::{Duration, Instant};

const PER_BLOCK: u32 = 200;
const ACCOUNTS: u64 = 100_000;

/// A chain of transfers between many accounts, each block a function of its number.
struct Transfers {
    blocks: u32,
}

fn id(number: u32, place: u32) -> Hash160 {
    let mut id = [0; 20];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id[4..8].copy_from_slice(&place.wrapping_mul(0x9e37_79b9).to_le_bytes());
    Digest(id)
}

/// A transfer with a transaction of its own.
fn transfer(number: u32, place: u32) -> OperationHistory {
    let n = u64::from(number - 1) * u64::from(PER_BLOCK) + u64::from(place);
    let account = |salt: u64| Id(n.wrapping_mul(salt).rotate_left(23) % ACCOUNTS);
    let op = Transfer {
        fee: Asset::core(100_000),
        from: account(0x9e37_79b9_7f4a_7c15),
        to: account(0xd1b5_4a32_d192_ed03),
        amount: Asset { amount: 1 + (n as i64 % 1_000) * 1_000_000_007, asset_id: Id(n % 20) },
        ..Transfer::default()
    };
    OperationHistory {
        id: Id(n),
        op: op.into(),
        result: OperationResult::Void,
        block_num: number,
        trx_in_block: place as u16,
        block_time: TimePointSec(1_500_000_000 + number * 3),
        ..OperationHistory::default()
    }
}

impl Source for Transfers {
    fn chain_id(&self) -> Digest<32> {
        Digest([1; 32])
    }

    fn dialect(&self) -> Dialect {
        Dialect::REFERENCE
    }

    fn head(&self) -> Result<Option<(u32, Hash160)>, SourceError> {
        Ok(Some((self.blocks, id(self.blocks, 0))))
    }

    fn block_id(&self, number: u32) -> Result<Option<Hash160>, SourceError> {
        Ok(Some(id(number, 0)))
    }

    fn block(&self, number: u32) -> Result<Option<SinkBlock>, SourceError> {
        let previous = number.checked_sub(1).filter(|previous| *previous > 0);
        Ok((number <= self.blocks).then(|| SinkBlock {
            number,
            id: id(number, 0),
            previous: previous.map_or(Hash160::default(), |previous| id(previous, 0)),
            time: TimePointSec(1_500_000_000 + number * 3),
            witness: Id(u64::from(number % 21)),
            bytes: 120 * PER_BLOCK as usize,
            transactions: (1..=PER_BLOCK).map(|place| id(number, place)).collect(),
            operations: (0..PER_BLOCK).map(|place| transfer(number, place)).collect(),
        }))
    }
}

fn main() {
    let operations = std::env::args().find_map(|argument| argument.parse().ok());
    let source = Transfers { blocks: operations.unwrap_or(1_000_000_u32).div_ceil(PER_BLOCK) };
    let cluster = Cluster::with(&[]);
    let settings = Settings { url: cluster.url(), ..Settings::default() };
    let mut client = connect(&settings).expect("a connection");
    schema::init(&mut client, &settings.schema).expect("a schema");
    let head = source.head().expect("a head").expect("a block");
    let (started, mut loading, mut written) = (Instant::now(), Duration::ZERO, 0);
    let mut loaded = 0;
    loop {
        let outcome = step(&mut client, &source, &settings, head).expect("a step");
        written += outcome.operations;
        if outcome.state == State::Following {
            break;
        }
        // The last step makes the indexes as well.
        (loading, loaded) = (started.elapsed(), written);
    }
    let seconds = started.elapsed().as_secs_f64();
    let status = Status::read(&mut client, &settings.schema).expect("a status");
    let line = json!({
        "operations": written,
        "seconds": seconds,
        "operations_per_second": written as f64 / seconds,
        "loading_operations_per_second": loaded as f64 / loading.as_secs_f64(),
        "database_bytes_per_operation": status.bytes as f64 / written as f64,
    });
    println!("{line}");
}
