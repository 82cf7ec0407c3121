//! How contracts are found: by whom they concern, by their assets, and by when the chain is to do
//! something about them.
//!
//! One index serves every kind of contract: a kind says what its places are ([`Placed`]), and has
//! its lists, its queue of what is due and its rows in full accounts from that.

use super::{Run, all_of, first_of};
use carbyne_graph::{Index, Object};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_wire::{Id, TimePointSec};
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// Where a contract is found.
pub trait Placed {
    /// Whom it concerns.
    fn accounts(&self) -> SmallVec<[AccountId; 3]>;

    /// What it is about.
    fn assets(&self) -> SmallVec<[AssetId; 2]>;

    /// When the chain is to do something about it.
    fn due(&self) -> Option<TimePointSec>;

    /// Whom it binds because he made it or agreed to it; who only may receive something by it is
    /// not bound.
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        SmallVec::new()
    }
}

/// Contracts by account, by asset, by when something is due, and by whom they bind.
#[derive(Clone, Debug, Default)]
pub struct ContractIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_asset: BTreeSet<(AssetId, u64)>,
    by_due: BTreeSet<(TimePointSec, u64)>,
    by_bound: BTreeSet<(AccountId, u64)>,
}

impl ContractIndex {
    /// Those that concern an account, oldest first.
    pub fn of_account<const SPACE: u8, const TYPE: u8>(
        &self,
        account: AccountId,
    ) -> Run<'_, AccountId, SPACE, TYPE> {
        all_of(&self.by_account, account)
    }

    /// Those about an asset, oldest first.
    pub fn of_asset<const SPACE: u8, const TYPE: u8>(
        &self,
        asset: AssetId,
    ) -> Run<'_, AssetId, SPACE, TYPE> {
        all_of(&self.by_asset, asset)
    }

    /// Those about which something is due from `first` on, in order of time and id.
    pub fn by_due<const SPACE: u8, const TYPE: u8>(
        &self,
        first: (TimePointSec, Id<SPACE, TYPE>),
    ) -> impl Iterator<Item = (TimePointSec, Id<SPACE, TYPE>)> {
        self.by_due.range((first.0, first.1.0)..).map(|(time, n)| (*time, Id(*n)))
    }

    /// Whether one of them binds an account.
    pub fn binds(&self, account: AccountId) -> bool {
        first_of(&self.by_bound, account).is_some()
    }

    /// The one about which something is due first, and when.
    pub fn first_due<const SPACE: u8, const TYPE: u8>(
        &self,
    ) -> Option<(TimePointSec, Id<SPACE, TYPE>)> {
        self.by_due.first().map(|(time, n)| (*time, Id(*n)))
    }
}

/// What the place of a contract depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractKeys {
    accounts: SmallVec<[AccountId; 3]>,
    assets: SmallVec<[AssetId; 2]>,
    due: Option<TimePointSec>,
    bound: SmallVec<[AccountId; 3]>,
}

impl<T: Object + Placed> Index<T> for ContractIndex {
    type Keys = ContractKeys;
    fn keys(row: &T) -> ContractKeys {
        let (accounts, assets) = (row.accounts(), row.assets());
        ContractKeys { accounts, assets, due: row.due(), bound: row.bound() }
    }
    fn insert(&mut self, instance: u64, keys: ContractKeys) {
        self.by_account.extend(keys.accounts.into_iter().map(|account| (account, instance)));
        self.by_asset.extend(keys.assets.into_iter().map(|asset| (asset, instance)));
        self.by_due.extend(keys.due.map(|time| (time, instance)));
        self.by_bound.extend(keys.bound.into_iter().map(|account| (account, instance)));
    }
    fn remove(&mut self, instance: u64, keys: ContractKeys) {
        for account in keys.accounts {
            self.by_account.remove(&(account, instance));
        }
        for asset in keys.assets {
            self.by_asset.remove(&(asset, instance));
        }
        if let Some(time) = keys.due {
            self.by_due.remove(&(time, instance));
        }
        for account in keys.bound {
            self.by_bound.remove(&(account, instance));
        }
    }
}

/// A contract of which there is one at most with the same key.
pub trait Unique: Placed {
    /// The key.
    type Key: Ord + Clone + PartialEq + Send + Sync + std::fmt::Debug;
    /// Its key.
    fn key(&self) -> Self::Key;
}

/// Contracts by key, and where all contracts are found.
#[derive(Clone, Debug)]
pub struct UniqueIndex<K> {
    places: ContractIndex,
    by_key: BTreeMap<K, u64>,
}

impl<K> Default for UniqueIndex<K> {
    fn default() -> Self {
        Self { places: ContractIndex::default(), by_key: BTreeMap::new() }
    }
}

impl<K: Ord> UniqueIndex<K> {
    /// The contract with that key.
    pub fn find<const SPACE: u8, const TYPE: u8>(&self, key: &K) -> Option<Id<SPACE, TYPE>> {
        self.by_key.get(key).map(|instance| Id(*instance))
    }
}

impl<K> Deref for UniqueIndex<K> {
    type Target = ContractIndex;
    fn deref(&self) -> &ContractIndex {
        &self.places
    }
}

impl<T: Object + Unique> Index<T> for UniqueIndex<T::Key> {
    type Keys = (ContractKeys, T::Key);
    fn keys(row: &T) -> Self::Keys {
        (<ContractIndex as Index<T>>::keys(row), row.key())
    }
    fn insert(&mut self, instance: u64, (places, key): Self::Keys) {
        Index::<T>::insert(&mut self.places, instance, places);
        self.by_key.insert(key, instance);
    }
    fn remove(&mut self, instance: u64, (places, key): Self::Keys) {
        Index::<T>::remove(&mut self.places, instance, places);
        self.by_key.remove(&key);
    }
}
