//! Why something is refused, in words for who asked.

use std::fmt;
use std::time::Duration;

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// There are that many connections already.
    Connections(usize),
    /// The address has that many connections already.
    ConnectionsOfAddress(usize),
    /// The address has that many requests in work already.
    RequestsOfAddress(usize),
    /// The address has spent what it may and earns enough for the next request in this time.
    CostOfAddress(Duration),
    /// The messages and answers under way have as many bytes as they may.
    Bytes,
    /// Those of the address have.
    BytesOfAddress,
    /// The connection has more than that many subscriptions.
    Subscriptions(usize),
    /// The connection fell so far behind that some of what it is to be told is gone.
    Behind,
}

impl fmt::Display for Excess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections(most) => {
                write!(out, "the node has {most} connections already, try again later")
            }
            Self::ConnectionsOfAddress(most) => {
                write!(out, "your address has {most} connections already")
            }
            Self::RequestsOfAddress(most) => {
                write!(out, "your address has {most} requests in work already, wait for answers")
            }
            Self::CostOfAddress(wait) => {
                let milliseconds = wait.as_nanos().div_ceil(1_000_000);
                write!(
                    out,
                    "your address has asked for too much work, try again in {milliseconds} ms"
                )
            }
            Self::Bytes => {
                write!(out, "the node has too many bytes under way, try again later")
            }
            Self::BytesOfAddress => {
                write!(out, "your address has too many bytes under way, wait for answers")
            }
            Self::Subscriptions(most) => {
                write!(out, "a connection may have {most} subscriptions")
            }
            Self::Behind => {
                write!(out, "you read too slowly, some notices are lost: connect again")
            }
        }
    }
}
