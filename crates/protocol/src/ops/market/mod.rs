//! Operations of the markets: limit orders, debt positions, and the fills that matching causes.

pub mod call_order_update;
pub mod fill_order;
pub mod limit_order_cancel;
pub mod limit_order_create;
pub mod limit_order_update;
pub mod on_fill;
