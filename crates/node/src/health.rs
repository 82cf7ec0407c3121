//! How the node is: what `GET /health` and `GET /metrics` say.
//!
//! Invariant: asking is cheap, however large the state, so that it can be done every second. This
//! file must never change anything.

use crate::clock::Clock;
use crate::core::Node;
use crate::files;
use crate::metrics::{GAUGE, Page};
use crate::p2p::Report;
use crate::standstill::Standstill;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use carbyne_ledger::tables::AnyTable;
use carbyne_wire::TimePointSec;
use serde_json::{Value, json};

/// The chain at one moment.
struct Position {
    head: u32,
    head_time: TimePointSec,
    irreversible: u32,
    tables: Vec<TableSize>,
}

/// How large a table is.
struct TableSize {
    /// Space and type of its objects, such as `1.2`.
    kind: String,
    objects: usize,
    bytes: usize,
}

impl TableSize {
    fn of((space, type_): (u8, u8), table: &dyn AnyTable) -> Self {
        let kind = format!("{space}.{type_}");
        Self { kind, objects: table.count(), bytes: table.bytes() }
    }
}

impl Position {
    /// None if the node is stopping because the last block could not be brought to disk.
    fn of(node: &Node) -> Option<Self> {
        let found = node.read(|view| {
            let dynamic = view.ledger.dynamic().ok()?;
            let mut tables = Vec::new();
            view.ledger.tables.each(&mut |kind, table| tables.push(TableSize::of(kind, table)));
            Some(Self {
                head: dynamic.head_block_number,
                head_time: view.ledger.head_time().ok()?,
                irreversible: dynamic.last_irreversible_block_num,
                tables,
            })
        });
        found.flatten()
    }

    /// Seconds since the head block.
    fn head_age(&self) -> u32 {
        seconds_since(self.head_time)
    }

    /// Seconds since the last block that cannot be undone; none if it is not in the log.
    fn irreversible_age(&self, node: &Node) -> Option<u32> {
        node.block_time(self.irreversible).map(seconds_since)
    }
}

fn seconds_since(time: TimePointSec) -> u32 {
    Clock.now().0.saturating_sub(time.0)
}

/// The answer to `GET /health`: 503 if the head is older than `head_age_max` seconds, or if it is
/// known why no blocks come.
pub fn health(node: &Node, head_age_max: u32) -> Response {
    let (status, body) = tokio::task::block_in_place(|| match Position::of(node) {
        Some(position) => described(node, &position, head_age_max),
        None => {
            let body =
                json!({ "sync_state": "stopping", "reason": Standstill::Stopped.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, body)
        }
    });
    (status, [(header::CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}

fn described(node: &Node, position: &Position, head_age_max: u32) -> (StatusCode, Value) {
    let age = position.head_age();
    let standstill = node.standstill.get();
    let is_syncing = node.peers().is_some_and(|peers| peers.present().blocks_behind > 0);
    let (status, state) = match &standstill {
        Some(standstill) => (StatusCode::SERVICE_UNAVAILABLE, standstill.name()),
        None if age <= head_age_max => (StatusCode::OK, "synced"),
        None if is_syncing => (StatusCode::SERVICE_UNAVAILABLE, "syncing"),
        None => (StatusCode::SERVICE_UNAVAILABLE, "behind"),
    };
    let body = json!({
        "sync_state": state,
        "reason": standstill.map(|standstill| standstill.to_string()),
        "chain_id": node.chain_id().to_string(),
        "head_block_number": position.head,
        "head_age_seconds": age,
        "head_age_limit_seconds": head_age_max,
        "last_irreversible_block_num": position.irreversible,
        "irreversible_age_seconds": position.irreversible_age(node),
        "peers": node.peers().map(Report::to_json),
    });
    (status, body)
}

/// The answer to `GET /metrics`.
pub fn metrics(node: &Node) -> Response {
    let mut page = Page::default();
    tokio::task::block_in_place(|| {
        if let Some(position) = Position::of(node) {
            write_position(&mut page, node, &position);
        }
        write_standstill(&mut page, node);
        node.metrics.write(&mut page);
        if let Some(peers) = node.peers() {
            peers.write(&mut page);
        }
        write_process(&mut page);
    });
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], page.into_text()).into_response()
}

fn write_position(page: &mut Page, node: &Node, position: &Position) {
    page.single("carbyne_head_block", GAUGE, "Number of the head block.", position.head);
    let age = position.head_age();
    page.single("carbyne_head_age_seconds", GAUGE, "Seconds since the head block.", age);
    if let Some((transactions, bytes)) = node.pending() {
        let what = "Transactions that wait for a block.";
        page.single("carbyne_pending_transactions", GAUGE, what, transactions);
        let what = "Packed bytes of the transactions that wait for a block.";
        page.single("carbyne_pending_bytes", GAUGE, what, bytes);
    }
    let what = "Number of the last block that cannot be undone.";
    page.single("carbyne_irreversible_block", GAUGE, what, position.irreversible);
    if let Some(age) = position.irreversible_age(node) {
        let what = "Seconds since the last block that cannot be undone.";
        page.single("carbyne_irreversible_age_seconds", GAUGE, what, age);
    }
    page.family("carbyne_objects", GAUGE, "Objects of each type, such as 1.2 for accounts.");
    for table in &position.tables {
        page.sample("carbyne_objects", &[("type", &table.kind)], table.objects);
    }
    let what = "Memory for each type of object, in bytes: rows and undo frames as they are, \
                indexes and what rows own elsewhere by estimate.";
    page.family("carbyne_table_bytes", GAUGE, what);
    for table in &position.tables {
        page.sample("carbyne_table_bytes", &[("type", &table.kind)], table.bytes);
    }
}

fn write_standstill(page: &mut Page, node: &Node) {
    let present = match node.read(|_| ()) {
        Some(()) => node.standstill.get(),
        None => Some(Standstill::Stopped),
    };
    let what = "Why no blocks come: 1 for the reason there is.";
    page.family("carbyne_standstill", GAUGE, what);
    for name in Standstill::NAMES {
        let is_present = present.as_ref().is_some_and(|present| present.name() == name);
        page.sample("carbyne_standstill", &[("reason", name)], u8::from(is_present));
    }
}

/// What the system says of the process, under the names every Prometheus dashboard knows.
fn write_process(page: &mut Page) {
    if let Some(bytes) = resident_bytes() {
        let what = "Memory that the process has, in bytes.";
        page.single("process_resident_memory_bytes", GAUGE, what, bytes);
    }
    if let Some(most) = files::limit() {
        page.single("process_max_fds", GAUGE, "Files and sockets that may be open.", most);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        page.single("process_open_fds", GAUGE, "Files and sockets that are open.", files.count());
    }
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}
