//! Range proofs: that a hidden value lies in a range, so that no commitment hides a negative one.
//!
//! The value is cut into base-4 digits. Each digit gets a commitment of its own and a ring
//! signature that one of the four possible digits, nobody sees which, leaves nothing but a blinding
//! factor.
//! The form is that of secp256k1-zkp of May 2015 (rangeproof_impl.h there), byte for byte.
//!
//! Invariant: work is bounded, at most 128 ring members; bad bytes are refused and never panic.

mod borromean;
mod header;
mod rewind;
mod secrets;
mod sign;
mod verify;

pub use header::RangeProofInfo;
pub use rewind::{RangeProofRewind, verify_range_proof_rewind};
pub use sign::{RangeProofError, RangeProofInput, range_proof_sign};
pub use verify::verify_range;

/// Something of every member of every ring: a ring for every digit, a member for what it may be.
type PerMember<T> = Vec<Vec<T>>;

/// What the header of a proof claims: nothing of it is verified.
pub fn range_get_info(proof: &[u8]) -> Option<RangeProofInfo> {
    header::Header::parse(proof).map(|header| header.info())
}
