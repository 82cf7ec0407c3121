//! Bond close: both sides end it and part the collateral.
//!
//! Signed by: the active authorities of `borrower`, who pays the fee, and of `lender`.

use crate::Rejected;
use crate::contract::{check_fee, different, maybe_amount};
use crate::ids::{AccountId, BondId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Ends the bond: no debt is left.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondClose {
    /// Fee, paid by `borrower`.
    pub fee: Asset,
    /// Who borrowed, and gets the rest of the collateral.
    pub borrower: AccountId,
    /// Who lent.
    pub lender: AccountId,
    /// The bond.
    pub bond: BondId,
    /// Collateral for the lender, in smallest units.
    pub to_lender: i64,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondCloseFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondClose {
    const NAME: &'static str = "bond_close";
    type Fee = BondCloseFee;

    paid_by!(borrower);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.borrower, self.lender])?;
        maybe_amount("to_lender", self.to_lender)
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.insert(self.lender);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.borrower, self.lender]);
    }
}
