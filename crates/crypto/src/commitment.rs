//! Pedersen commitments: points that hide an amount and still add up.
//!
//! A commitment is `blinding factor * G + value * H`. Whoever knows sums of blinding factors can
//! show that amounts balance without telling them. The form is that of secp256k1-zkp of May 2015,
//! which the reference is built on. Never knows which asset an amount is of.

use std::fmt;

use thiserror::Error;

use crate::curve::{
    Point, Scalar, is_infinity, point, point_bytes, scalar, scalar_bytes, times_generator,
    times_second_generator,
};

/// A number that hides the value of a commitment, big-endian.
pub type BlindingFactor = [u8; 32];

/// A commitment to a value: a compressed point. The bytes need not be a point of the curve; then
/// nothing holds for them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub [u8; 33]);

impl Default for Commitment {
    fn default() -> Self {
        Self([0; 33])
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({})", hex::encode(self.0))
    }
}

/// Why there is no commitment, or no sum of blinding factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommitmentError {
    /// A blinding factor is not below the order of the curve.
    #[error("blinding factor number {index} is not below the order of the curve")]
    FactorTooLarge {
        /// Which one, counted from zero.
        index: usize,
    },
    /// Value and blinding factor together give no point, as when both are zero.
    #[error("nothing is hidden: the commitment would be the point at infinity")]
    Infinity,
    /// A sum of no blinding factors. The reference stops working when asked for it.
    #[error("there are no blinding factors to sum")]
    NoFactors,
}

/// The commitment to `value`, in smallest units, hidden by `blinding_factor`.
pub fn blind(blinding_factor: &BlindingFactor, value: u64) -> Result<Commitment, CommitmentError> {
    let factor = scalar(blinding_factor).ok_or(CommitmentError::FactorTooLarge { index: 0 })?;
    commit(&factor, value).ok_or(CommitmentError::Infinity)
}

/// The sum of the first `non_negative_count` blinding factors minus the others.
pub fn blind_sum(
    blinding_factors: &[BlindingFactor],
    non_negative_count: u32,
) -> Result<BlindingFactor, CommitmentError> {
    if blinding_factors.is_empty() {
        return Err(CommitmentError::NoFactors);
    }
    // To the reference a count from 2^31 up is negative, so that every factor is subtracted.
    let added_count = i32::try_from(non_negative_count).map_or(0, |_| non_negative_count as usize);
    let mut sum = Scalar::ZERO;
    for (index, bytes) in blinding_factors.iter().enumerate() {
        let factor = scalar(bytes).ok_or(CommitmentError::FactorTooLarge { index })?;
        sum += if index < added_count { factor } else { -factor };
    }
    Ok(scalar_bytes(&sum))
}

/// Whether the values of `commits_in` equal those of `commits_out` plus `excess`, and their
/// blinding factors add up too. `excess` is public, in smallest units.
pub fn verify_sum(commits_in: &[Commitment], commits_out: &[Commitment], excess: i64) -> bool {
    let (Some(sum_in), Some(sum_out)) = (sum(commits_in), sum(commits_out)) else {
        return false;
    };
    let public = times_second_generator(excess.unsigned_abs());
    let public = if excess < 0 { -public } else { public };
    is_infinity(&(sum_in - sum_out - public))
}

/// The commitment to `value` hidden by `factor`, unless it is the point at infinity.
pub(crate) fn commit(factor: &Scalar, value: u64) -> Option<Commitment> {
    point_bytes(&(times_generator(factor) + times_second_generator(value))).map(Commitment)
}

fn sum(commitments: &[Commitment]) -> Option<Point> {
    commitments.iter().map(|commitment| point(&commitment.0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn refuses_to_sum_no_factors() {
        assert_eq!(blind_sum(&[], 0), Err(CommitmentError::NoFactors));
        assert_eq!(blind_sum(&[], 7), Err(CommitmentError::NoFactors));
    }

    #[test]
    fn refuses_factors_not_below_the_order() {
        assert_eq!(blind(&[255; 32], 1), Err(CommitmentError::FactorTooLarge { index: 0 }));
        let factors = [[1; 32], [255; 32]];
        assert_eq!(blind_sum(&factors, 1), Err(CommitmentError::FactorTooLarge { index: 1 }));
    }

    #[test]
    fn refuses_to_hide_nothing() {
        assert_eq!(blind(&[0; 32], 0), Err(CommitmentError::Infinity));
    }

    #[test]
    fn a_count_that_is_negative_in_the_reference_subtracts_everything() {
        let factors = [[1; 32], [2; 32]];
        assert_eq!(blind_sum(&factors, u32::MAX), blind_sum(&factors, 0));
        assert_eq!(blind_sum(&factors, 3), blind_sum(&factors, 2));
    }

    fn check(values_in: [u64; 2], values_out: [u64; 2], excess: i64, want: bool) {
        let mut factors: Vec<_> = (0..3).map(|number| sha256(&[number])).collect();
        factors.push(blind_sum(&factors, 2).unwrap());
        let values = [values_in, values_out].concat();
        let commitments: Vec<_> = factors
            .iter()
            .zip(values)
            .map(|(factor, value)| blind(factor, value).unwrap())
            .collect();
        let (commits_in, commits_out) = commitments.split_at(2);
        assert_eq!(verify_sum(commits_in, commits_out, excess), want);
    }

    #[test]
    fn balanced_values_verify_and_others_do_not() {
        check([5, 7], [4, 8], 0, true);
        check([5, 7], [4, 6], 2, true);
        check([5, 7], [4, 9], -1, true);
        check([5, 7], [4, 9], 1, false);
        check([5, 7], [4, 9], 0, false);
        check([0, 0], [1 << 62, 1 << 62], i64::MIN, true);
        check([u64::MAX, 1], [1, u64::MAX], 0, true);
        check([u64::MAX, 1], [0, 1], 0, false);
    }

    #[test]
    fn bytes_off_the_curve_never_verify() {
        let good = blind(&[1; 32], 5).unwrap();
        for bad in [Commitment::default(), Commitment([5; 33]), Commitment([255; 33])] {
            assert!(!verify_sum(&[bad], &[bad], 0));
            assert!(!verify_sum(&[good], &[bad], 0));
        }
    }
}
