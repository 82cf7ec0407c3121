//! How contracts are found: by whom they concern, by their assets, and by when the chain is to do
//! something about them.
//!
//! One index serves every kind of contract: a kind says what its places are ([`Placed`]), and has
//! its lists, its queue of what is due and its rows in full accounts from that.

use super::{Run, all_of};
use carbyne_graph::{Index, Object};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_wire::{Id, TimePointSec};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// Where a contract is found.
pub trait Placed {
    /// Whom it concerns.
    fn accounts(&self) -> SmallVec<[AccountId; 3]>;

    /// What it is about.
    fn assets(&self) -> SmallVec<[AssetId; 2]>;

    /// When the chain is to do something about it.
    fn due(&self) -> Option<TimePointSec>;
}

/// Contracts by account, by asset, and by when something is due.
#[derive(Clone, Debug, Default)]
pub struct ContractIndex {
    by_account: BTreeSet<(AccountId, u64)>,
    by_asset: BTreeSet<(AssetId, u64)>,
    by_due: BTreeSet<(TimePointSec, u64)>,
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

    /// The one about which something is due first, and when.
    pub(crate) fn first_due<const SPACE: u8, const TYPE: u8>(
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
}

impl<T: Object + Placed> Index<T> for ContractIndex {
    type Keys = ContractKeys;
    fn keys(row: &T) -> ContractKeys {
        ContractKeys { accounts: row.accounts(), assets: row.assets(), due: row.due() }
    }
    fn insert(&mut self, instance: u64, keys: ContractKeys) {
        self.by_account.extend(keys.accounts.into_iter().map(|account| (account, instance)));
        self.by_asset.extend(keys.assets.into_iter().map(|asset| (asset, instance)));
        self.by_due.extend(keys.due.map(|time| (time, instance)));
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
    }
}
