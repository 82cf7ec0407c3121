//! Credit offers, the deals that borrowers made with them, and what each borrower owes to each
//! offer (reference: `chain/credit_offer_object.hpp`).
//!
//! Invariant: the total of an offer less what is usable of it is the sum of its deals' debts.

use super::{Run, all_of, first_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_wire::{FlatMap, Id, TimePointSec, Wire};
use std::collections::BTreeSet;

/// A fund that others may borrow from against collateral.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOffer {
    /// Id.
    pub id: CreditOfferId,
    /// Whose.
    pub owner_account: AccountId,
    /// Of what.
    pub asset_type: AssetId,
    /// Size of the fund, what is borrowed included, in smallest units.
    pub total_balance: i64,
    /// What can be borrowed, in smallest units.
    pub current_balance: i64,
    /// Fee on what is borrowed, in millionths.
    pub fee_rate: u32,
    /// Seconds until a deal must be repaid.
    pub max_duration_seconds: u32,
    /// The least to borrow in one deal, in smallest units.
    pub min_deal_amount: i64,
    /// Whether it can be accepted.
    pub enabled: bool,
    /// When it is disabled by itself.
    pub auto_disable_time: TimePointSec,
    /// What can be collateral, and at what price at least.
    pub acceptable_collateral: FlatMap<AssetId, Price>,
    /// Who may borrow, and how much at most, in smallest units; anybody if empty.
    pub acceptable_borrowers: FlatMap<AccountId, i64>,
}
object! {
    CreditOffer, CreditOfferIndex,
    holds |offer, _assets, sheet| {
        sheet.hold(Asset::new(offer.current_balance, offer.asset_type));
    },
    concerns [owner_account]
}

/// Offers by owner and asset, and the enabled ones by when they are disabled.
#[derive(Clone, Debug, Default)]
pub struct CreditOfferIndex {
    by_auto_disable_time: BTreeSet<(TimePointSec, u64)>,
    by_owner: BTreeSet<(AccountId, u64)>,
    by_asset_type: BTreeSet<(AssetId, u64)>,
}

impl CreditOfferIndex {
    /// The enabled offer that is disabled first, and when.
    pub fn first_to_disable(&self) -> Option<(TimePointSec, CreditOfferId)> {
        self.by_auto_disable_time.first().map(|(time, instance)| (*time, Id(*instance)))
    }

    /// The offers of an account, oldest first.
    pub fn of_owner(&self, owner: AccountId) -> Run<'_, AccountId, 1, 21> {
        all_of(&self.by_owner, owner)
    }

    /// The offers of an asset, oldest first.
    pub fn of_asset(&self, asset: AssetId) -> Run<'_, AssetId, 1, 21> {
        all_of(&self.by_asset_type, asset)
    }
}

/// What the place of an offer in its indexes depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditOfferKeys {
    enabled_until: Option<TimePointSec>,
    owner: AccountId,
    asset_type: AssetId,
}

impl Index<CreditOffer> for CreditOfferIndex {
    type Keys = CreditOfferKeys;
    fn keys(row: &CreditOffer) -> CreditOfferKeys {
        CreditOfferKeys {
            enabled_until: row.enabled.then_some(row.auto_disable_time),
            owner: row.owner_account,
            asset_type: row.asset_type,
        }
    }
    fn insert(&mut self, instance: u64, keys: CreditOfferKeys) {
        if let Some(time) = keys.enabled_until {
            self.by_auto_disable_time.insert((time, instance));
        }
        self.by_owner.insert((keys.owner, instance));
        self.by_asset_type.insert((keys.asset_type, instance));
    }
    fn remove(&mut self, instance: u64, keys: CreditOfferKeys) {
        if let Some(time) = keys.enabled_until {
            self.by_auto_disable_time.remove(&(time, instance));
        }
        self.by_owner.remove(&(keys.owner, instance));
        self.by_asset_type.remove(&(keys.asset_type, instance));
    }
}

/// Something borrowed from an offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditDeal {
    /// Id.
    pub id: CreditDealId,
    /// Who borrowed.
    pub borrower: AccountId,
    /// From which offer.
    pub offer_id: CreditOfferId,
    /// Whose offer that is.
    pub offer_owner: AccountId,
    /// What was borrowed.
    pub debt_asset: AssetId,
    /// How much is owed, in smallest units.
    pub debt_amount: i64,
    /// What is locked.
    pub collateral_asset: AssetId,
    /// How much is locked, in smallest units.
    pub collateral_amount: i64,
    /// Fee on what is repaid, in millionths.
    pub fee_rate: u32,
    /// When it ends: what is not repaid then costs the collateral.
    pub latest_repay_time: TimePointSec,
    /// What is repaid by itself at the end; see
    /// [`auto_repayment`](carbyne_protocol::ops::credit::auto_repayment).
    pub auto_repay: u8,
}
object! {
    CreditDeal, CreditDealIndex,
    holds |deal, _assets, sheet| {
        sheet.hold(Asset::new(deal.collateral_amount, deal.collateral_asset));
    },
    concerns [offer_owner, borrower]
}

impl CreditDeal {
    /// What is owed.
    pub const fn debt(&self) -> Asset {
        Asset::new(self.debt_amount, self.debt_asset)
    }

    /// What is locked.
    pub const fn collateral(&self) -> Asset {
        Asset::new(self.collateral_amount, self.collateral_asset)
    }
}

/// Deals by end, offer, owner of the offer, borrower and assets.
#[derive(Clone, Debug, Default)]
pub struct CreditDealIndex {
    by_latest_repay_time: BTreeSet<(TimePointSec, u64)>,
    by_offer: BTreeSet<(CreditOfferId, u64)>,
    by_offer_owner: BTreeSet<(AccountId, u64)>,
    by_borrower: BTreeSet<(AccountId, u64)>,
    by_debt_asset: BTreeSet<(AssetId, u64)>,
    by_collateral_asset: BTreeSet<(AssetId, u64)>,
}

impl CreditDealIndex {
    /// The deal that ends first, and when.
    pub fn first_to_end(&self) -> Option<(TimePointSec, CreditDealId)> {
        self.by_latest_repay_time.first().map(|(time, instance)| (*time, Id(*instance)))
    }

    /// The deals of an offer, oldest first.
    pub fn of_offer(&self, offer: CreditOfferId) -> Run<'_, CreditOfferId, 1, 22> {
        all_of(&self.by_offer, offer)
    }

    /// The deals with the offers of an account, oldest first.
    pub fn of_offer_owner(&self, owner: AccountId) -> Run<'_, AccountId, 1, 22> {
        all_of(&self.by_offer_owner, owner)
    }

    /// The deals of a borrower, oldest first.
    pub fn of_borrower(&self, borrower: AccountId) -> Run<'_, AccountId, 1, 22> {
        all_of(&self.by_borrower, borrower)
    }

    /// The deals in which an asset is owed, oldest first.
    pub fn of_debt_asset(&self, asset: AssetId) -> Run<'_, AssetId, 1, 22> {
        all_of(&self.by_debt_asset, asset)
    }

    /// The deals in which an asset is locked, oldest first.
    pub fn of_collateral_asset(&self, asset: AssetId) -> Run<'_, AssetId, 1, 22> {
        all_of(&self.by_collateral_asset, asset)
    }
}

/// What the place of a deal in its indexes depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditDealKeys {
    latest_repay_time: TimePointSec,
    offer: CreditOfferId,
    offer_owner: AccountId,
    borrower: AccountId,
    debt_asset: AssetId,
    collateral_asset: AssetId,
}

impl Index<CreditDeal> for CreditDealIndex {
    type Keys = CreditDealKeys;
    fn keys(row: &CreditDeal) -> CreditDealKeys {
        CreditDealKeys {
            latest_repay_time: row.latest_repay_time,
            offer: row.offer_id,
            offer_owner: row.offer_owner,
            borrower: row.borrower,
            debt_asset: row.debt_asset,
            collateral_asset: row.collateral_asset,
        }
    }
    fn insert(&mut self, instance: u64, keys: CreditDealKeys) {
        self.by_latest_repay_time.insert((keys.latest_repay_time, instance));
        self.by_offer.insert((keys.offer, instance));
        self.by_offer_owner.insert((keys.offer_owner, instance));
        self.by_borrower.insert((keys.borrower, instance));
        self.by_debt_asset.insert((keys.debt_asset, instance));
        self.by_collateral_asset.insert((keys.collateral_asset, instance));
    }
    fn remove(&mut self, instance: u64, keys: CreditDealKeys) {
        self.by_latest_repay_time.remove(&(keys.latest_repay_time, instance));
        self.by_offer.remove(&(keys.offer, instance));
        self.by_offer_owner.remove(&(keys.offer_owner, instance));
        self.by_borrower.remove(&(keys.borrower, instance));
        self.by_debt_asset.remove(&(keys.debt_asset, instance));
        self.by_collateral_asset.remove(&(keys.collateral_asset, instance));
    }
}

/// What a borrower owes to an offer in all deals.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditDealSummary {
    /// Id.
    pub id: CreditDealSummaryId,
    /// Who borrowed.
    pub borrower: AccountId,
    /// From which offer.
    pub offer_id: CreditOfferId,
    /// Whose offer that is.
    pub offer_owner: AccountId,
    /// What was borrowed.
    pub debt_asset: AssetId,
    /// How much is owed, in smallest units.
    pub total_debt_amount: i64,
}
object!(CreditDealSummary, CreditDealSummaryIndex, holds [], concerns [offer_owner, borrower]);

/// Summaries by offer and borrower, of which there is at most one.
#[derive(Clone, Debug, Default)]
pub struct CreditDealSummaryIndex {
    by_offer_borrower: BTreeSet<((CreditOfferId, AccountId), u64)>,
}

impl CreditDealSummaryIndex {
    /// What a borrower owes to an offer.
    pub fn find(&self, offer: CreditOfferId, borrower: AccountId) -> Option<CreditDealSummaryId> {
        first_of(&self.by_offer_borrower, (offer, borrower)).map(Id)
    }
}

impl Index<CreditDealSummary> for CreditDealSummaryIndex {
    type Keys = (CreditOfferId, AccountId);
    fn keys(row: &CreditDealSummary) -> Self::Keys {
        (row.offer_id, row.borrower)
    }
    fn insert(&mut self, instance: u64, key: Self::Keys) {
        self.by_offer_borrower.insert((key, instance));
    }
    fn remove(&mut self, instance: u64, key: Self::Keys) {
        self.by_offer_borrower.remove(&(key, instance));
    }
}
