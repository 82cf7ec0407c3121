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
use crate::{Ledger, Rejected};
use carbyne_crypto::hash;
use carbyne_wire::{Digest, Hash160, Wire};

refusals! {
    /// Why an operation about a hashed time-lock contract is refused.
    pub enum HtlcRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "Fee amount should not be negative: {fee}",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "HTLC amount should be greater than zero, not {amount}",
        /// A fee of more than 64 bits.
        FeeOverflow { count: u64, price: u64, words: &'static str }: "{words}",
        /// The chain makes it, nobody sends it.
        Virtual: "virtual operation",
        /// The committee has not set the limits of contracts.
        NotEnabled: "htlc_options: HTLC Committee options are not set.",
        /// A longer life than the committee allows.
        TooLong { seconds: u32, max: u32 }:
            "o.claim_period_seconds <= htlc_options->max_timeout_secs: \
             HTLC Timeout exceeds allowed length",
        /// A larger secret than the committee allows.
        PreimageTooLarge { size: u16, max: u32 }:
            "o.preimage_size <= htlc_options->max_preimage_size: \
             HTLC preimage length exceeds allowed length",
        /// The giver has less than the amount.
        InsufficientFunds { account: AccountId, has: i64, needs: i64 }:
            "d.get_balance( o.from, o.amount.asset_id) >= (o.amount): Insufficient funds",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId }:
            "!asset_to_transfer.is_transfer_restricted() || op.from == asset_to_transfer.issuer || \
             op.to == asset_to_transfer.issuer: Asset {asset} cannot be transfered.",
        /// An account may not hold the asset.
        Unauthorized { account: AccountId, asset: AssetId, role: &'static str }:
            "is_authorized_asset( d, {role}_account, asset_to_transfer ): \
             Asset {asset} is not authorized for account {account}.",
        /// A secret of another size than was agreed.
        PreimageSize { size: usize, expected: u16 }:
            "op.preimage.size() == htlc_obj->conditions.hash_lock.preimage_size: \
             Preimage size mismatch.",
        /// A secret that is not behind the hash.
        WrongPreimage:
            "htlc_obj->conditions.hash_lock.preimage_hash.visit( vtor ): \
             Provided preimage does not generate correct hash.",
        /// Only the giver may prolong a contract.
        NotCreator { account: AccountId, creator: AccountId }:
            "o.update_issuer == htlc_obj->transfer.from: HTLC may only be extended by its creator.",
        /// An end after the end of time.
        InvalidDate { seconds: u32 }:
            "htlc_obj->conditions.time_lock.expiration.sec_since_epoch() + \
             static_cast<uint64_t>(o.seconds_to_add) < \
             fc::time_point_sec::maximum().sec_since_epoch(): \
             Extension would cause an invalid date",
        /// An end farther from now than the committee allows.
        TooFar { max: u32 }:
            "htlc_obj->conditions.time_lock.expiration + o.seconds_to_add <= \
             db().head_block_time() + htlc_options->max_timeout_secs: \
             Extension pushes contract too far into the future",
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
