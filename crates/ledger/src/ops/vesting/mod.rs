//! Operations on vesting balances: what they do to the state; how they vest stands in
//! `crate::vesting`. What they say is [`carbyne_protocol::ops::vesting`].

pub mod create;
pub mod withdraw;

#[cfg(test)]
mod tests;
