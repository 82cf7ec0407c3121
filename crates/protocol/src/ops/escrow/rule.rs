//! Escrow rule: the agent says what the receiver gets; all else goes back.
//!
//! Signed by: the active authority of `agent`, who pays the fee.

use super::check_amounts;
use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Ends a dispute.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowRule {
    /// Fee, paid by `agent`.
    pub fee: Asset,
    /// The agent.
    pub agent: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// What the receiver gets; the giver gets all else.
    pub to_receiver: Vec<Asset>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowRuleFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowRule {
    const NAME: &'static str = "escrow_rule";
    type Fee = EscrowRuleFee;

    paid_by!(agent);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_amounts("to_receiver", &self.to_receiver, 0)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.agent]);
    }
}
