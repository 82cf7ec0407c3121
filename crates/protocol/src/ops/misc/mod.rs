//! Operations that change nothing: data for others to read, and conditions on the state.

pub mod assert;
pub mod custom;
