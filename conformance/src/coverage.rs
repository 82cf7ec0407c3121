//! What recordings show together: the operations that were applied and the refusals that came back.
//!
//! Only what the chain answered counts: a name gets here with an applied operation or a refusal.

use carbyne_ledger::Rejected;
use carbyne_ledger::ops::Operation;
use std::collections::BTreeSet;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Names of operations that were applied, the chain's own included.
    pub accepted: BTreeSet<&'static str>,
    /// Reasons, as `Enum::Variant`, for which a pushed transaction or block was refused.
    pub refused: BTreeSet<&'static str>,
}

impl Coverage {
    /// Operations were applied.
    pub fn accept<'a>(&mut self, operations: impl IntoIterator<Item = &'a Operation>) {
        self.accepted.extend(operations.into_iter().map(|operation| operation.stateless().name()));
    }

    /// A transaction or a block was refused.
    pub fn refuse(&mut self, rejected: &Rejected) {
        self.refused.insert(rejected.reason());
    }

    /// Adds what another run saw.
    pub fn append(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
    }
}
