//! Operations of assets that are backed by fees.

pub mod distribute;
