//! Bonds: one asset is lent against another, for a time, without a margin call: the borrower may
//! walk away and leave the collateral, and the lender prices that.

pub mod amend;
pub mod claim;
pub mod close;
pub mod event;
pub mod offer_cancel;
pub mod offer_create;
pub mod offer_take;
pub mod repay;
pub mod transfer;

pub use amend::BondAmend;
pub use claim::BondClaim;
pub use close::BondClose;
pub use event::{BondEvent, BondOutcome};
pub use offer_cancel::BondOfferCancel;
pub use offer_create::BondOfferCreate;
pub use offer_take::BondOfferTake;
pub use repay::BondRepay;
pub use transfer::BondTransfer;

use crate::Rejected;
use crate::constants::{PERCENT_100, SECONDS_PER_DAY};
use crate::contract::in_range;
use crate::ids::AssetId;
use crate::money::Price;
use carbyne_wire::Wire;

/// What a year of interest is divided by: days of a year, and basis points.
pub const INTEREST_DENOM: u128 = 365 * 10_000;

named_enum! {
    /// What the maker of an offer does.
    #[derive(Default)]
    pub enum BondSide {
        /// Lends.
        #[default]
        Lend = 1 "lend",
        /// Borrows.
        Borrow = 2 "borrow",
    }
}

/// What is agreed in a bond.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct BondTerms {
    /// Collateral (base) for principal (quote).
    pub ratio: Price,
    /// Seconds until it is due.
    pub term_sec: u32,
    /// Seconds in which the principal is only repaid if the bond is callable.
    pub min_term_sec: u32,
    /// Interest of a year of 365 days, in basis points.
    pub apr_bps: u16,
    /// Whether the borrower may repay the principal at any time.
    pub callable: bool,
    /// Whether the lender gets the collateral at once when it is due.
    pub auto_claim: bool,
}

impl BondTerms {
    /// What is lent.
    pub const fn principal(&self) -> AssetId {
        self.ratio.quote.asset_id
    }

    /// What is locked for it.
    pub const fn collateral(&self) -> AssetId {
        self.ratio.base.asset_id
    }

    /// Refuses terms that nobody can agree to.
    pub fn validate(&self) -> Result<(), Rejected> {
        self.ratio.validate_bounded()?;
        in_range("term_sec", self.term_sec, SECONDS_PER_DAY, u32::MAX)?;
        in_range("min_term_sec", self.min_term_sec, 0_u32, self.term_sec)?;
        in_range("apr_bps", self.apr_bps, 0_u32, PERCENT_100)
    }
}
