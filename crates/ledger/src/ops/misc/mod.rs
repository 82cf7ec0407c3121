//! Operations that change nothing: what the state refuses of them. What they say is
//! [`carbyne_protocol::ops::misc`].

pub mod assert;
pub mod custom;

#[cfg(test)]
mod tests;
