//! What recordings show together: the operations that were applied and the refusals that came back.
//!
//! Only what the chain answered counts: a name gets here with an applied operation or a refusal.

use carbyne_protocol::Rejected;
use carbyne_protocol::ops::Operation;
use serde_json::Value;
use std::collections::BTreeSet;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Names of operations that were applied, the chain's own included.
    pub accepted: BTreeSet<&'static str>,
    /// Reasons, as `Enum::Variant`, for which a transaction, a block or a question was refused.
    pub refused: BTreeSet<String>,
}

impl Coverage {
    /// Operations were applied.
    pub fn accept<'a>(&mut self, operations: impl IntoIterator<Item = &'a Operation>) {
        self.accepted.extend(operations.into_iter().map(|operation| operation.stateless().name()));
    }

    /// A transaction or a block was refused.
    pub fn refuse(&mut self, rejected: &Rejected) {
        self.refused.insert(rejected.reason().to_owned());
    }

    /// A question was answered, maybe with an error that names its reason.
    pub fn answer(&mut self, answer: &Value) {
        let reason = answer.pointer("/error/data/reason").and_then(Value::as_str);
        self.refused.extend(reason.map(str::to_owned));
    }

    /// Adds what another run saw.
    pub fn append(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
    }
}
