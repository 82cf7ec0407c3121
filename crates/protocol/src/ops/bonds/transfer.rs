//! Bond transfer: the lender gives the claim to somebody else.
//!
//! Signed by: the active authority of `lender`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, different};
use crate::ids::{AccountId, BondId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives the lender side to somebody else.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondTransfer {
    /// Fee, paid by `lender`.
    pub fee: Asset,
    /// Who lent, or bought the claim.
    pub lender: AccountId,
    /// The bond.
    pub bond: BondId,
    /// Who has the claim from then on; the borrower is free.
    pub to: AccountId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondTransferFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondTransfer {
    const NAME: &'static str = "bond_transfer";
    type Fee = BondTransferFee;

    paid_by!(lender);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.lender, self.to])
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.lender, self.to]);
    }
}
