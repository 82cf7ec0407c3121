//! Titles, which say since when an account has its owner, and offers of accounts.

use super::{Placed, Unique, UniqueIndex};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{TimePointSec, Wire};
use smallvec::{SmallVec, smallvec};

/// That an account was sold, and what of the time before is void.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Title {
    /// Id.
    pub id: TitleId,
    /// The account.
    pub account: AccountId,
    /// How often it was sold.
    pub epoch: u32,
    /// When it was sold last.
    pub since: TimePointSec,
    /// In older proposals its approvals are void.
    pub first_proposal: ProposalId,
    /// Older permissions to withdraw that it was given are void.
    pub first_permission: WithdrawPermissionId,
}
object!(Title, UniqueIndex<AccountId>, holds [], concerns [account]);

impl Placed for Title {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.account]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![]
    }
    fn due(&self) -> Option<TimePointSec> {
        None
    }
}

impl Unique for Title {
    type Key = AccountId;
    fn key(&self) -> AccountId {
        self.account
    }
}

/// An account that is for sale, and frozen until the offer is over.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TitleForSale {
    /// Id.
    pub id: TitleOfferId,
    /// What is offered.
    pub account: AccountId,
    /// What it costs.
    pub price: Asset,
    /// Who is paid.
    pub payout: AccountId,
    /// Who may accept; anybody if it is not said.
    pub buyer: Option<AccountId>,
    /// When the offer ends.
    pub expiry: TimePointSec,
}
object! {
    TitleForSale, UniqueIndex<AccountId>,
    holds [],
    concerns |offer, accounts| {
        accounts.extend(offer.accounts());
    }
}

impl Placed for TitleForSale {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        [Some(self.account), Some(self.payout), self.buyer].into_iter().flatten().collect()
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.price.asset_id]
    }
    fn due(&self) -> Option<TimePointSec> {
        Some(self.expiry)
    }
}

impl Unique for TitleForSale {
    type Key = AccountId;
    fn key(&self) -> AccountId {
        self.account
    }
}
