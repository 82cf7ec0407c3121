//! Escrow release: a party gives to the other.
//!
//! Signed by: the active authority of `who`, who pays the fee.

use super::check_amounts;
use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, EscrowId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives of what is locked to the other party.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowRelease {
    /// Fee, paid by `who`.
    pub fee: Asset,
    /// Either party, which gives to the other one.
    pub who: AccountId,
    /// The escrow.
    pub escrow: EscrowId,
    /// What is given.
    pub amounts: Vec<Asset>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct EscrowReleaseFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for EscrowRelease {
    const NAME: &'static str = "escrow_release";
    type Fee = EscrowReleaseFee;

    paid_by!(who);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_amounts("amounts", &self.amounts, 1)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.who]);
    }
}
