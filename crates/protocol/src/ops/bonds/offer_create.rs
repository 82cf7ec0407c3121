//! Bond offer create: offers to lend against collateral, or collateral for a loan.
//!
//! Signed by: the active authority of `creator`, who pays the fee: a part for the offer and one per
//! 1,024 bytes of the operation.

use super::{BondSide, BondTerms};
use crate::Rejected;
use crate::contract::{check_fee, fits, in_range, sized_fee, some_amount};
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Pack, TimePointSec, Wire};

/// The most accounts that an offer is made to.
pub const ALLOWED_MAX: u32 = 10;

/// Offers to lend, or to borrow.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondOfferCreate {
    /// Fee, paid by `creator`.
    pub fee: Asset,
    /// Whose offer.
    pub creator: AccountId,
    /// Whether it lends or borrows.
    pub side: BondSide,
    /// What it lends, or locks as collateral.
    pub amount: Asset,
    /// What is agreed.
    pub terms: BondTerms,
    /// The least of `amount` that is taken at once, in smallest units.
    pub min_take: i64,
    /// Who may take it; anybody if empty.
    pub allowed: FlatSet<AccountId>,
    /// Whether the chain is to repay what the maker borrows when it is due.
    pub auto_repay: bool,
    /// When the offer ends.
    pub expiry: TimePointSec,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an offer, in smallest units of the core asset.
    pub struct BondOfferCreateFee {
        /// Per offer.
        fee: u64 = 500_000,
        /// Per 1,024 bytes.
        price_per_kbyte: u32 = 500_000,
    }
}

impl Stateless for BondOfferCreate {
    const NAME: &'static str = "bond_offer_create";
    type Fee = BondOfferCreateFee;

    paid_by!(creator);

    fn calculate_fee(&self, fee: &BondOfferCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, fee.price_per_kbyte.into(), self.packed_len())
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.terms.validate()?;
        some_amount("amount", self.amount.amount)?;
        let offered = match self.side {
            BondSide::Lend => self.terms.principal(),
            BondSide::Borrow => self.terms.collateral(),
        };
        fits(self.amount.asset_id == offered, "the amount is of another asset than the terms")?;
        some_amount("min_take", self.min_take)?;
        fits(self.min_take <= self.amount.amount, "min_take must not be above the amount")?;
        let other = match self.side {
            BondSide::Lend => {
                Asset::new(self.min_take, offered).times_round_up(self.terms.ratio)?
            }
            BondSide::Borrow => Asset::new(self.min_take, offered).times(self.terms.ratio)?,
        };
        some_amount("the worth of min_take", other.amount)?;
        in_range("allowed", self.allowed.len() as u64, 0_u32, ALLOWED_MAX)?;
        let may_repay = self.side == BondSide::Borrow || !self.auto_repay;
        fits(may_repay, "who lends has nothing to repay")
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.creator);
    }
}
