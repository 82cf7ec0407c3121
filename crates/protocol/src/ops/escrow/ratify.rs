//! Escrow ratify: the receiver or the agent approves what was agreed, or refuses it.
//!
//! Signed by: the active authority of `who`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Digest, Extensions, FlatSet, Wire};

/// Approves what was agreed, or refuses it.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowRatify {
    /// Fee, paid by `who`.
    pub fee: Asset,
    /// The receiver or the agent.
    pub who: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// The hash of what was agreed, again.
    pub agreement_hash: Digest<32>,
    /// Whether it is approved; a refusal returns all.
    pub approve: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowRatifyFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowRatify {
    const NAME: &'static str = "escrow_ratify";
    type Fee = EscrowRatifyFee;

    paid_by!(who);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.who]);
    }
}
