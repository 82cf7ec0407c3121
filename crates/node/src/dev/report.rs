//! What `carbyne dev` says: how it began, each block, and what was refused; as text or as JSON, a
//! line each.

use crate::output::{self, tell};
use carbyne_api::ApiError;
use carbyne_chain::AppliedBlock;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Json, JsonIn};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// How much is said, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// How it began.
    Quiet,
    /// A line for each block and each refusal.
    Plain,
    /// A line for each operation, too.
    Verbose,
    /// The same as JSON.
    Json,
}

impl Voice {
    /// What reports a block.
    pub(crate) fn of_blocks(self) -> fn(&AppliedBlock) {
        match self {
            Self::Quiet => |_| {},
            Self::Plain => |applied| tell(format_args!("{}", block_line(applied))),
            Self::Verbose => |applied| {
                tell(format_args!("{}", block_line(applied)));
                let operations = applied.operations.iter();
                operations.for_each(|one| tell(format_args!("{}", operation_line(&one.op))));
            },
            Self::Json => |applied| tell(format_args!("{}", block_json(applied))),
        }
    }

    /// What reports a refusal.
    pub(crate) fn of_refusals(self) -> fn(&ApiError) {
        match self {
            Self::Quiet => |_| {},
            Self::Plain | Self::Verbose => {
                |error| tell(format_args!("{}", painted(RED, &format!("refused   {}", why(error)))))
            }
            Self::Json => |error| {
                let data = error.to_json()["data"]["reason"].clone();
                tell(format_args!("{}", json!({ "refused": why(error), "reason": data })));
            },
        }
    }

    /// What says where the node is reached, and whether it has a page.
    pub(crate) fn of_addresses(self) -> fn(SocketAddr, bool) {
        match self {
            Self::Json => |address, has_page| {
                let web = has_page.then(|| format!("http://{address}/"));
                tell(format_args!("{}", json!({ "api": format!("ws://{address}"), "web": web })));
            },
            _ => addresses,
        }
    }
}

/// Says where a node is reached, and whether it has a page.
pub(crate) fn addresses(address: SocketAddr, has_page: bool) {
    tell(format_args!("api       ws://{address}"));
    if has_page {
        tell(format_args!("web       http://{address}/"));
    }
}

const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";

/// A text in a colour, if there is somebody to see it.
fn painted(colour: &str, text: &str) -> String {
    match output::is_shown() {
        true => format!("\x1b[{colour}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

/// A refusal in our words, where there are some.
fn why(error: &ApiError) -> String {
    let said = error.to_json();
    let words = said["data"]["explanation"].as_str().or(said["message"].as_str());
    words.unwrap_or_default().replace('\n', " ")
}

fn block_line(applied: &AppliedBlock) -> String {
    let block = applied.block.block();
    let head = format!(
        "block {:>8}  {}  {}  {} transactions  {} operations  irreversible {}",
        block.block_num(),
        block.header().timestamp,
        block.header().witness,
        block.transactions.len(),
        applied.operations.len(),
        applied.last_irreversible,
    );
    match counts(applied) {
        words if words.is_empty() => painted(DIM, &head),
        words => format!("{head}  {}", painted(GREEN, &words)),
    }
}

/// How many operations of each kind there are, such as `2 limit order create, 1 transfer`.
fn counts(applied: &AppliedBlock) -> String {
    let mut kinds = BTreeMap::<&str, usize>::new();
    for one in &applied.operations {
        *kinds.entry(one.op.stateless().name()).or_default() += 1;
    }
    let mut words = String::new();
    for (kind, count) in kinds {
        let comma = if words.is_empty() { "" } else { ", " };
        let _strings_never_fail = write!(words, "{comma}{count} {}", kind.replace('_', " "));
    }
    words
}

fn operation_line(operation: &Operation) -> String {
    let name = operation.stateless().name().replace('_', " ");
    let fields = operation.to_json_in(Dialect::REFERENCE)[1].to_string();
    format!("          {} {}", painted(GREEN, &name), painted(DIM, &fields))
}

fn block_json(applied: &AppliedBlock) -> Value {
    let block = applied.block.block();
    let operations = applied.operations.iter().map(|one| one.op.to_json_in(Dialect::REFERENCE));
    json!({
        "block": block.block_num(),
        "time": block.header().timestamp.to_json(),
        "witness": block.header().witness.to_json(),
        "transactions": block.transactions.len(),
        "operations": operations.collect::<Vec<_>>(),
        "irreversible": applied.last_irreversible,
    })
}
