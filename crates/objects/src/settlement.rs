//! Orders to force settle a SmartCoin and bids for the collateral of a settled one (reference:
//! `chain/market_object.hpp`, BSIP 18).
//!
//! Invariant: an account has at most one bid per SmartCoin.

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
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
object! {
    ForceSettlement, ForceSettlementIndex,
    holds [balance],
    concerns |settlement, accounts| {
        accounts.insert(settlement.owner);
    },
    market |assets| {
        let settled = settlement.balance.asset_id;
        let data = assets.bitasset_data(assets.asset(settled)?.bitasset_data_id?)?;
        Some(super::market(settled, data.options.short_backing_asset))
    }
}

/// Force settlement orders by owner, and by asset and date, and the date of the first of each
/// asset.
#[derive(Clone, Debug, Default)]
pub struct ForceSettlementIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_expiration: BTreeSet<(AssetId, TimePointSec, u64)>,
    earliest: BTreeSet<(TimePointSec, AssetId)>,
}

impl ForceSettlementIndex {
    /// Orders of an account, in order of number.
    pub fn of_account(&self, owner: AccountId) -> Run<'_, AccountId, 1, 4> {
        all_of(&self.by_account, owner)
    }

    /// Orders of an asset, the earliest date first.
    pub fn of_asset(
        &self,
        asset: AssetId,
    ) -> impl DoubleEndedIterator<Item = (TimePointSec, ForceSettlementId)> {
        self.of_asset_from(asset, Default::default())
    }

    /// Orders of an asset from a date and a number on.
    pub fn of_asset_from(
        &self,
        asset: AssetId,
        (date, id): (TimePointSec, ForceSettlementId),
    ) -> impl DoubleEndedIterator<Item = (TimePointSec, ForceSettlementId)> {
        self.by_expiration
            .range((asset, date, id.0)..=(asset, TimePointSec::MAX, u64::MAX))
            .map(|(_, date, n)| (*date, carbyne_wire::Id(*n)))
    }

    /// Assets with an order whose time has come at `now`, the longest due first.
    pub fn due_at(&self, now: TimePointSec) -> impl Iterator<Item = AssetId> {
        self.earliest.iter().take_while(move |(date, _)| *date <= now).map(|(_, asset)| *asset)
    }

    /// The first asset from `first` on that has orders.
    pub fn asset_from(&self, first: AssetId) -> Option<AssetId> {
        self.by_expiration.range((first, TimePointSec(0), 0)..).next().map(|(asset, ..)| *asset)
    }

    /// Changes what there is of an asset and keeps its earliest date in step.
    fn change(&mut self, asset: AssetId, change: impl FnOnce(&mut Self)) {
        let before = self.first_date(asset);
        change(self);
        let after = self.first_date(asset);
        if before != after {
            before.map(|date| self.earliest.remove(&(date, asset)));
            after.map(|date| self.earliest.insert((date, asset)));
        }
    }

    fn first_date(&self, asset: AssetId) -> Option<TimePointSec> {
        self.of_asset(asset).next().map(|(date, _)| date)
    }
}

impl Index<ForceSettlement> for ForceSettlementIndex {
    type Keys = (AccountId, AssetId, TimePointSec);
    fn keys(row: &ForceSettlement) -> Self::Keys {
        (row.owner, row.balance.asset_id, row.settlement_date)
    }
    fn insert(&mut self, instance: u64, (owner, asset, date): Self::Keys) {
        self.by_account.insert((owner, instance));
        self.change(asset, |index| {
            index.by_expiration.insert((asset, date, instance));
        });
    }
    fn remove(&mut self, instance: u64, (owner, asset, date): Self::Keys) {
        self.by_account.remove(&(owner, instance));
        self.change(asset, |index| {
            index.by_expiration.remove(&(asset, date, instance));
        });
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
object!(CollateralBid, CollateralBidIndex, holds[inv_swan_price.base], concerns[bidder]);

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

/// Bids by SmartCoin and bidder, by bidder, and by SmartCoin and price.
#[derive(Clone, Debug, Default)]
pub struct CollateralBidIndex {
    by_account: BTreeSet<(AssetId, AccountId, u64)>,
    by_bidder: BTreeSet<(AccountId, u64)>,
    by_price: BTreeMap<AssetId, BTreeSet<(Reverse<Price>, u64)>>,
}

impl CollateralBidIndex {
    /// The bid of an account.
    pub fn find(&self, debt: AssetId, bidder: AccountId) -> Option<CollateralBidId> {
        let range = (debt, bidder, 0)..=(debt, bidder, u64::MAX);
        self.by_account.range(range).next().map(|(_, _, n)| carbyne_wire::Id(*n))
    }

    /// The bids of an account, oldest first.
    pub fn of_bidder(&self, bidder: AccountId) -> Run<'_, AccountId, 2, 17> {
        all_of(&self.by_bidder, bidder)
    }

    /// Bids for a SmartCoin, that with the most collateral per debt first.
    pub fn of_asset(&self, debt: AssetId) -> impl Iterator<Item = CollateralBidId> {
        self.by_price.get(&debt).into_iter().flatten().map(|(_, n)| carbyne_wire::Id(*n))
    }

    /// Bids for a SmartCoin from a price and a number on.
    pub fn of_asset_from(
        &self,
        debt: AssetId,
        (price, id): (Price, CollateralBidId),
    ) -> impl Iterator<Item = CollateralBidId> {
        let bids = self.by_price.get(&debt).into_iter();
        let bids = bids.flat_map(move |bids| bids.range((Reverse(price), id.0)..));
        bids.map(|(_, n)| carbyne_wire::Id(*n))
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
        self.by_bidder.insert((bidder, instance));
        self.by_price.entry(debt).or_default().insert((Reverse(price), instance));
    }
    fn remove(&mut self, instance: u64, (bidder, price): Self::Keys) {
        let debt = price.quote.asset_id;
        self.by_account.remove(&(debt, bidder, instance));
        self.by_bidder.remove(&(bidder, instance));
        if let Some(bids) = self.by_price.get_mut(&debt) {
            bids.remove(&(Reverse(price), instance));
            if bids.is_empty() {
                self.by_price.remove(&debt);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_graph::Table;
    use carbyne_wire::Id;

    /// Puts orders of an asset and a date, in seconds, then takes out those at `gone`, and asks
    /// which assets are due at 10.
    #[track_caller]
    fn check(orders: &[(u64, u32)], gone: &[u64], due: &[u64]) {
        let mut table = Table::<ForceSettlement>::default();
        table.begin();
        for (asset, date) in orders {
            table.create(ForceSettlement {
                balance: Asset::new(1, Id(*asset)),
                settlement_date: TimePointSec(*date),
                ..ForceSettlement::default()
            });
        }
        for order in gone {
            table.remove(*order).expect("an order");
        }
        let found: Vec<u64> = table.index().due_at(TimePointSec(10)).map(|asset| asset.0).collect();
        assert_eq!(found, due);
        table.undo();
        assert_eq!(table.index().due_at(TimePointSec::MAX).count(), 0);
    }

    #[test]
    fn an_asset_is_due_with_its_earliest_order() {
        check(&[], &[], &[]);
        check(&[(3, 9), (2, 10), (1, 11)], &[], &[3, 2]);
        check(&[(3, 20), (3, 10), (3, 5), (2, 7)], &[], &[3, 2]);
        check(&[(3, 20), (3, 10), (3, 5), (2, 7)], &[2], &[2, 3]);
        check(&[(3, 20), (3, 10), (3, 5), (2, 7)], &[2, 1], &[2]);
        check(&[(3, 5), (3, 5)], &[0], &[3]);
        check(&[(3, 5), (3, 5)], &[0, 1], &[]);
    }
}
