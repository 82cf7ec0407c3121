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
use crate::ids::{AccountId, AssetId};
use crate::parameters::HtlcOptions;
use crate::reference_words::Asked;
use crate::{Ledger, Rejected};
use carbyne_crypto::hash;
use carbyne_wire::{Digest, Hash160, Wire};

refusals! {
    /// Why an operation about a hashed time-lock contract is refused.
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
        /// The committee has not set the limits of contracts.
        NotEnabled: "the committee has not set the limits of contracts",
        /// A longer life than the committee allows.
        TooLong { seconds: u32, max: u32 }: "{seconds} seconds are longer than the {max} allowed",
        /// A larger secret than the committee allows.
        PreimageTooLarge { size: u16, max: u32 }:
            "a secret of {size} bytes is longer than the {max} allowed",
        /// The giver has less than the amount.
        InsufficientFunds { account: AccountId, has: i64, needs: i64 }:
            "{account} has {has}, not {needs}",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId }: "only the issuer of {asset} may send or receive it",
        /// An account may not hold the asset.
        Unauthorized { account: AccountId, asset: AssetId, role: &'static str }:
            "the '{role}' account {account} may not hold {asset}",
        /// A secret of another size than was agreed.
        PreimageSize { size: usize, expected: u16 }:
            "the secret has {size} bytes, {expected} were agreed",
        /// A secret that is not behind the hash.
        WrongPreimage: "the secret is not the one behind the hash",
        /// Only the giver may prolong a contract.
        NotCreator { account: AccountId, creator: AccountId }:
            "only {creator} may prolong the contract, not {account}",
        /// An end after the end of time.
        InvalidDate { seconds: u32 }: "{seconds} seconds more would end after the end of time",
        /// An end farther from now than the committee allows.
        TooFar { max: u32 }: "the contract would end more than {max} seconds from now",
    }
}

/// The hash of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Wire)]
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

/// The limits the committee sets.
fn options(ledger: &Ledger) -> Result<&HtlcOptions, Rejected> {
    let options = &ledger.parameters()?.extensions.updatable_htlc_options;
    options.as_ref().ok_or_else(|| HtlcRefusal::NotEnabled.into())
}

/// Days that have begun after so many seconds; the sum wraps at 32 bits as the reference's does.
const fn days_begun(seconds: u32) -> u64 {
    (seconds.wrapping_add(SECONDS_PER_DAY - 1) / SECONDS_PER_DAY) as u64
}

#[cfg(test)]
mod tests;
