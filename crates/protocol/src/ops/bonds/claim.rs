//! Bond claim: the lender takes the collateral of a bond that is due.
//!
//! Signed by: the active authority of `lender`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, BondId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes all of the collateral; the debt is gone.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondClaim {
    /// Fee, paid by `lender`.
    pub fee: Asset,
    /// Who lent.
    pub lender: AccountId,
    /// The bond.
    pub bond: BondId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondClaimFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondClaim {
    const NAME: &'static str = "bond_claim";
    type Fee = BondClaimFee;

    paid_by!(lender);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.lender]);
    }
}
