//! Proposals: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::proposal`].

pub mod create;
pub mod delete;
mod execute;
pub mod update;

#[cfg(test)]
mod tests;
