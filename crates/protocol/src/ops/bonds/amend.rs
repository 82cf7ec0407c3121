//! Bond amend: both sides agree on something else.
//!
//! Signed by: the active authorities of `borrower`, who pays the fee, and of `lender`.

use crate::Rejected;
use crate::constants::PERCENT_100;
use crate::contract::{check_fee, different, fits, in_range, some_amount};
use crate::ids::{AccountId, BondId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Extensions, FlatSet, TimePointSec, Wire};

/// Changes what was agreed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondAmend {
    /// Fee, paid by `borrower`.
    pub fee: Asset,
    /// Who borrowed.
    pub borrower: AccountId,
    /// Who lent.
    pub lender: AccountId,
    /// The bond.
    pub bond: BondId,
    /// When it is due.
    pub due: TimePointSec,
    /// Until when the principal is only repaid if the bond is callable.
    pub min_until: TimePointSec,
    /// Interest of a year from tomorrow on, in basis points.
    pub apr_bps: u16,
    /// The collateral, in smallest units; the borrower adds what it is more, and gets what it is
    /// less.
    pub collateral: i64,
    /// Whether the chain is to repay it when it is due.
    pub auto_repay: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondAmendFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondAmend {
    const NAME: &'static str = "bond_amend";
    type Fee = BondAmendFee;

    paid_by!(borrower);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.borrower, self.lender])?;
        some_amount("collateral", self.collateral)?;
        fits(self.min_until <= self.due, "min_until must not be after due")?;
        in_range("apr_bps", self.apr_bps, 0_u32, PERCENT_100)
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.insert(self.lender);
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.borrower, self.lender]);
    }
}
