//! What the reference says when its state refuses, word for word; see
//! [`carbyne_protocol::reference_words`], which has the words for what no state could allow.

pub(crate) mod account;
pub(crate) mod asset;
pub(crate) mod confidential;
pub(crate) mod credit;
pub(crate) mod custom_authority;
pub(crate) mod governance;
pub(crate) mod htlc;
pub(crate) mod market;
pub(crate) mod misc;
pub(crate) mod money;
pub(crate) mod parameters;
pub(crate) mod pool;
pub(crate) mod proposal;
pub(crate) mod samet;
pub(crate) mod ticket;
pub(crate) mod transaction;
pub(crate) mod unique;
pub(crate) mod vesting;
pub(crate) mod withdraw;

#[cfg(test)]
mod tests;
