//! The numbers that a signer of range proofs draws, and that who knows the nonce can draw again.
//!
//! Invariant: nonce, commitment and header alone fix them.

use crate::commitment::Commitment;
use crate::curve::{Scalar, nonzero_scalar};
use crate::rfc6979::Rfc6979;

use super::PerMember;

/// Random numbers of one proof.
pub(super) struct ProofSecrets {
    /// The blinding factor of every digit but the last.
    pub digit_factors: Vec<Scalar>,
    /// 32 bytes for every member.
    pub member_bytes: PerMember<[u8; 32]>,
}

impl ProofSecrets {
    /// Draws the numbers for rings of these sizes.
    pub fn draw(
        nonce: &[u8; 32],
        commitment: &Commitment,
        header: &[u8],
        ring_sizes: &[usize],
    ) -> Self {
        let mut stream = Rfc6979::new(&[nonce, &commitment.0, header]);
        let mut secrets = Self { digit_factors: Vec::new(), member_bytes: Vec::new() };
        let ring_count = ring_sizes.len();
        for (number, &size) in (1..).zip(ring_sizes) {
            if number < ring_count {
                secrets.digit_factors.push(draw_factor(&mut stream));
            }
            secrets.member_bytes.push((0..size).map(|_| stream.next()).collect());
        }
        secrets
    }

    /// The sum of the blinding factors of all digits but the last.
    pub fn factor_sum(&self) -> Scalar {
        self.digit_factors.iter().sum()
    }
}

/// The next number that can be a blinding factor. One output of the stream is left out before it,
/// as secp256k1-zkp does.
fn draw_factor(stream: &mut Rfc6979) -> Scalar {
    stream.next();
    loop {
        if let Some(factor) = nonzero_scalar(&stream.next()) {
            return factor;
        }
    }
}

/// The byte string that the signer hides among the random bytes of the last ring: the digits,
/// thrice, behind a mark.
pub(super) fn encode_digits(digits: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = 128;
    for part in bytes[8..].chunks_exact_mut(8) {
        part.copy_from_slice(&digits.to_be_bytes());
    }
    bytes
}

/// The digits hidden in `bytes`, if any are.
pub(super) fn decode_digits(bytes: &[u8; 32]) -> Option<u64> {
    let digits = u64::from_be_bytes(*bytes.last_chunk()?);
    let is_marked = bytes[0] & 128 != 0;
    (is_marked && bytes[8..] == encode_digits(digits)[8..]).then_some(digits)
}

/// Bitwise exclusive or.
pub(super) fn xor(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|index| left[index] ^ right[index])
}
