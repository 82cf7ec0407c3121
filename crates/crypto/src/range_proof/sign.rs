//! Making range proofs.
//!
//! Invariant: the same input gives the same proof; every proof made verifies if the commitment is
//! the one to that value and blinding factor. Never knows who asks for a proof.

use thiserror::Error;

use crate::commitment::{BlindingFactor, Commitment};
use crate::curve::{
    Point, Scalar, is_zero, nonzero_scalar, point_bytes, scalar, scalar_bytes, times_generator,
    times_second_generator,
};
use crate::hash::Sha256;

use super::PerMember;
use super::borromean::{RingSecret, sign};
use super::header::{EXPONENT_MAX, Header, MANTISSA_MAX, Range};
use super::secrets::{ProofSecrets, encode_digits, xor};

/// Values above this are proven without exponent and without smallest value.
const SIGNED_MAX: u64 = i64::MAX as u64;

/// What to prove. The fields are named as in the reference's API.
#[derive(Clone, Copy, Debug)]
pub struct RangeProofInput {
    /// The smallest value to admit, smallest units.
    pub min_value: u64,
    /// The commitment the proof is for. It is not compared with the value.
    pub commit: Commitment,
    /// The blinding factor of the commitment.
    pub commit_blind: BlindingFactor,
    /// The secret that fixes all random numbers; who knows it can read the value from the proof.
    pub nonce: [u8; 32],
    /// How many decimal digits need not be proven, -1 to 18. -1 makes the value public.
    pub base10_exp: i8,
    /// How many bits to prove at least, 0 to 64.
    pub min_bits: u8,
    /// The value of the commitment, smallest units.
    pub actual_value: u64,
}

/// Why no range proof was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RangeProofError {
    /// The value is below the smallest one.
    #[error("the value {value} is below the smallest value {min_value}")]
    BelowMinimum {
        /// Smallest value to admit.
        min_value: u64,
        /// The value.
        value: u64,
    },
    /// The exponent is outside -1..=18.
    #[error("the exponent {0} is not within -1..=18")]
    Exponent(i8),
    /// More than 64 bits.
    #[error("{0} bits are more than a value has")]
    MinBits(u8),
    /// Value and smallest value cannot both be so large.
    #[error("value {value} and smallest value {min_value} are too large together")]
    TooLarge {
        /// Smallest value to admit.
        min_value: u64,
        /// The value.
        value: u64,
    },
    /// The blinding factor is not below the order of the curve.
    #[error("the blinding factor is not below the order of the curve")]
    FactorTooLarge,
    /// A drawn number cannot be used: another nonce is needed.
    #[error("the nonce leads to numbers that cannot be used")]
    UnusableNonce,
}

/// Makes a proof that the value of a commitment is not below `min_value`.
pub fn range_proof_sign(input: &RangeProofInput) -> Result<Vec<u8>, RangeProofError> {
    let plan = Plan::new(input)?;
    let blind = scalar(&input.commit_blind).ok_or(RangeProofError::FactorTooLarge)?;
    plan.prove(input, blind).ok_or(RangeProofError::UnusableNonce)
}

/// How a value is cut into digits.
struct Plan {
    header: Header,
    /// The value less the smallest one, in units of the header's scale.
    digits: u64,
}

impl Plan {
    fn new(input: &RangeProofInput) -> Result<Self, RangeProofError> {
        let (min_value, value) = (input.min_value, input.actual_value);
        if min_value > value {
            return Err(RangeProofError::BelowMinimum { min_value, value });
        }
        if input.min_bits > MANTISSA_MAX {
            return Err(RangeProofError::MinBits(input.min_bits));
        }
        if !(-1..=EXPONENT_MAX as i8).contains(&input.base10_exp) {
            return Err(RangeProofError::Exponent(input.base10_exp));
        }
        match u8::try_from(input.base10_exp) {
            Ok(exponent_max) if min_value < u64::MAX => Self::of_range(input, exponent_max),
            _ => Ok(Self { header: Header { range: None, min_value: value }, digits: 0 }),
        }
    }

    /// Finds exponent, mantissa and digits. Bits asked for come before the exponent asked for.
    fn of_range(input: &RangeProofInput, exponent_max: u8) -> Result<Self, RangeProofError> {
        let (min_value, value) = (input.min_value, input.actual_value);
        if (min_value != 0 && value > SIGNED_MAX) || (value != 0 && min_value >= SIGNED_MAX) {
            return Err(RangeProofError::TooLarge { min_value, value });
        }
        let bits = |number: u64| MANTISSA_MAX - number.leading_zeros() as u8;
        let min_bits = input.min_bits.min(MANTISSA_MAX - bits(min_value));
        let exponent_max = if min_bits > 61 || value > SIGNED_MAX { 0 } else { exponent_max };
        let mut digits = value - min_value;
        let mut reach = u64::MAX.checked_shr(u32::from(MANTISSA_MAX - min_bits)).unwrap_or(0);
        let mut exponent = 0;
        while exponent < exponent_max && reach <= u64::MAX / 10 {
            digits /= 10;
            reach *= 10;
            exponent += 1;
        }
        let mantissa = bits(digits).max(1).max(min_bits);
        let range = Some(Range { exponent, mantissa });
        let min_value = value - digits * 10u64.pow(exponent.into());
        Ok(Self { header: Header { range, min_value }, digits })
    }

    /// Digit number `ring`.
    fn digit(&self, ring: usize) -> usize {
        ((self.digits >> (2 * ring)) & 3) as usize
    }

    fn prove(&self, input: &RangeProofInput, blind: Scalar) -> Option<Vec<u8>> {
        let header = self.header.to_bytes();
        let ring_sizes = self.header.ring_sizes();
        let mut drawn = ProofSecrets::draw(&input.nonce, &input.commit, &header, &ring_sizes);
        self.hide_digits(&mut drawn.member_bytes)?;
        let responses = all_scalars(&drawn.member_bytes)?;

        // The factors of all digits add up to that of the commitment, so that a verifier can
        // compute the commitment to the last digit.
        let last_factor = blind - drawn.factor_sum();
        let mut factors = drawn.digit_factors;
        factors.push(last_factor);
        let commitments = self.digit_commitments(&factors);

        let mut message = Sha256::new();
        message.update(&input.commit.0);
        message.update(&header);
        let coded = code_points(&commitments[..commitments.len() - 1], &mut message)?;
        let secrets = self.ring_secrets(&factors, &responses)?;
        let members = self.header.members(&commitments)?;
        let signature = sign(&members, responses, &secrets, &message.finish())?;

        let responses = signature.responses.iter().flatten().flat_map(scalar_bytes);
        Some(header.into_iter().chain(coded).chain(signature.challenge).chain(responses).collect())
    }

    /// Hides the digits among the random bytes of the last ring, where rewinding finds them.
    fn hide_digits(&self, member_bytes: &mut PerMember<[u8; 32]>) -> Option<()> {
        let last_digit = self.digit(member_bytes.len() - 1);
        let last_ring = member_bytes.last_mut()?;
        if last_ring.len() > 1 {
            let end = last_ring.len() - 1;
            let place = if last_digit == end { end - 1 } else { end };
            last_ring[place] = xor(&last_ring[place], &encode_digits(self.digits));
        }
        Some(())
    }

    fn digit_commitments(&self, factors: &[Scalar]) -> Vec<Point> {
        let commit_digit = |(ring, factor): (usize, &Scalar)| {
            let worth = (self.digit(ring) as u64).wrapping_mul(self.header.scale()) << (2 * ring);
            times_generator(factor) + times_second_generator(worth)
        };
        factors.iter().enumerate().map(commit_digit).collect()
    }

    /// What is known of every ring. The random response of the known member serves as nonce.
    fn ring_secrets(
        &self,
        factors: &[Scalar],
        responses: &PerMember<Scalar>,
    ) -> Option<Vec<RingSecret>> {
        let secret = |(ring, (factor, responses)): (usize, (&Scalar, &Vec<Scalar>))| {
            let index = self.digit(ring);
            let nonce = *responses.get(index)?;
            (!is_zero(factor)).then_some(RingSecret { index, key: *factor, nonce })
        };
        factors.iter().zip(responses).enumerate().map(secret).collect()
    }
}

fn all_scalars(member_bytes: &PerMember<[u8; 32]>) -> Option<PerMember<Scalar>> {
    member_bytes.iter().map(|ring| ring.iter().map(nonzero_scalar).collect()).collect()
}

/// Writes points as a bit each for the first byte, packed, and the 32 bytes of x, and adds their
/// compressed form to `message`.
fn code_points(points: &[Point], message: &mut Sha256) -> Option<Vec<u8>> {
    let mut signs = vec![0; points.len().div_ceil(8)];
    let mut xs = Vec::new();
    for (index, point) in points.iter().enumerate() {
        let bytes = point_bytes(point)?;
        message.update(&bytes);
        signs[index / 8] |= u8::from(bytes[0] == 3) << (index % 8);
        xs.extend_from_slice(&bytes[1..]);
    }
    signs.extend(xs);
    Some(signs)
}
