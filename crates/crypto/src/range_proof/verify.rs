//! Verifying range proofs.
//!
//! Invariant: a proof is accepted only in its one form, without a byte too many.

use crate::commitment::Commitment;
use crate::curve::{Point, Scalar, point, scalar, times_second_generator};
use crate::hash::Sha256;

use super::PerMember;
use super::borromean::{RingSignature, verify};
use super::header::Header;

/// The smallest and the largest value that a commitment can have by its proof, in smallest units;
/// nothing if the proof does not hold.
pub fn verify_range(commitment: &Commitment, proof: &[u8]) -> Option<(u64, u64)> {
    let info = VerifiedProof::new(commitment, proof)?.header.info();
    Some((info.min_value, info.max_value))
}

/// A proof that holds.
pub(super) struct VerifiedProof {
    /// What it proves.
    pub header: Header,
    /// The response of every member, as in the proof.
    pub responses: PerMember<Scalar>,
    /// The challenge of every member.
    pub challenges: PerMember<Scalar>,
}

impl VerifiedProof {
    /// Reads a proof and verifies it.
    pub fn new(commitment: &Commitment, proof: &[u8]) -> Option<Self> {
        let header = Header::parse(proof)?;
        let (header_bytes, body) = proof.split_at_checked(Header::length(proof))?;
        let ring_sizes = header.ring_sizes();
        let (coded, signature) = split_body(body, &ring_sizes)?;

        let mut message = Sha256::new();
        message.update(&commitment.0);
        message.update(header_bytes);
        let mut digits = decode_points(coded, ring_sizes.len() - 1, &mut message)?;
        digits.push(last_digit(&header, commitment, &digits)?);

        let signature = read_signature(signature, &ring_sizes)?;
        let challenges = verify(&signature, &header.members(&digits)?, &message.finish())?;
        Some(Self { header, responses: signature.responses, challenges })
    }
}

/// The coded points and the signature, if together they are exactly as long as they must be.
fn split_body<'a>(body: &'a [u8], ring_sizes: &[usize]) -> Option<(&'a [u8], &'a [u8])> {
    let point_count = ring_sizes.len() - 1;
    let member_count: usize = ring_sizes.iter().sum();
    let (coded, signature) = body.split_at_checked(point_count.div_ceil(8) + 32 * point_count)?;
    (signature.len() == 32 + 32 * member_count).then_some((coded, signature))
}

/// Reads points from their packed first bytes and their xs; unused bits must be zero.
fn decode_points(coded: &[u8], count: usize, message: &mut Sha256) -> Option<Vec<Point>> {
    let (signs, xs) = coded.split_at_checked(count.div_ceil(8))?;
    if signs.last().is_some_and(|last| !count.is_multiple_of(8) && last >> (count % 8) != 0) {
        return None;
    }
    let decode = |(index, x): (usize, &[u8])| {
        let mut bytes = [2 + (signs.get(index / 8)? >> (index % 8) & 1); 33];
        bytes[1..].copy_from_slice(x);
        message.update(&bytes);
        point(&bytes)
    };
    xs.chunks_exact(32).enumerate().map(decode).collect()
}

/// The commitment to the last digit: what the others and the smallest value leave of the whole.
fn last_digit(header: &Header, commitment: &Commitment, digits: &[Point]) -> Option<Point> {
    let rest: Point = digits.iter().sum();
    Some(point(&commitment.0)? - rest - times_second_generator(header.min_value))
}

fn read_signature(bytes: &[u8], ring_sizes: &[usize]) -> Option<RingSignature> {
    let (challenge, bytes) = bytes.split_first_chunk::<32>()?;
    let mut numbers = bytes.chunks_exact(32).map(|chunk| scalar(chunk.first_chunk()?));
    let mut read_ring = |size: &usize| numbers.by_ref().take(*size).collect::<Option<Vec<_>>>();
    let responses = ring_sizes.iter().map(&mut read_ring).collect::<Option<_>>()?;
    Some(RingSignature { challenge: *challenge, responses })
}
