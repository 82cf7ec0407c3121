//! Lists of what is rare, so that maintenance finds it: accounts with a special authority and
//! assets that are bought back (reference: `chain/special_authority_object.hpp`,
//! `chain/buyback_object.hpp`).

use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_wire::{Id, Wire};
use std::collections::BTreeSet;

/// Says that an account has a special authority.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SpecialAuthorityObject {
    /// Id.
    pub id: SpecialAuthorityId,
    /// The account.
    pub account: AccountId,
}
object!(SpecialAuthorityObject, SpecialAuthorityIndex, holds [], concerns []);

/// Special authorities by account, which is unique.
#[derive(Clone, Debug, Default)]
pub struct SpecialAuthorityIndex {
    by_account: BTreeSet<(AccountId, u64)>,
}

impl SpecialAuthorityIndex {
    /// The object of an account.
    pub fn find(&self, account: AccountId) -> Option<SpecialAuthorityId> {
        super::first_of(&self.by_account, account).map(Id)
    }
}

impl Index<SpecialAuthorityObject> for SpecialAuthorityIndex {
    type Keys = AccountId;
    fn keys(row: &SpecialAuthorityObject) -> AccountId {
        row.account
    }
    fn insert(&mut self, instance: u64, account: AccountId) {
        self.by_account.insert((account, instance));
    }
    fn remove(&mut self, instance: u64, account: AccountId) {
        self.by_account.remove(&(account, instance));
    }
}

/// Says that an asset is bought back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Buyback {
    /// Id.
    pub id: BuybackId,
    /// The asset.
    pub asset_to_buy: AssetId,
}
object!(Buyback, BuybackIndex, holds [], concerns []);

/// Buybacks by asset, which is unique.
#[derive(Clone, Debug, Default)]
pub struct BuybackIndex {
    by_asset: BTreeSet<(AssetId, u64)>,
}

impl BuybackIndex {
    /// The object of an asset.
    pub fn find(&self, asset: AssetId) -> Option<BuybackId> {
        super::first_of(&self.by_asset, asset).map(Id)
    }
}

impl Index<Buyback> for BuybackIndex {
    type Keys = AssetId;
    fn keys(row: &Buyback) -> AssetId {
        row.asset_to_buy
    }
    fn insert(&mut self, instance: u64, asset: AssetId) {
        self.by_asset.insert((asset, instance));
    }
    fn remove(&mut self, instance: u64, asset: AssetId) {
        self.by_asset.remove(&(asset, instance));
    }
}
