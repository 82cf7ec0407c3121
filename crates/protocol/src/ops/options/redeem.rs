//! Option redeem: a writer takes his part of what is left when nothing can be exercised any
//! more.
//!
//! Signed by: the active authority of `writer`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, OptionSeriesId, OptionTrancheId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes a writer's part of what is left.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionRedeem {
    /// Fee, paid by `writer`.
    pub fee: Asset,
    /// Who writes.
    pub writer: AccountId,
    /// The series.
    pub series: OptionSeriesId,
    /// Where he wrote.
    pub tranche: OptionTrancheId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct OptionRedeemFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for OptionRedeem {
    const NAME: &'static str = "option_redeem";
    type Fee = OptionRedeemFee;

    paid_by!(writer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.writer);
    }
}
