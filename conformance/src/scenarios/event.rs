//! The events of a scenario as they are written down.

use carbyne_ledger::block::Checks;
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

/// The checks that the reference's mask `skip` leaves.
pub fn checks(skip: u32) -> Checks {
    let is_checked = |bit: u32| skip & bit == 0;
    Checks {
        witness_signature: is_checked(1),
        transaction_signatures: is_checked(2),
        duplicates: is_checked(4),
        size: is_checked(16),
        tapos: is_checked(32),
        merkle: is_checked(128),
        assert_evaluation: is_checked(256),
        undo_history: is_checked(512),
        witness_schedule: is_checked(1024),
    }
}

/// Whether a block pushed under `skip` needs neither keys nor digests of its transactions.
pub(super) fn needs_no_recovery(skip: u32) -> bool {
    const SIGNATURES_AND_DIGESTS: u32 = 1 | 2 | 128;
    skip & SIGNATURES_AND_DIGESTS == SIGNATURES_AND_DIGESTS
}
