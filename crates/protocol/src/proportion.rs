//! Parts of amounts: a product of two numbers over a third, in 128 bits.
//!
//! Invariant: nothing here can overflow or divide by zero. A product beyond 128 bits, which no two
//! amounts have, wraps as the reference's does; a part of nothing is nothing.

use crate::constants::PERCENT_100;

/// `amount * part / whole`, rounded down.
pub fn proportion(amount: impl Into<u128>, part: impl Into<u128>, whole: impl Into<u128>) -> u128 {
    quotient(amount.into().wrapping_mul(part.into()), whole.into())
}

/// `amount * part / whole`, any fraction rounded up.
pub fn proportion_up(
    amount: impl Into<u128>,
    part: impl Into<u128>,
    whole: impl Into<u128>,
) -> u128 {
    quotient_up(amount.into().wrapping_mul(part.into()), whole.into())
}

/// `amount * part / whole` of numbers that may be negative, rounded towards zero.
pub fn signed_proportion(
    amount: impl Into<i128>,
    part: impl Into<i128>,
    whole: impl Into<i128>,
) -> i64 {
    let product = amount.into().wrapping_mul(part.into());
    product.checked_div(whole.into()).unwrap_or(0) as i64
}

/// `percent` basis points of a number, rounded down.
pub fn basis_points(amount: impl Into<u128>, percent: impl Into<u128>) -> u128 {
    proportion(amount, percent, PERCENT_100)
}

/// A quotient, rounded down.
#[inline]
pub fn quotient(dividend: u128, divisor: u128) -> u128 {
    dividend.checked_div(divisor).unwrap_or(0)
}

/// A quotient, any fraction rounded up.
#[inline]
pub fn quotient_up(dividend: u128, divisor: u128) -> u128 {
    quotient(dividend.wrapping_add(divisor).wrapping_sub(1), divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_rounded_as_its_name_says() {
        assert_eq!(proportion(10_u32, 2_u32, 3_u32), 6);
        assert_eq!(proportion_up(10_u32, 2_u32, 3_u32), 7);
        assert_eq!(proportion_up(9_u32, 2_u32, 3_u32), 6);
        assert_eq!(signed_proportion(-10, 2, 3), -6);
        assert_eq!(basis_points(10_001_u32, 1_u32), 1);
    }

    #[test]
    fn nothing_panics_at_the_edges() {
        assert_eq!(proportion(7_u32, 7_u32, 0_u32), 0);
        assert_eq!(signed_proportion(i128::MIN, -1, -1), 0);
        assert_eq!(quotient_up(u128::MAX, 2), 0);
    }
}
