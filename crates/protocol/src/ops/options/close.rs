//! Option close: gives options back and frees what was locked for them.
//!
//! Signed by: the active authority of `writer`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, OptionSeriesId, OptionTrancheId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives options back and frees what was locked for them.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionClose {
    /// Fee, paid by `writer`.
    pub fee: Asset,
    /// Who writes.
    pub writer: AccountId,
    /// The series.
    pub series: OptionSeriesId,
    /// Where he wrote them.
    pub tranche: OptionTrancheId,
    /// How many.
    pub contracts: i64,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct OptionCloseFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for OptionClose {
    const NAME: &'static str = "option_close";
    type Fee = OptionCloseFee;

    paid_by!(writer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("contracts", self.contracts)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.writer);
    }
}
