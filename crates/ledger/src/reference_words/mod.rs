//! What the reference says when it refuses, word for word: the asserted expression, which is source
//! text of the reference, and its message. Clients decide by these texts, and proposals store them,
//! so they are part of the protocol; a rule says in its own words what is wrong and never knows
//! them.
//!
//! One file per family of reasons. [`reference_words!`] gives a text to every variant of an enum of
//! reasons and does not compile without one. Where several places share a reason but the reference
//! asks each in other words, the rule hands over a constant of [`Asked`], and only files here can
//! make one.

use std::fmt;

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
pub(crate) mod price_feed;
pub(crate) mod proposal;
pub(crate) mod restriction;
pub(crate) mod samet;
pub(crate) mod ticket;
pub(crate) mod transaction;
pub(crate) mod unique;
pub(crate) mod vesting;
pub(crate) mod withdraw;

/// A reason with the reference's words for it.
pub trait ReferenceWords {
    /// Writes what follows the name of the error code; nothing where the reference says no more.
    fn write_reference_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// What the reference asks at one place, in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked(&'static str);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What the reference asks about a number that has a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Whether it is large enough.
    pub least: Asked,
    /// Whether it is small enough.
    pub most: Asked,
}
