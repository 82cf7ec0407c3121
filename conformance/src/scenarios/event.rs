//! The events of a scenario as they are written down.

use carbyne_ledger::{Questions, Trust};
use serde::Deserialize;
use serde_json::Value;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Genesis,
    Tx,
    Block,
    Clear,
    Pop,
    Set,
    Final,
}

/// One line of a scenario; which members it has follows from its kind.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) ev: Kind,
    #[serde(default)]
    pub(super) genesis: Value,
    #[serde(default)]
    pub(super) chain_id: String,
    #[serde(default)]
    pub(super) objects: Vec<Value>,
    #[serde(default)]
    pub(super) removed: Vec<String>,
    #[serde(default)]
    pub(super) hex: String,
    #[serde(default)]
    pub(super) skip: u32,
    #[serde(default)]
    pub(super) ok: bool,
    #[serde(default)]
    pub(super) forked: bool,
    #[serde(default)]
    pub(super) results: Value,
    #[serde(default)]
    pub(super) ops: Vec<Value>,
    pub(super) diff: Option<Diff>,
    pub(super) pending: Option<Diff>,
    pub(super) code: Option<u32>,
    #[serde(default)]
    pub(super) err: String,
    pub(super) num: Option<u32>,
    pub(super) head: Option<String>,
}

/// Objects that were created or changed, and ids of those that were removed. Both members are
/// missing where nothing was recorded.
#[derive(Debug, Deserialize)]
pub(super) struct Diff {
    pub(super) changed: Option<Vec<Value>>,
    #[serde(default)]
    pub(super) removed: Vec<String>,
}

/// What the reference's mask `skip` leaves out.
pub fn trust(skip: u32) -> Trust {
    const BITS: [(u32, Questions); 9] = [
        (1, Questions::WITNESS_SIGNATURE),
        (2, Questions::SIGNATURES),
        (4, Questions::DUPLICATES),
        (16, Questions::SIZE),
        (32, Questions::REFERENCE_BLOCK),
        (128, Questions::MERKLE_ROOT),
        (256, Questions::ASSERTIONS),
        (512, Questions::UNDO_HISTORY),
        (1024, Questions::SCHEDULE),
    ];
    let left_out = BITS.iter().filter(|(bit, _)| skip & bit != 0);
    Trust::Except(left_out.fold(Questions::NONE, |all, (_, question)| all | *question))
}

/// Whether a block pushed under `skip` needs neither keys nor digests of its transactions.
pub(super) fn needs_no_recovery(skip: u32) -> bool {
    const SIGNATURES_AND_DIGESTS: u32 = 1 | 2 | 128;
    skip & SIGNATURES_AND_DIGESTS == SIGNATURES_AND_DIGESTS
}
