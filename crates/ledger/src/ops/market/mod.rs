//! Operations of the markets: what they do to the state. What they say is
//! [`carbyne_protocol::ops::market`].

pub mod call_order_update;
pub mod limit_order_cancel;
pub mod limit_order_create;
pub mod limit_order_update;
pub mod on_fill;

#[cfg(test)]
mod tests;
