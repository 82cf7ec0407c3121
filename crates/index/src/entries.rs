//! The entries of each account in order, from the newest back: each says where the row of the one
//! before is. Every [`CHUNK`] entries an account has a summary, from which it goes back as well;
//! it says what they are about, so that those about something else are passed over at once.
//!
//! A key per entry would lead to it as well, and one per entry and type, but that would be most of
//! what is written: accounts come in any order.

use crate::activity::Counters;
use crate::keys::{Key, Kind};
use crate::operations::{EntryOfAccount, OperationHistory, OperationRow, named_assets};
use crate::record::Place;
use crate::rows::packed;
use crate::store::Store;
use carbyne_protocol::ids::{AccountId, AssetId, OperationHistoryId};
use carbyne_wire::{FlatSet, VarUint, Wire};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Entries that share a summary.
pub(crate) const CHUNK: u64 = 128;
/// Accounts whose chunks are summed up as they grow; those of others are read again when they are
/// full.
const UNFINISHED_MAX: usize = 1_024;

/// What the entries of a chunk are about.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub(crate) struct Summary {
    tags: FlatSet<VarUint>,
    assets: FlatSet<AssetId>,
    /// The newest operation of the chunk.
    newest: OperationHistoryId,
    /// Where its row is.
    place: Place,
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
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// An operation that is wanted.
    Found(Box<OperationHistory>),
    /// Others were passed over; the newest of them.
    PassedOver(OperationHistoryId),
}

impl Step {
    /// The operation at which the search is.
    pub fn operation(&self) -> OperationHistoryId {
        match self {
            Self::Found(operation) => operation.id,
            Self::PassedOver(operation) => *operation,
        }
    }
}

impl Wanted {
    fn is_met(&self, operation: &OperationHistory) -> bool {
        (self.tags.is_empty() || self.tags.contains(&VarUint(operation.op.tag())))
            && (self.assets.is_empty() || {
                let named = named_assets(operation);
                self.assets.iter().all(|asset| named.contains(asset))
            })
    }

    fn may_be_in(&self, summary: &Summary) -> bool {
        (self.tags.is_empty() || self.tags.iter().any(|tag| summary.tags.contains(tag)))
            && self.assets.iter().all(|asset| summary.assets.contains(asset))
    }
}

fn summary_key(account: AccountId, chunk: u64) -> Key {
    Key::new(Kind::AccountChunk).bytes(&account.0.to_be_bytes()).number(chunk)
}

/// The summary of a chunk, if it is full.
pub(crate) fn summary(store: &Store, account: AccountId, chunk: u64) -> Option<Summary> {
    store.value(&summary_key(account, chunk))
}

impl Summary {
    fn add(&mut self, operation: &OperationHistory, assets: &FlatSet<AssetId>, place: Place) {
        self.tags.insert(VarUint(operation.op.tag()));
        self.assets.extend(assets.iter().copied());
        if self.newest <= operation.id {
            (self.newest, self.place) = (operation.id, place);
        }
    }

    /// Of a chunk whose last entry is in the row at a place.
    pub(crate) fn of(store: &Store, account: AccountId, last: Place) -> Self {
        let (mut summary, mut at) = (Self::default(), last);
        for (row, entry) in Back::from(store, account, last) {
            summary.add(&row.operation, &named_assets(&row.operation), at);
            if entry.sequence % CHUNK == 1 {
                break;
            }
            at = entry.previous;
        }
        summary
    }
}

/// Summaries of chunks that are not full yet, of accounts that were active lately.
#[derive(Default)]
pub(crate) struct Unfinished(BTreeMap<AccountId, Summary>);

impl Unfinished {
    /// Takes in the entries of a row that was kept at a place; keeps the summaries of chunks that
    /// are full with them.
    pub(crate) fn add(&mut self, store: &mut Store, row: &OperationRow, place: Place) {
        let mut assets = None;
        for entry in &row.entries {
            if entry.sequence % CHUNK == 1 {
                self.begin(entry.account);
            }
            if let Some(summary) = self.0.get_mut(&entry.account) {
                let assets = assets.get_or_insert_with(|| named_assets(&row.operation));
                summary.add(&row.operation, assets, place);
            }
            if entry.sequence % CHUNK == 0 {
                let summary = self.0.remove(&entry.account);
                let summary = summary.unwrap_or_else(|| Summary::of(store, entry.account, place));
                let key = summary_key(entry.account, entry.sequence / CHUNK - 1);
                store.put(&key, Some(packed(&summary)));
            }
        }
    }

    fn begin(&mut self, account: AccountId) {
        if self.0.len() >= UNFINISHED_MAX {
            self.forget();
        }
        self.0.insert(account, Summary::default());
    }

    /// Forgets what was summed up, after a block was taken back.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

/// The entries of an account from the one in a row back, with their rows.
struct Back<'a> {
    store: &'a Store,
    account: AccountId,
    next: Option<Place>,
}

impl<'a> Back<'a> {
    fn from(store: &'a Store, account: AccountId, place: Place) -> Self {
        Self { store, account, next: Some(place) }
    }
}

impl Iterator for Back<'_> {
    type Item = (OperationRow, EntryOfAccount);

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.store.row_at_place(self.next.take()?)?;
        let entry = *row.entries.iter().find(|entry| entry.account == self.account)?;
        self.next = (entry.sequence > 1).then_some(entry.previous);
        Some((row, entry))
    }
}

/// An account and its newest entry.
#[derive(Clone, Copy)]
pub(crate) struct Entries<'a> {
    pub(crate) store: &'a Store,
    pub(crate) account: AccountId,
    pub(crate) newest: Counters,
}

impl<'a> Entries<'a> {
    fn full_chunks(self) -> u64 {
        self.newest.total / CHUNK
    }

    fn summary(self, chunk: u64) -> Option<Summary> {
        (chunk < self.full_chunks()).then(|| summary(self.store, self.account, chunk)).flatten()
    }

    /// The entries up to the last of a chunk, the newest first.
    fn back_from_chunk(self, chunk: u64) -> impl Iterator<Item = (OperationRow, EntryOfAccount)> {
        let place = match self.summary(chunk) {
            Some(summary) => summary.place,
            None => self.newest.place,
        };
        Back::from(self.store, self.account, place)
    }

    /// The entries with these counts, the newest first.
    pub(crate) fn back(
        self,
        counts: RangeInclusive<u64>,
    ) -> impl Iterator<Item = (OperationRow, EntryOfAccount)> + use<'a> {
        let (first, last) = counts.into_inner();
        let last = last.min(self.newest.total);
        let chunk = last.checked_sub(1).filter(|_| first <= last).map(|last| last / CHUNK);
        let entries = chunk.into_iter().flat_map(move |chunk| self.back_from_chunk(chunk));
        let entries = entries.skip_while(move |(_, entry)| entry.sequence > last);
        entries.take_while(move |(_, entry)| entry.sequence >= first)
    }

    /// The chunk that has the last entry up to an operation. Chunks are in the order of operations,
    /// so that is found by halving.
    fn chunk_until(self, last: OperationHistoryId) -> u64 {
        let (mut low, mut high) = (0, self.full_chunks());
        if self.summary(high.saturating_sub(1)).is_none_or(|summary| summary.newest < last) {
            return high;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            let is_before = self.summary(middle).is_some_and(|summary| summary.newest < last);
            if is_before { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The operations up to one of them, the newest first.
    pub(crate) fn until(
        self,
        last: OperationHistoryId,
    ) -> impl Iterator<Item = OperationHistory> + use<'a> {
        let entries = self.back_from_chunk(self.chunk_until(last));
        let operations = entries.map(|(row, _)| row.operation);
        operations.skip_while(move |operation| operation.id > last)
    }

    /// Looks for operations up to one of them, the newest first.
    pub(crate) fn search(
        self,
        last: OperationHistoryId,
        wanted: &'a Wanted,
    ) -> impl Iterator<Item = Step> + use<'a> {
        let chunks = (0..=self.chunk_until(last)).rev();
        chunks.flat_map(move |chunk| {
            let summary = self.summary(chunk);
            let passed = summary.filter(|summary| !wanted.may_be_in(summary));
            let first = chunk * CHUNK + 1;
            // Of a chunk that is not full there may be nothing.
            let has_any = passed.is_none() && first <= self.newest.total;
            let entries = has_any.then(|| self.back_from_chunk(chunk)).into_iter().flatten();
            let entries = entries.take_while(move |(_, entry)| entry.sequence >= first);
            let operations = entries.map(|(row, _)| row.operation);
            let steps = operations.filter(move |operation| operation.id <= last).map(|operation| {
                match wanted.is_met(&operation) {
                    true => Step::Found(Box::new(operation)),
                    false => Step::PassedOver(operation.id),
                }
            });
            let passed = passed.map(|summary| Step::PassedOver(summary.newest));
            passed.into_iter().chain(steps)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::{Id, Pack, Tags, unpack_exact};

    fn summary(tags: impl IntoIterator<Item = u64>) -> Summary {
        let tags = tags.into_iter().map(VarUint).collect();
        Summary { tags, assets: FlatSet::new(), newest: Id(5), place: 7 }
    }

    /// The form on disk; the value comes back from it.
    fn check<T: Pack + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
        assert_eq!(packed(value), bytes);
        assert_eq!(&unpack_exact::<T>(bytes, Tags::Reference).unwrap(), value);
    }

    #[test]
    fn a_type_of_any_number_stays_apart_from_all_others() {
        let place = [7, 0, 0, 0, 0, 0, 0, 0];
        let kept = |start: &[u8]| [start, &place].concat();
        check(&summary([4, 127]), &kept(&[2, 4, 127, 0, 5]));
        check(
            &summary([300, 1 << 40]),
            &kept(&[2, 0xac, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0, 5]),
        );
        let wanted =
            |tag| Wanted { tags: [VarUint(tag)].into_iter().collect(), ..Wanted::default() };
        let other = wanted(400);
        assert!(wanted(300).may_be_in(&summary([300])) && !other.may_be_in(&summary([300])));
    }
}
