//! Why something is refused at the door, and how long that lasts: for a peer that decides whether
//! it is asked again, later, or never.

use carbyne_protocol::{Rejected, code, refusals};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why the core refuses what the chain might take.
    pub enum CoreRefusal {
        /// A block from a time to come (reference: `app/application.cpp`, `handle_block`).
        FromTheFuture { time: TimePointSec, seconds: i64 } [BLOCK_FROM_THE_FUTURE]:
            "the block's time {time} is {seconds} s ahead of the clock",
        /// The key of the witness that is due is not here.
        NoKey: "this node does not have the key of the witness that is due",
    }
}

/// How long a refusal lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// The same bytes are refused whenever they come.
    ForGood,
    /// They may be taken later, or by another state.
    ForNow,
    /// They may be taken after what they build on.
    Unlinkable,
}

/// A refusal.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub rejected: Rejected,
    /// For how long.
    pub lasting: Lasting,
}

impl Refused {
    /// Of a transaction; `is_valid` says whether any state could take it.
    pub(crate) fn transaction(rejected: Rejected, is_valid: bool) -> Self {
        let lasting = if is_valid { Lasting::ForNow } else { Lasting::ForGood };
        Self { rejected, lasting }
    }

    /// Of a block.
    pub(crate) fn block(rejected: Rejected) -> Self {
        let lasting = match rejected.code() {
            code::UNLINKABLE_BLOCK => Lasting::Unlinkable,
            code::BLOCK_FROM_THE_FUTURE => Lasting::ForNow,
            _ => Lasting::ForGood,
        };
        Self { rejected, lasting }
    }

    /// Of a block before which others are missing, whatever the chain says.
    pub(crate) fn unlinkable(rejected: Rejected) -> Self {
        Self { rejected, lasting: Lasting::Unlinkable }
    }

    /// Of anything else.
    pub(crate) fn now(rejected: impl Into<Rejected>) -> Self {
        Self { rejected: rejected.into(), lasting: Lasting::ForNow }
    }
}
