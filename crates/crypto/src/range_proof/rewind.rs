//! Reading value and blinding factor from a range proof, for who knows its nonce.
//!
//! Invariant: what is read gives the commitment again, or nothing is given out.

use crate::commitment::{BlindingFactor, Commitment, commit};
use crate::curve::{Scalar, inverse, scalar_bytes, scalar_reduced};

use super::header::Header;
use super::secrets::{ProofSecrets, decode_digits, xor};
use super::verify::VerifiedProof;

/// What a range proof tells to who knows its nonce. The reference's answer has a message too, which
/// is always empty there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeProofRewind {
    /// The blinding factor of the commitment.
    pub blind_out: BlindingFactor,
    /// The value of the commitment, smallest units.
    pub value_out: u64,
    /// Smallest possible value by the proof, smallest units.
    pub min_val: u64,
    /// Largest possible value by the proof, smallest units.
    pub max_val: u64,
}

/// Verifies a proof and reads what was hidden in it with `nonce`.
pub fn verify_range_proof_rewind(
    nonce: &[u8; 32],
    commitment: &Commitment,
    proof: &[u8],
) -> Option<RangeProofRewind> {
    let verified = VerifiedProof::new(commitment, proof)?;
    let header = verified.header;
    let header_bytes = proof.get(..Header::length(proof))?;
    let drawn = ProofSecrets::draw(nonce, commitment, header_bytes, &header.ring_sizes());
    let (factor, digits) = match header.range {
        None => (recover_factor(&verified, &drawn, 0)?, 0),
        Some(_) => recover_range(&verified, &drawn)?,
    };
    let value_out = digits.wrapping_mul(header.scale()).wrapping_add(header.min_value);
    if commit(&factor, value_out)? != *commitment {
        return None;
    }
    let info = header.info();
    Some(RangeProofRewind {
        blind_out: scalar_bytes(&factor),
        value_out,
        min_val: info.min_value,
        max_val: info.max_value,
    })
}

/// Finds the digits hidden in one of the last two members of the last ring, and with them the
/// member that was really signed for.
fn recover_range(verified: &VerifiedProof, drawn: &ProofSecrets) -> Option<(Scalar, u64)> {
    let (responses, bytes) = (verified.responses.last()?, drawn.member_bytes.last()?);
    let hidden =
        |index: usize| decode_digits(&xor(&scalar_bytes(responses.get(index)?), bytes.get(index)?));
    let end = responses.len().checked_sub(1)?;
    let (place, digits) = match hidden(end) {
        Some(digits) => (end, digits),
        None => (end.checked_sub(1)?, hidden(end.checked_sub(1)?)?),
    };
    let last_digit = ((digits >> (2 * drawn.digit_factors.len())) & 3) as usize;
    if last_digit == place {
        return None;
    }
    let factor = recover_factor(verified, drawn, last_digit)? + drawn.factor_sum();
    Some((factor, digits))
}

/// The blinding factor of the last digit, from the member of the last ring that was signed for.
fn recover_factor(verified: &VerifiedProof, drawn: &ProofSecrets, index: usize) -> Option<Scalar> {
    let nonce = scalar_reduced(drawn.member_bytes.last()?.get(index)?);
    let response = verified.responses.last()?.get(index)?;
    let challenge = verified.challenges.last()?.get(index)?;
    Some((nonce - response) * inverse(challenge)?)
}
