//! The database API: the state, asked in the ways clients need.
//!
//! One file per part of the reference's list; each gives its rows of the table.

mod chain;
mod objects;
mod subscribe;

use super::Method;

/// All methods.
pub(super) const PARTS: &[&[Method]] = &[objects::METHODS, subscribe::METHODS, chain::METHODS];
