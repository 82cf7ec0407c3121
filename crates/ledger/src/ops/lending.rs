//! What SameT funds and credit offers have in common: the fee on what is borrowed, and changes of a
//! fund.
//!
//! Invariant: fees are rounded up, so that no loan is free whose rate is not zero.

use carbyne_protocol::Rejected;
use carbyne_protocol::money::MoneyRefusal;
use carbyne_protocol::proportion::proportion_up;

/// A fee rate of this many millionths is everything (reference: `protocol/config.hpp`).
pub const FEE_RATE_DENOM: u32 = 1_000_000;

/// The fee on `amount` smallest units at `fee_rate` millionths, rounded up; may be above 63 bits.
/// An amount of more than 96 bits, which nobody has, wraps as in the reference.
pub fn lending_fee(amount: u128, fee_rate: u32) -> u128 {
    proportion_up(amount, fee_rate, FEE_RATE_DENOM)
}

/// What a negative `delta` takes out, in smallest units; refused if it does not fit.
pub(super) fn taken_out(delta: i64) -> Result<i64, Rejected> {
    Ok(delta.checked_neg().ok_or(MoneyRefusal::Overflow { a: 0, b: delta })?)
}
