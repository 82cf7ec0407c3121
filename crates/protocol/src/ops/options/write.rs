//! Option write: locks what options need and gets them.
//!
//! Signed by: the active authority of `writer`, who pays the fee.

use super::OptionTerms;
use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, OptionSeriesId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Locks what options need and gets them.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionWrite {
    /// Fee, paid by `writer`.
    pub fee: Asset,
    /// Who writes.
    pub writer: AccountId,
    /// The series.
    pub series: OptionSeriesId,
    /// What the options are, again.
    pub terms: OptionTerms,
    /// How many.
    pub contracts: i64,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct OptionWriteFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for OptionWrite {
    const NAME: &'static str = "option_write";
    type Fee = OptionWriteFee;

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
