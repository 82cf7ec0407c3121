//! Operations on vesting balances.

pub mod create;
pub mod withdraw;
