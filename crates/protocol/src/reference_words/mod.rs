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

pub mod account;
pub mod asset;
pub mod confidential;
pub mod credit;
pub mod custom_authority;
pub mod governance;
pub mod htlc;
pub mod market;
pub mod misc;
pub mod money;
pub mod parameters;
pub mod pool;
pub mod price_feed;
pub mod proposal;
pub mod restriction;
pub mod samet;
pub mod ticket;
pub mod transaction;
pub mod vesting;
pub mod withdraw;

/// A reason with the reference's words for it.
pub trait ReferenceWords {
    /// Writes what follows the name of the error code; nothing where the reference says no more.
    fn write_reference_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// What the reference asks at one place, in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked(&'static str);

impl Asked {
    /// For [`questions!`], which is the only one to make them.
    #[doc(hidden)]
    pub const fn new(words: &'static str) -> Self {
        Self(words)
    }
}

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
