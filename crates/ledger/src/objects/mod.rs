//! The objects of the chain: what is stored, with JSON members named and ordered as the reference's.
//!
//! One file per family. An object is a struct with `id` first, `#[derive(Wire)]`, a line `object!(Type, Index)`, and
//! one row in `tables.rs`.

mod account;
mod asset;
mod bitasset;
mod global;
mod market;
mod settlement;

pub use account::*;
pub use asset::*;
pub use bitasset::*;
pub use global::*;
pub use market::*;
pub use settlement::*;
