//! What SameT funds and credit offers have in common: the fee on what is borrowed, and changes of a
//! fund.
//!
//! Invariant: fees are rounded up, so that no loan is free whose rate is not zero.

use crate::Rejected;
use crate::money::MoneyRefusal;
use crate::proportion::proportion_up;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: u128, fee_rate: u32, fee: u128) {
        assert_eq!(lending_fee(amount, fee_rate), fee, "{amount} at {fee_rate} millionths");
    }

    #[test]
    fn any_fraction_of_a_fee_is_a_whole_unit() {
        check(1_000_000, 1, 1);
        check(1_000_001, 1, 2);
        check(1, 1, 1);
        check(1, 0, 0);
        check(10, FEE_RATE_DENOM, 10);
    }

    #[test]
    fn a_fee_may_be_larger_than_any_amount() {
        let largest = i64::MAX as u128;
        check(largest, u32::MAX, (largest * 4_294_967_295).div_ceil(1_000_000));
    }

    #[test]
    fn what_is_taken_out_is_positive() {
        assert_eq!(taken_out(-5).unwrap(), 5);
        assert_eq!(taken_out(i64::MIN).unwrap_err().code(), crate::code::OVERFLOW);
    }
}
