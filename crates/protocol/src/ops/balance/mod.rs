//! Balances that the genesis gave to addresses.

pub mod claim;

pub use claim::BalanceClaim;
