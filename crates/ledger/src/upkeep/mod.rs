//! What happens at the end of a block and at maintenance, one file per step.

pub(crate) mod core_exchange_rates;
pub(crate) mod custom_authorities;
pub(crate) mod expired_htlcs;
pub(crate) mod expired_proposals;
pub(crate) mod withdraw_permissions;
