//! The objects of the chain: what is stored, with JSON members named and ordered as the reference's.
//!
//! One file per family. An object is a struct with `id` first, `#[derive(Wire)]`, a line `object!(Type, Index)`, and
//! one row in `tables.rs`.

mod account;
mod asset;
mod global;
mod market;

pub use account::*;
pub use asset::*;
pub use global::*;
pub use market::*;
