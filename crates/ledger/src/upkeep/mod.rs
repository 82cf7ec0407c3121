//! What the chain does by itself: at the end of every block, and at maintenance.
//!
//! One file per step, named after what it does. Invariant: work follows what happened since the
//! last time; steps that look for what expired have an index by time.

mod accounts;
mod bitassets;
mod budget;
mod buybacks;
pub(crate) mod contracts;
pub(crate) mod core_exchange_rates;
pub(crate) mod credit;
pub(crate) mod custom_authorities;
mod elections;
pub(crate) mod expired_feeds;
pub(crate) mod expired_htlcs;
pub(crate) mod expired_orders;
pub(crate) mod expired_proposals;
pub(crate) mod expired_settlements;
pub(crate) mod fba;
mod first;
pub(crate) mod maintenance;
mod special_authorities;
pub(crate) mod tickets;
mod votes;
mod voting_power;
mod weights;
pub(crate) mod withdraw_permissions;
mod workers;
