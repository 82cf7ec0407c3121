//! Balances that the genesis gave to addresses: what the operations do to the state. What they say
//! is [`carbyne_protocol::ops::balance`].

pub mod claim;

#[cfg(test)]
mod tests;
