//! Carbyne set: the committee opens families of contracts, pauses them, and sets their limits from
//! the next maintenance on.
//!
//! Signed by: the committee account, which can only act by a proposal.

use crate::Rejected;
use crate::constants::COMMITTEE_ACCOUNT;
use crate::contract::check_fee;
use crate::features::{Family, LimitChanges};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Opens and pauses families of contracts, and sets their limits.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CarbyneSet {
    /// Fee, paid by the committee account.
    pub fee: Asset,
    /// Families that are open from then on, beside those that are.
    pub open: FlatSet<Family>,
    /// Families in which nothing new begins from then on; all others go on.
    pub pause: FlatSet<Family>,
    /// Limits that change.
    pub limits: LimitChanges,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct CarbyneSetFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for CarbyneSet {
    const NAME: &'static str = "carbyne_set";
    type Fee = CarbyneSetFee;

    paid_by!(const COMMITTEE_ACCOUNT);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.limits.validate()
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(COMMITTEE_ACCOUNT);
    }
}
