//! Escrow amend: both parties take another agent, or more time.
//!
//! Signed by: the active authorities of `from`, who pays the fee, of `to`, and of `agent`.

use crate::Rejected;
use crate::contract::{check_fee, different};
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

/// Takes another agent, or more time.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowAmend {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gave.
    pub from: AccountId,
    /// Account that was to receive.
    pub to: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// The agent from then on, who signs too, the one there is or another; none if there is none.
    pub agent: Option<AccountId>,
    /// When it ends unless somebody disputes, if that is later than before.
    pub deliver_by: Option<TimePointSec>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowAmendFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowAmend {
    const NAME: &'static str = "escrow_amend";
    type Fee = EscrowAmendFee;

    paid_by!(from);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        match self.agent {
            Some(agent) => different(&[self.from, self.to, agent]),
            None => different(&[self.from, self.to]),
        }
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.insert(self.to);
        required.active.extend(self.agent);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
        accounts.extend(self.agent);
    }
}
