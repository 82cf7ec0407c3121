//! The entries of each account in order, and how those about some types of operations or some
//! assets are found among very many: every [`CHUNK`] entries an account has a summary of what they
//! are about, and those that are about something else are passed over at once.
//!
//! A key per entry and type, and per entry and asset, would answer as well, but would more than
//! double what is written.

use crate::account::AccountActivity;
use crate::keys::{Key, Kind, last_number};
use crate::operations::EntryOfAccount;
use crate::rows::packed;
use crate::store::Store;
use carbyne_protocol::ids::{AccountHistoryId, AccountId, AssetId, OperationHistoryId};
use carbyne_wire::{FlatSet, VarUint, Wire};
use std::ops::RangeInclusive;

/// Entries that share a summary.
pub(crate) const CHUNK: u64 = 256;

/// Where an entry of an account leads, and what it is about.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub(crate) struct EntryPlace {
    pub(crate) operation: OperationHistoryId,
    pub(crate) entry: AccountHistoryId,
    /// The type of the operation.
    pub(crate) tag: VarUint,
    /// The assets it names.
    pub(crate) assets: FlatSet<AssetId>,
}

/// What the entries of a chunk are about.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub(crate) struct Summary {
    tags: FlatSet<VarUint>,
    assets: FlatSet<AssetId>,
    /// The newest operation of the chunk.
    newest: OperationHistoryId,
}

/// What operations are looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Types of operations, any of them; none for all.
    pub tags: FlatSet<VarUint>,
    /// Assets, each of which an operation must name.
    pub assets: FlatSet<AssetId>,
}

/// A step of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An operation that is wanted.
    Found(OperationHistoryId),
    /// A chunk without any was passed over; its newest operation.
    PassedOver(OperationHistoryId),
}

impl Step {
    /// The operation at which the search is.
    pub fn operation(self) -> OperationHistoryId {
        match self {
            Self::Found(operation) | Self::PassedOver(operation) => operation,
        }
    }
}

impl Wanted {
    fn is_met(&self, tag: VarUint, assets: &FlatSet<AssetId>) -> bool {
        (self.tags.is_empty() || self.tags.contains(&tag))
            && self.assets.iter().all(|asset| assets.contains(asset))
    }

    fn may_be_in(&self, summary: &Summary) -> bool {
        (self.tags.is_empty() || self.tags.iter().any(|tag| summary.tags.contains(tag)))
            && self.assets.iter().all(|asset| summary.assets.contains(asset))
    }
}

pub(crate) fn entry_key(account: AccountId, count: u64) -> Key {
    Key::new(Kind::AccountEntry).number(account.0).number(count)
}

pub(crate) fn summary_key(account: AccountId, chunk: u64) -> Key {
    Key::new(Kind::AccountChunk).number(account.0).number(chunk)
}

impl EntryPlace {
    /// Keeps it as the next entry of an account.
    pub(crate) fn keep(&self, entry: &EntryOfAccount, store: &mut Store) {
        store.put(&entry_key(entry.account, entry.sequence), Some(packed(self)));
        if entry.sequence.is_multiple_of(CHUNK) {
            let chunk = entry.sequence / CHUNK - 1;
            let summary = Summary::of(store, entry.account, chunk);
            store.put(&summary_key(entry.account, chunk), Some(packed(&summary)));
        }
    }
}

impl Summary {
    /// Of a chunk that is full.
    pub(crate) fn of(store: &Store, account: AccountId, chunk: u64) -> Self {
        let mut summary = Self::default();
        for place in back(store, account, counts_of(chunk)) {
            summary.newest = summary.newest.max(place.operation);
            summary.tags.insert(place.tag);
            summary.assets.extend(place.assets.iter().copied());
        }
        summary
    }
}

/// The counts of the entries of a chunk.
fn counts_of(chunk: u64) -> RangeInclusive<u64> {
    chunk * CHUNK + 1..=(chunk + 1) * CHUNK
}

/// The entries of an account with these counts, the newest first.
pub(crate) fn back(
    store: &Store,
    account: AccountId,
    counts: RangeInclusive<u64>,
) -> impl Iterator<Item = EntryPlace> {
    let keys = entry_key(account, *counts.start())..=entry_key(account, *counts.end());
    store.range_back(keys).map_while(|(_, place)| store.unpacked(&place))
}

/// Looks for entries of an account with counts up to `last`, the newest first.
pub(crate) fn search(
    store: &Store,
    account: AccountId,
    last: u64,
    wanted: &Wanted,
) -> impl Iterator<Item = Step> {
    let chunks = (0..last.div_ceil(CHUNK)).rev();
    chunks.flat_map(move |chunk| {
        let summary: Option<Summary> = store.value(&summary_key(account, chunk));
        let passed = summary.filter(|summary| !wanted.may_be_in(summary));
        let counts = *counts_of(chunk).start()..=last.min(*counts_of(chunk).end());
        let places = passed.is_none().then(|| back(store, account, counts));
        let places = places.into_iter().flatten();
        let found = places.filter(|place| wanted.is_met(place.tag, &place.assets));
        let passed = passed.map(|summary| Step::PassedOver(summary.newest)).into_iter();
        passed.chain(found.map(|place| Step::Found(place.operation)))
    })
}

/// How many entries an account has, and the newest.
pub(crate) fn activity(store: &Store, account: AccountId) -> AccountActivity {
    let newest = store.range_back(entry_key(account, 0)..=entry_key(account, u64::MAX)).next();
    let place = newest
        .and_then(|(key, place)| Some((last_number(&key), store.unpacked::<EntryPlace>(&place)?)));
    place.map_or(AccountActivity { account, ..Default::default() }, |(total_ops, place)| {
        AccountActivity { account, most_recent_op: place.entry, total_ops }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::{Id, Pack, Tags, unpack_exact};

    fn place(tag: u64) -> EntryPlace {
        let assets = [Id(0)].into_iter().collect();
        EntryPlace { operation: Id(5), entry: Id(6), tag: VarUint(tag), assets }
    }

    fn summary(tags: impl IntoIterator<Item = u64>) -> Summary {
        let tags = tags.into_iter().map(VarUint).collect();
        Summary { tags, assets: FlatSet::new(), newest: Id(5) }
    }

    /// The form on disk; the value comes back from it.
    fn check<T: Pack + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
        assert_eq!(packed(value), bytes);
        assert_eq!(&unpack_exact::<T>(bytes, Tags::Reference).unwrap(), value);
    }

    #[test]
    fn types_up_to_127_take_the_byte_that_disks_hold() {
        check(&place(77), &[5, 6, 77, 1, 0]);
        check(&summary([4, 127]), &[2, 4, 127, 0, 5]);
    }

    #[test]
    fn a_type_of_any_number_stays_apart_from_all_others() {
        check(&place(300), &[5, 6, 0xac, 2, 1, 0]);
        check(&summary([300, 1 << 40]), &[2, 0xac, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0, 5]);
        let wanted =
            |tag| Wanted { tags: [VarUint(tag)].into_iter().collect(), ..Wanted::default() };
        let (kept, other) = (place(300), wanted(400));
        assert!(
            wanted(300).is_met(kept.tag, &kept.assets) && !other.is_met(kept.tag, &kept.assets)
        );
        assert!(wanted(300).may_be_in(&summary([300])) && !other.may_be_in(&summary([300])));
    }
}
