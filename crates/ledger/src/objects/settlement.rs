//! Orders to force settle a SmartCoin and bids for the collateral of a settled one (reference:
//! `chain/market_object.hpp`, BSIP 18).
//!
//! Invariant: an account has at most one bid per SmartCoin.

use crate::ids::*;
use crate::money::{Asset, Price};
use carbyne_graph::Index;
use carbyne_wire::{TimePointSec, Wire};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// An order to settle an amount of a SmartCoin against its debt positions.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ForceSettlement {
    /// Id.
    pub id: ForceSettlementId,
    /// Whose.
    pub owner: AccountId,
    /// What is to be settled; it was taken off the owner's balance.
    pub balance: Asset,
    /// When it is executed.
    pub settlement_date: TimePointSec,
}
object!(ForceSettlement, ForceSettlementIndex);

impl ForceSettlement {
    /// The SmartCoin.
    pub fn settlement_asset_id(&self) -> AssetId {
        self.balance.asset_id
    }
}

/// Force settlement orders by owner, and by asset and date.
#[derive(Clone, Debug, Default)]
pub struct ForceSettlementIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_expiration: BTreeSet<(AssetId, TimePointSec, u64)>,
}

impl ForceSettlementIndex {
    /// Orders of an account, in order of number.
    pub fn of_account(&self, owner: AccountId) -> impl Iterator<Item = ForceSettlementId> {
        self.by_account.range((owner, 0)..=(owner, u64::MAX)).map(|(_, n)| carbyne_wire::Id(*n))
    }

    /// Orders of an asset, the earliest date first.
    pub fn of_asset(
        &self,
        asset: AssetId,
    ) -> impl DoubleEndedIterator<Item = (TimePointSec, ForceSettlementId)> {
        let (first, last) = (TimePointSec(0), TimePointSec::MAX);
        self.by_expiration
            .range((asset, first, 0)..=(asset, last, u64::MAX))
            .map(|(_, date, n)| (*date, carbyne_wire::Id(*n)))
    }

    /// The first asset after `asset` that has orders; the first of all for none.
    pub fn next_asset(&self, asset: Option<AssetId>) -> Option<AssetId> {
        let first = match asset {
            None => AssetId::default(),
            Some(asset) => carbyne_wire::Id(asset.0.checked_add(1)?),
        };
        self.by_expiration.range((first, TimePointSec(0), 0)..).next().map(|(asset, ..)| *asset)
    }
}

impl Index<ForceSettlement> for ForceSettlementIndex {
    type Keys = (AccountId, AssetId, TimePointSec);
    fn keys(row: &ForceSettlement) -> Self::Keys {
        (row.owner, row.balance.asset_id, row.settlement_date)
    }
    fn insert(&mut self, instance: u64, (owner, asset, date): Self::Keys) {
        self.by_account.insert((owner, instance));
        self.by_expiration.insert((asset, date, instance));
    }
    fn remove(&mut self, instance: u64, (owner, asset, date): Self::Keys) {
        self.by_account.remove(&(owner, instance));
        self.by_expiration.remove(&(asset, date, instance));
    }
}

/// A bid to take over debt of a globally settled SmartCoin for more collateral.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CollateralBid {
    /// Id.
    pub id: CollateralBidId,
    /// Who bids.
    pub bidder: AccountId,
    /// Additional collateral / debt covered.
    pub inv_swan_price: Price,
}
object!(CollateralBid, CollateralBidIndex);

impl CollateralBid {
    /// What the bidder adds to the settlement fund's part.
    pub fn additional_collateral(&self) -> Asset {
        self.inv_swan_price.base
    }

    /// What the bidder takes over.
    pub fn debt_covered(&self) -> Asset {
        self.inv_swan_price.quote
    }

    /// The SmartCoin.
    pub fn debt_type(&self) -> AssetId {
        self.inv_swan_price.quote.asset_id
    }
}

/// Bids by SmartCoin and bidder, and by SmartCoin and price.
#[derive(Clone, Debug, Default)]
pub struct CollateralBidIndex {
    by_account: BTreeSet<(AssetId, AccountId, u64)>,
    by_price: BTreeMap<AssetId, BTreeSet<(Reverse<Price>, u64)>>,
}

impl CollateralBidIndex {
    /// The bid of an account.
    pub fn find(&self, debt: AssetId, bidder: AccountId) -> Option<CollateralBidId> {
        let range = (debt, bidder, 0)..=(debt, bidder, u64::MAX);
        self.by_account.range(range).next().map(|(_, _, n)| carbyne_wire::Id(*n))
    }

    /// Bids for a SmartCoin, that with the most collateral per debt first.
    pub fn of_asset(&self, debt: AssetId) -> impl Iterator<Item = CollateralBidId> {
        self.by_price.get(&debt).into_iter().flatten().map(|(_, n)| carbyne_wire::Id(*n))
    }
}

impl Index<CollateralBid> for CollateralBidIndex {
    type Keys = (AccountId, Price);
    fn keys(row: &CollateralBid) -> Self::Keys {
        (row.bidder, row.inv_swan_price)
    }
    fn insert(&mut self, instance: u64, (bidder, price): Self::Keys) {
        let debt = price.quote.asset_id;
        self.by_account.insert((debt, bidder, instance));
        self.by_price.entry(debt).or_default().insert((Reverse(price), instance));
    }
    fn remove(&mut self, instance: u64, (bidder, price): Self::Keys) {
        let debt = price.quote.asset_id;
        self.by_account.remove(&(debt, bidder, instance));
        if let Some(bids) = self.by_price.get_mut(&debt) {
            bids.remove(&(Reverse(price), instance));
            if bids.is_empty() {
                self.by_price.remove(&debt);
            }
        }
    }
}
