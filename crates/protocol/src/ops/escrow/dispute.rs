//! Escrow dispute: a party asks the agent for a ruling.
//!
//! Signed by: the active authority of `who`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Asks the agent for a ruling.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowDispute {
    /// Fee, paid by `who`.
    pub fee: Asset,
    /// Either party.
    pub who: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowDisputeFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowDispute {
    const NAME: &'static str = "escrow_dispute";
    type Fee = EscrowDisputeFee;

    paid_by!(who);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.who]);
    }
}
