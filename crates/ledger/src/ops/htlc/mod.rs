//! Hashed time-lock contracts: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::htlc`].

pub mod create;
pub mod extend;
pub mod redeem;

use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::parameters::HtlcOptions;

refusals! {
    /// Why an operation about a hashed time-lock contract is refused.
    pub enum HtlcRefusal {
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

/// The limits the committee sets.
fn options(ledger: &Ledger) -> Result<&HtlcOptions, Rejected> {
    let options = &ledger.parameters()?.extensions.updatable_htlc_options;
    options.as_ref().ok_or_else(|| HtlcRefusal::NotEnabled.into())
}

#[cfg(test)]
mod tests;
