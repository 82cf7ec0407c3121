//! What somebody is shown before something is sent, and who is asked.
//!
//! Never knows how it is shown.

use serde_json::Value;

/// What is about to be sent.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// What it does, an operation a line.
    pub does: Vec<String>,
    /// What it costs, in all.
    pub fees: Vec<String>,
    /// What it would change, as the node simulates it.
    pub changes: Vec<String>,
    /// Why the node would refuse it, if it would.
    pub refusal: Option<String>,
    /// Who must sign.
    pub signers: Vec<String>,
    /// What signatures are missing.
    pub missing: Option<String>,
    /// What somebody should think about twice.
    pub warnings: Vec<String>,
    /// When it expires, by the chain's clock.
    pub expiration: String,
    /// Its id.
    pub id: String,
}

impl Review {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        serde_json::json!({
            "does": self.does,
            "fees": self.fees,
            "changes": self.changes,
            "refusal": self.refusal,
            "signers": self.signers,
            "missing": self.missing,
            "warnings": self.warnings,
            "expiration": self.expiration,
            "id": self.id,
        })
    }
}

/// Who is asked before something is sent, and told what becomes of it.
pub trait Reviewer: std::marker::Send {
    /// Whether it is to be sent.
    fn agrees(&mut self, review: &Review) -> bool;
    /// Says how it is going.
    fn note(&mut self, line: &str);
}

/// Who uses a wallet.
pub enum Manner {
    /// A program: what it asks for is done at once, and answered as the reference answers.
    Program,
    /// A person: asked before something is sent, which then is followed into its block.
    Person(Box<dyn Reviewer>),
}

/// Whether a transaction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Send {
    /// Yes.
    Broadcast,
    /// It is only signed.
    SignOnly,
}
