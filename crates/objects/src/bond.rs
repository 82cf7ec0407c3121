//! Bonds and the offers that they are made from.

use super::{ContractIndex, Placed};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::bonds::{BondSide, BondTerms, INTEREST_DENOM};
use carbyne_protocol::proportion::quotient_up;
use carbyne_wire::{FlatSet, TimePointSec, Wire};
use smallvec::{SmallVec, smallvec};

/// An offer to lend or to borrow.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BondOffer {
    /// Id.
    pub id: BondOfferId,
    /// Whose.
    pub creator: AccountId,
    /// Whether it lends or borrows.
    pub side: BondSide,
    /// What is left of what it lends, or locks as collateral.
    pub amount: Asset,
    /// What is agreed.
    pub terms: BondTerms,
    /// The least that is taken at once, in smallest units.
    pub min_take: i64,
    /// Who may take it; anybody if empty.
    pub allowed: FlatSet<AccountId>,
    /// Whether the chain is to repay what the maker borrows when it is due.
    pub auto_repay: bool,
    /// When it ends.
    pub expiry: TimePointSec,
}
object!(BondOffer, ContractIndex, holds[amount], concerns[creator]);

impl Placed for BondOffer {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.creator]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.terms.principal(), self.terms.collateral()]
    }
    fn due(&self) -> Option<TimePointSec> {
        Some(self.expiry)
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.creator]
    }
}

/// A debt with what is locked for it.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Bond {
    /// Id.
    pub id: BondId,
    /// Who lent, or has the claim now.
    pub lender: AccountId,
    /// Who borrowed.
    pub borrower: AccountId,
    /// What is owed, without interest.
    pub principal: Asset,
    /// What is locked.
    pub collateral: Asset,
    /// When it began.
    pub start: TimePointSec,
    /// When it is due.
    pub due: TimePointSec,
    /// Until when the principal is only repaid if the bond is callable.
    pub min_until: TimePointSec,
    /// Interest of a year, in basis points.
    pub apr_bps: u16,
    /// Whether the borrower may repay the principal at any time.
    pub callable: bool,
    /// Whether the lender gets the collateral at once when it is due.
    pub auto_claim: bool,
    /// Whether the chain is to repay it when it is due.
    pub auto_repay: bool,
    /// Begun days that interest was counted for.
    pub days: u32,
    /// Interest of those days: principal times rate times days.
    pub accrued: u128,
    /// Interest that was paid, in smallest units of the principal.
    pub interest_paid: i64,
    /// Whether it was due, and the chain has done what it was to do then.
    pub is_overdue: bool,
    /// Whether its lender side is for sale.
    pub is_listed: bool,
    /// What the lender side got while it was for sale; it goes to who has it then.
    pub held: Vec<Asset>,
}
object! {
    Bond, ContractIndex,
    holds |bond, _assets, sheet| {
        sheet.hold(bond.collateral);
        bond.held.iter().for_each(|amount| sheet.hold(*amount));
    },
    concerns [lender, borrower]
}

impl Bond {
    /// Interest that is owed for the days that were counted, in smallest units of the principal,
    /// rounded up in all and not day by day.
    pub fn interest_owed(&self) -> i64 {
        let interest = quotient_up(self.accrued, INTEREST_DENOM);
        let interest = i64::try_from(interest).unwrap_or(i64::MAX);
        interest.saturating_sub(self.interest_paid)
    }
}

impl Placed for Bond {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.lender, self.borrower]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.principal.asset_id, self.collateral.asset_id]
    }
    fn due(&self) -> Option<TimePointSec> {
        (!self.is_overdue).then_some(self.due)
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.borrower]
    }
}
