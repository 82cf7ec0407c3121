//! Bond repay: anybody repays some of a debt, or all of it.
//!
//! Signed by: the active authority of `payer`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, BondId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Repays some of a debt, or all of it.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondRepay {
    /// Fee, paid by `payer`.
    pub fee: Asset,
    /// Who pays, for the borrower.
    pub payer: AccountId,
    /// The bond.
    pub bond: BondId,
    /// How much of the debt, in smallest units of the principal: interest first.
    pub amount: i64,
    /// Whether a SmartCoin of which all is settled is paid in what backs it.
    pub in_backing: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct BondRepayFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for BondRepay {
    const NAME: &'static str = "bond_repay";
    type Fee = BondRepayFee;

    paid_by!(payer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("amount", self.amount)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.payer]);
    }
}
