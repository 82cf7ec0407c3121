//! Hashed time-lock contracts: an amount that goes to whoever is named, if the secret behind a hash
//! is shown in time, and otherwise back.

pub mod create;
pub mod extend;
pub mod redeem;
pub mod redeemed;
pub mod refund;

pub use create::HtlcCreate;
pub use extend::HtlcExtend;
pub use redeem::HtlcRedeem;
pub use redeemed::HtlcRedeemed;
pub use refund::HtlcRefund;

use crate::constants::SECONDS_PER_DAY;
use crate::reference_words::Asked;
use carbyne_crypto::hash;
use carbyne_wire::{Digest, Hash160, Wire};

refusals! {
    /// Why an operation about a hashed time-lock contract is refused, whatever the state.
    pub enum HtlcRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// A fee of more than 64 bits.
        FeeOverflow { count: u64, price: u64, asked: Asked }:
            "{count} times {price} is no possible fee",
        /// The chain makes it, nobody sends it.
        Virtual: "only the chain makes this operation",
    }
}

/// The hash of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Wire)]
#[wire(plain)]
pub enum HtlcHash {
    /// RIPEMD-160.
    Ripemd160(Hash160),
    /// SHA-1.
    Sha1(Hash160),
    /// SHA-256.
    Sha256(Digest<32>),
    /// RIPEMD-160 of the SHA-256 (BSIP 64).
    Hash160(Hash160),
}

impl Default for HtlcHash {
    fn default() -> Self {
        Self::Ripemd160(Digest::default())
    }
}

impl HtlcHash {
    /// Whether it is the hash of `preimage`.
    pub fn is_of(&self, preimage: &[u8]) -> bool {
        match self {
            Self::Ripemd160(digest) => digest.0 == hash::ripemd160(preimage),
            Self::Sha1(digest) => digest.0 == hash::sha1(preimage),
            Self::Sha256(digest) => digest.0 == hash::sha256(preimage),
            Self::Hash160(digest) => digest.0 == hash::hash160(preimage),
        }
    }
}

/// Days that have begun after so many seconds; the sum wraps at 32 bits as the reference's does.
pub const fn days_begun(seconds: u32) -> u64 {
    (seconds.wrapping_add(SECONDS_PER_DAY - 1) / SECONDS_PER_DAY) as u64
}
