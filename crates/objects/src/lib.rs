//! The objects of the chain: what is stored, with JSON members named and ordered as the
//! reference's, and the indexes by which they are found.
//!
//! One file per family. An object is a struct with `id` first, `#[derive(Wire)]`, a line
//! `object!(Type, Index, holds [amount], concerns [account])`, and one row in the ledger's
//! `tables.rs`.
//!
//! Pure, and apart from the rules, so that a wallet can link what it reads. This room must never
//! know a rule that asks the state, nor where the other objects are kept.

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

// `named_enum!`, `refusals!` and `ensure!`.
#[macro_use]
extern crate carbyne_protocol;
#[macro_use]
mod macros;

mod account;
mod any;
mod asked_order;
mod asset;
mod balance;
mod bitasset;
mod bond;
mod budget;
mod candidate;
mod committee;
mod confidential;
mod contract;
mod credit;
mod custom_authority;
mod escrow;
mod fba;
mod features;
mod global;
mod history;
mod holdings;
mod holds;
mod htlc;
mod market;
mod option;
mod owned;
mod places;
mod pool;
mod proposal;
mod recurring;
mod samet;
mod schedule;
mod settlement;
mod special;
mod ticket;
mod title;
mod vesting;
mod withdraw;
mod witness;
mod worker;

pub use account::*;
pub use any::*;
pub use asset::*;
pub use balance::*;
pub use bitasset::*;
pub use bond::*;
pub use budget::*;
pub use committee::*;
pub use confidential::*;
pub use contract::*;
pub use credit::*;
pub use custom_authority::*;
pub use escrow::*;
pub use fba::*;
pub use features::*;
pub use global::*;
pub use history::*;
pub use holds::{Holds, Sheet};
pub use htlc::*;
pub use market::*;
pub use option::*;
pub use owned::*;
pub use pool::*;
pub use proposal::*;
pub use recurring::*;
pub use samet::*;
pub use schedule::*;
pub use settlement::*;
pub use special::*;
pub use ticket::*;
pub use title::*;
pub use vesting::*;
pub use withdraw::*;
pub use witness::*;
pub use worker::*;

use carbyne_wire::Id;
use std::collections::{BTreeSet, btree_set};

/// The ids that an index has under one key, in order.
#[derive(Clone, Debug)]
pub struct Run<'a, K, const SPACE: u8, const TYPE: u8> {
    index: &'a BTreeSet<(K, u64)>,
    key: K,
    left: btree_set::Range<'a, (K, u64)>,
}

impl<'a, K: Ord + Copy, const SPACE: u8, const TYPE: u8> Run<'a, K, SPACE, TYPE> {
    /// All of them that are not before `first`.
    pub fn from(self, first: Id<SPACE, TYPE>) -> Self {
        let left = self.index.range((self.key, first.0)..=(self.key, u64::MAX));
        Self { left, ..self }
    }
}

impl<K, const SPACE: u8, const TYPE: u8> Iterator for Run<'_, K, SPACE, TYPE> {
    type Item = Id<SPACE, TYPE>;
    fn next(&mut self) -> Option<Self::Item> {
        self.left.next().map(|(_, instance)| Id(*instance))
    }
}

impl<K, const SPACE: u8, const TYPE: u8> DoubleEndedIterator for Run<'_, K, SPACE, TYPE> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().map(|(_, instance)| Id(*instance))
    }
}

/// The ids that an index has under one key, in order.
fn all_of<K: Ord + Copy, const SPACE: u8, const TYPE: u8>(
    index: &BTreeSet<(K, u64)>,
    key: K,
) -> Run<'_, K, SPACE, TYPE> {
    Run { index, key, left: index.range((key, 0)..=(key, u64::MAX)) }
}

/// The first instance number that an index has under one key.
fn first_of<K: Ord + Copy>(index: &BTreeSet<(K, u64)>, key: K) -> Option<u64> {
    index.range((key, 0)..=(key, u64::MAX)).next().map(|(_, instance)| *instance)
}
