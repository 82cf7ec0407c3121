//! What happens at the end of a block and at maintenance, one file per step.

pub(crate) mod core_exchange_rates;
