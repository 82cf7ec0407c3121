//! The objects of the chain: what is stored, with JSON members named and ordered as the
//! reference's.
//!
//! One file per family. An object is a struct with `id` first, `#[derive(Wire)]`, a line
//! `object!(Type, Index, concerns [member])`, and one row in `tables.rs`.

mod account;
mod any;
mod asset;
mod balance;
mod bitasset;
mod budget;
mod candidate;
mod committee;
mod confidential;
mod credit;
mod custom_authority;
mod fba;
mod global;
mod history;
mod htlc;
mod market;
mod pool;
mod proposal;
mod samet;
mod schedule;
mod settlement;
mod special;
mod ticket;
mod vesting;
mod withdraw;
mod witness;
mod worker;

pub use account::*;
pub use any::*;
pub use asset::*;
pub use balance::*;
pub use bitasset::*;
pub use budget::*;
pub use committee::*;
pub use confidential::*;
pub use credit::*;
pub use custom_authority::*;
pub use fba::*;
pub use global::*;
pub use history::*;
pub use htlc::*;
pub use market::*;
pub use pool::*;
pub use proposal::*;
pub use samet::*;
pub use schedule::*;
pub use settlement::*;
pub use special::*;
pub use ticket::*;
pub use vesting::*;
pub use withdraw::*;
pub use witness::*;
pub use worker::*;

use std::collections::BTreeSet;

/// The instance numbers that an index has under one key, in order.
fn all_of<K: Ord + Copy>(
    index: &BTreeSet<(K, u64)>,
    key: K,
) -> impl DoubleEndedIterator<Item = u64> {
    index.range((key, 0)..=(key, u64::MAX)).map(|(_, instance)| *instance)
}

/// The first instance number that an index has under one key.
fn first_of<K: Ord + Copy>(index: &BTreeSet<(K, u64)>, key: K) -> Option<u64> {
    all_of(index, key).next()
}
