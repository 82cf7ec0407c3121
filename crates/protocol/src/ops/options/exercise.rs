//! Option exercise: gives options and what they ask for, and gets what is locked for them.
//!
//! Signed by: the active authority of `holder`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, some_amount};
use crate::ids::{AccountId, OptionSeriesId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Exchanges at the agreed price.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionExercise {
    /// Fee, paid by `holder`.
    pub fee: Asset,
    /// Who has the options.
    pub holder: AccountId,
    /// The series.
    pub series: OptionSeriesId,
    /// How many.
    pub contracts: i64,
    /// What is paid in all.
    pub pays: Asset,
    /// What is got in all.
    pub gets: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct OptionExerciseFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for OptionExercise {
    const NAME: &'static str = "option_exercise";
    type Fee = OptionExerciseFee;

    paid_by!(holder);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        some_amount("contracts", self.contracts)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.holder);
    }
}
