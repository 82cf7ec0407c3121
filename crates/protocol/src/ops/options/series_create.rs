//! Option series create: lets options of some terms be written.
//!
//! Signed by: the active authority of `creator`, who pays the fee.

use super::OptionTerms;
use crate::Rejected;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::contract::{check_fee, fits, some_amount};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Seconds of a week.
const WEEK_SEC: u32 = 604_800;
/// Friday, eight o'clock, in seconds of a week that begins with 1970.
const FRIDAY_MORNING: u32 = 115_200;

/// Lets options of some terms be written.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionSeriesCreate {
    /// Fee, paid by `creator`.
    pub fee: Asset,
    /// Who makes it; it belongs to nobody.
    pub creator: AccountId,
    /// What the options are.
    pub terms: OptionTerms,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a series, in smallest units of the core asset.
    pub struct OptionSeriesCreateFee {
        /// Per series: it makes an asset.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for OptionSeriesCreate {
    const NAME: &'static str = "option_series_create";
    type Fee = OptionSeriesCreateFee;

    paid_by!(creator);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let terms = &self.terms;
        fits(terms.underlying != terms.quote, "an option is about two assets")?;
        some_amount("strike", terms.strike)?;
        some_amount("contract_size", terms.contract_size)?;
        let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
        let mut powers = powers.take_while(|power| *power <= MAX_SHARE_SUPPLY);
        let is_power = powers.any(|power| power == terms.contract_size);
        fits(is_power, "contract_size must be a power of ten")?;
        let is_friday = terms.expiry.0 % WEEK_SEC == FRIDAY_MORNING;
        fits(is_friday, "expiry must be a Friday, 08:00:00 UTC")
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.creator);
    }
}
