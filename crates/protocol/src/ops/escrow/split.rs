//! Escrow split: both parties agree who gets what.
//!
//! Signed by: the active authorities of `from`, who pays the fee, and of `to`.

use super::check_amounts;
use crate::Rejected;
use crate::contract::{check_fee, different, fits};
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Both parties agree who gets what of what is locked.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowSplit {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gave.
    pub from: AccountId,
    /// Account that was to receive.
    pub to: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// What `to` gets.
    pub to_receiver: Vec<Asset>,
    /// What `from` gets.
    pub to_sender: Vec<Asset>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowSplitFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowSplit {
    const NAME: &'static str = "escrow_split";
    type Fee = EscrowSplitFee;

    paid_by!(from);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.from, self.to])?;
        check_amounts("to_receiver", &self.to_receiver, 0)?;
        check_amounts("to_sender", &self.to_sender, 0)?;
        let parts = self.to_receiver.len().saturating_add(self.to_sender.len());
        fits(parts > 0, "a split of nothing")
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.insert(self.to);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
    }
}
