//! Operations on vesting balances. How they vest stands in `crate::vesting`.

pub mod create;
pub mod withdraw;

#[cfg(test)]
mod tests;
