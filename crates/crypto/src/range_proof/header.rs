//! The first bytes of a range proof, which say what range it proves.
//!
//! Layout: a byte of flags and the exponent, then the mantissa if a range is proven, then the
//! smallest value unless it is zero. Never knows what stands behind the header.

use std::iter::successors;

use crate::curve::{FinitePoint, Point, times_second_generator};

use super::PerMember;

/// Flag: a range is proven, not one exact value.
const FLAG_RANGE: u8 = 64;
/// Flag: the smallest value is not zero and is written.
const FLAG_MIN_VALUE: u8 = 32;
/// Flag that no proof has.
const FLAG_RESERVED: u8 = 128;
/// The bits of the first byte that hold the exponent.
const EXPONENT_MASK: u8 = 31;

/// Largest exponent: 10^19 times anything leaves 64 bits.
pub(super) const EXPONENT_MAX: u8 = 18;
/// Most bits a proven value has.
pub(super) const MANTISSA_MAX: u8 = 64;
/// No proof is shorter, bytes.
const PROOF_LENGTH_MIN: usize = 65;

/// What a range proof claims about the value: it is `min_value` plus a number of `mantissa` bits
/// times ten to the `exp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeProofInfo {
    /// Power of ten the proven digits count in; -1 where one exact value is proven.
    pub exp: i32,
    /// Number of proven bits.
    pub mantissa: i32,
    /// Smallest possible value, smallest units.
    pub min_value: u64,
    /// Largest possible value, smallest units.
    pub max_value: u64,
}

/// The header of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Exponent and number of bits, unless one exact value is proven.
    pub range: Option<Range>,
    /// Smallest possible value.
    pub min_value: u64,
}

/// The part of a header that says how wide the range is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// Power of ten the digits count in, at most 18.
    pub exponent: u8,
    /// Number of bits, 1 to 64.
    pub mantissa: u8,
}

impl Header {
    /// Reads the header of a proof; refuses one whose range leaves 64 bits.
    pub fn parse(proof: &[u8]) -> Option<Self> {
        let (&flags, rest) = proof.split_first()?;
        if proof.len() < PROOF_LENGTH_MIN || flags & FLAG_RESERVED != 0 {
            return None;
        }
        let (range, rest) = match flags & FLAG_RANGE {
            0 => (None, rest),
            _ => (Some(Range::parse(flags & EXPONENT_MASK, *rest.first()?)?), rest.get(1..)?),
        };
        let min_value = match flags & FLAG_MIN_VALUE {
            0 => 0,
            _ => u64::from_be_bytes(*rest.first_chunk()?),
        };
        let header = Self { range, min_value };
        header.max_value().map(|_| header)
    }

    /// The length of the header that stands in front of `proof`, bytes.
    pub fn length(proof: &[u8]) -> usize {
        let flags = proof.first().copied().unwrap_or(0);
        let range = if flags & FLAG_RANGE == 0 { 0 } else { 1 };
        let min_value = if flags & FLAG_MIN_VALUE == 0 { 0 } else { 8 };
        1 + range + min_value
    }

    /// Writes the header.
    pub fn to_bytes(self) -> Vec<u8> {
        let range_flags = self.range.map_or(0, |range| FLAG_RANGE | range.exponent);
        let min_flag = if self.min_value == 0 { 0 } else { FLAG_MIN_VALUE };
        let mut bytes = vec![range_flags | min_flag];
        bytes.extend(self.range.map(|range| range.mantissa - 1));
        if self.min_value != 0 {
            bytes.extend(self.min_value.to_be_bytes());
        }
        bytes
    }

    /// What callers are told.
    pub fn info(&self) -> RangeProofInfo {
        RangeProofInfo {
            exp: self.range.map_or(-1, |range| i32::from(range.exponent)),
            mantissa: self.range.map_or(0, |range| i32::from(range.mantissa)),
            min_value: self.min_value,
            max_value: self.max_value().unwrap_or(u64::MAX),
        }
    }

    /// Largest possible value, if it fits into 64 bits.
    fn max_value(&self) -> Option<u64> {
        let Some(Range { exponent, mantissa }) = self.range else {
            return Some(self.min_value);
        };
        let digits_max = u64::MAX >> (MANTISSA_MAX - mantissa);
        digits_max.checked_mul(10u64.pow(exponent.into()))?.checked_add(self.min_value)
    }

    /// What one unit of the first digit is worth.
    pub fn scale(&self) -> u64 {
        self.range.map_or(1, |range| 10u64.pow(range.exponent.into()))
    }

    /// How many members each ring has: four for a whole digit, two for a last bit left over, one
    /// where there is nothing to choose.
    pub fn ring_sizes(&self) -> Vec<usize> {
        let Some(range) = self.range else {
            return vec![1];
        };
        let mut sizes = vec![4; usize::from(range.mantissa / 2)];
        if range.mantissa % 2 == 1 {
            sizes.push(2);
        }
        sizes
    }

    /// The points of all members: member `j` of ring `i` is the commitment to digit `i` without
    /// what `j` would be worth there. The point at infinity is refused.
    pub fn members(&self, digit_commitments: &[Point]) -> Option<PerMember<FinitePoint>> {
        let mut worth = times_second_generator(self.scale());
        let mut members = Vec::new();
        let ring_sizes = self.ring_sizes();
        for (first, size) in digit_commitments.iter().zip(&ring_sizes) {
            members.extend(successors(Some(*first), |point| Some(point - &worth)).take(*size));
            worth = worth.double().double();
        }
        let mut members = FinitePoint::all(&members)?.into_iter();
        Some(ring_sizes.iter().map(|size| members.by_ref().take(*size).collect()).collect())
    }
}

impl Range {
    fn parse(exponent: u8, mantissa_less_one: u8) -> Option<Self> {
        let is_valid = exponent <= EXPONENT_MAX && mantissa_less_one < MANTISSA_MAX;
        is_valid.then(|| Self { exponent, mantissa: mantissa_less_one + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(start: &[u8], want: Option<(i32, i32, u64, u64)>) {
        let mut proof = start.to_vec();
        proof.resize(65, 0);
        let header = Header::parse(&proof);
        let got = header.map(|header| header.info());
        let got = got.map(|info| (info.exp, info.mantissa, info.min_value, info.max_value));
        assert_eq!(got, want, "{}", hex::encode(start));
        if let Some(header) = header {
            assert_eq!(header.to_bytes(), proof[..Header::length(&proof)]);
        }
    }

    #[test]
    fn reads_ranges_and_exact_values() {
        check(&[0], Some((-1, 0, 0, 0)));
        check(&[32, 0, 0, 0, 0, 0, 0, 3, 232], Some((-1, 0, 1000, 1000)));
        check(&[64, 9], Some((0, 10, 0, 1023)));
        check(&[66, 3], Some((2, 4, 0, 1500)));
        check(&[64, 63], Some((0, 64, 0, u64::MAX)));
        check(
            &[96, 0, 255, 255, 255, 255, 255, 255, 255, 254],
            Some((0, 1, u64::MAX - 1, u64::MAX)),
        );
    }

    #[test]
    fn refuses_ranges_beyond_64_bits() {
        check(&[64, 64], None);
        check(&[65, 63], None);
        check(&[64 + 18, 4], None);
        check(&[64 + 18, 3], Some((18, 4, 0, 15 * 10u64.pow(18))));
        check(&[64 + 19, 0], None);
        check(&[96, 63, 0, 0, 0, 0, 0, 0, 0, 1], None);
        check(&[128], None);
    }

    #[test]
    fn refuses_short_proofs() {
        assert_eq!(Header::parse(&[]), None);
        assert_eq!(Header::parse(&[0; 64]), None);
        assert!(Header::parse(&[0; 65]).is_some());
    }
}
