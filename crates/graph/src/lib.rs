//! Object tables: rows found by instance number, secondary indexes beside them, nested undo.
//!
//! * A [`Table`] hands out instance numbers in sequence and never reuses one, except that undoing a
//!   creation takes its number back.
//! * Undo keeps the first old value of each row that a session touches. Sessions nest;
//!   [`Table::undo`] puts the old values back, [`Table::merge`] hands them to the session below,
//!   [`Table::commit_oldest`] forgets them.
//! * Tables that share their sessions learn of one when it first writes to them ([`Sessions`]).
//! * Secondary indexes follow every change, undo included, through [`Index`]. Only rows that are
//!   [loaded](Table::load) from outside are indexed later, together.
//!
//! This room must never know a BitShares object: it stores what implements [`Object`].

#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod by_hash;
mod journal;
mod numbers;
mod pages;
mod part;
mod prefetch;
mod ranked;
mod sessions;
mod sparse;
mod table;

pub use by_hash::ByHash;
pub use journal::Change;
pub use numbers::NumberSet;
pub use part::Part;
pub use prefetch::prefetch;
pub use ranked::Ranked;
pub use sessions::{Places, Sessions, Tracked, Undoable};
pub use sparse::Sparse;
pub use table::{Index, Job, NoIndex, Object, Rows, Table};
