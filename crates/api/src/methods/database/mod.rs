//! The database API: the state, asked in the ways clients need.
//!
//! One file per part of the reference's list; each gives its rows of the table.

mod accounts;
mod assets;
mod balances;
mod chain;
mod full_accounts;
mod governance;
mod lending;
mod market;
mod objects;
mod orders;
mod permissions;
mod pools;
mod signatures;
mod subscribe;
mod trades;
mod transactions;

use super::Method;

pub(super) use accounts::{accounts_naming, by_voting_power, naming};
pub(super) use assets::extend_asset;
pub(super) use governance::{committee_members_by_name, witnesses_by_name};
pub(super) use market::describe_ticker;
pub(super) use orders::{market_assets, market_issued, two_assets};
pub(super) use pools::{extend_pool, pools_of_one_asset};
pub(super) use trades::trades_from;

/// All methods.
pub(super) const PARTS: &[&[Method]] = &[
    objects::METHODS,
    subscribe::METHODS,
    chain::METHODS,
    accounts::METHODS,
    full_accounts::METHODS,
    balances::METHODS,
    assets::METHODS,
    orders::METHODS,
    market::METHODS,
    trades::METHODS,
    governance::METHODS,
    transactions::METHODS,
    permissions::METHODS,
    signatures::METHODS,
    pools::METHODS,
    lending::METHODS,
];
