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
