//! What can go wrong between a question and its answer.

use carbyne_wire::{Digest, JsonError, TimePointSec};
use serde_json::Value;
use std::time::Duration;

/// What a node says when it refuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The reference's code, such as 10 for an assertion.
    pub code: i64,
    /// The reference's words.
    pub message: String,
    /// What else was said; from Carbyne `reason` and `explanation` are in it.
    pub data: Value,
}

impl Refused {
    pub(crate) fn read(error: &Value) -> Self {
        let message = error["message"].as_str().unwrap_or_default().to_owned();
        Self {
            code: error["code"].as_i64().unwrap_or_default(),
            message,
            data: error["data"].clone(),
        }
    }

    /// Why, in Carbyne's words if the node has them.
    pub fn explanation(&self) -> &str {
        self.data["explanation"].as_str().unwrap_or(&self.message)
    }
}

/// What can go wrong between a question and its answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// No node could be used; each with the reason.
    #[error("no node can be used: {}", list(.0))]
    NoNode(Vec<(String, String)>),
    /// Nobody answered in time.
    #[error("{method} was not answered within {} s", .limit.as_secs_f32())]
    Deadline {
        /// What was asked.
        method: String,
        /// How long that may take.
        limit: Duration,
    },
    /// The connection ended before the answer came. Whether what was sent arrived is not known.
    #[error("the connection ended before {method} was answered; whether it arrived is not known")]
    Lost {
        /// What was asked.
        method: String,
    },
    /// The node refuses.
    #[error("the node refuses {method}: {}", .refused.explanation())]
    Refused {
        /// What was asked.
        method: String,
        /// What it says.
        refused: Box<Refused>,
    },
    /// The answer is not what it should be.
    #[error("the node answers {method} with something else: {error}")]
    Unreadable {
        /// What was asked.
        method: String,
        /// What is wrong with it.
        error: JsonError,
    },
    /// There is no such thing on the chain.
    #[error("the chain has no {what} {name}")]
    Unknown {
        /// What is asked for.
        what: &'static str,
        /// Its name or id.
        name: String,
    },
    /// A node, a file or a transaction is of another chain.
    #[error("this is for the chain {found}, the node is of {wanted}")]
    OtherChain {
        /// The chain of the node.
        wanted: Digest<32>,
        /// The other one.
        found: Digest<32>,
    },
    /// A transaction can enter no block any more.
    #[error("the transaction was in no block before it expired at {expiration}")]
    Expired {
        /// When it expired, by the chain's clock.
        expiration: TimePointSec,
    },
    /// The client has ended.
    #[error("the client has ended")]
    Ended,
}

fn list(nodes: &[(String, String)]) -> String {
    let each: Vec<String> = nodes.iter().map(|(node, why)| format!("{node} ({why})")).collect();
    if each.is_empty() { "none is named".to_owned() } else { each.join(", ") }
}
