//! Keys and values, and the record of operations: the newest blocks' in memory, in front of what is
//! on disk.
//!
//! Invariant: what is read is the state after the newest block, wherever its parts lie. A block
//! goes to disk, as a whole and in order, only when nothing can undo it, so the disk is never
//! undone; a thread of its own writes it, and what a block wrote leaves memory when it is there.
//! Without a disk all stays in memory. This file must never know what keys and values mean.

use crate::disk::{Bytes, Disk, Writes};
use crate::keys::{Key, Kind};
use crate::record::Records;
use crate::rows::Numbers;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// What a block wrote under a key; no value if it removed it.
struct Version {
    block: u64,
    value: Option<Bytes>,
}

/// What a block wrote that is not on disk yet.
struct Block {
    /// Its number.
    number: u32,
    keys: Vec<Bytes>,
    /// Where history stands with it; empty while the block is not ended.
    head: Bytes,
}

/// Keys and values.
#[derive(Default)]
pub(crate) struct Store {
    /// What blocks wrote that are not on disk yet: for each key, the oldest first.
    recent: BTreeMap<Bytes, SmallVec<[Version; 1]>>,
    /// These blocks.
    blocks: VecDeque<Block>,
    /// Where history stood before the first of them, if that one is not the first at all.
    head_before: Option<Bytes>,
    /// Counts blocks: the number of the first of `blocks`.
    first: u64,
    /// The number of the first block that was not given to the disk.
    next_given: u64,
    disk: Option<Disk>,
    /// The record of operations.
    pub(crate) records: Records,
    failure: OnceLock<String>,
    /// The next numbers of rows; whoever puts rows keeps them.
    pub(crate) numbers: Numbers,
}

/// A key and its value.
pub(crate) type Pair = (Bytes, Bytes);

impl Store {
    /// Keys and values on a disk, and the record beside them.
    pub(crate) fn on((disk, records): (Disk, Records)) -> Self {
        Self { disk: Some(disk), records, ..Self::default() }
    }

    /// Why nothing can be read or written any more.
    pub(crate) fn failure(&self) -> Option<&str> {
        let of_disk = || self.disk.as_ref().and_then(Disk::failure);
        self.failure.get().map(String::as_str).or_else(of_disk)
    }

    /// Says that what is kept is not to be used any more.
    pub(crate) fn fail(&self, reason: String) {
        let _the_first_reason_counts = self.failure.set(reason);
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &Key) -> Option<Bytes> {
        match self.recent.get(key.as_bytes()).and_then(|versions| versions.last()) {
            Some(version) => version.value.clone(),
            None => self.disk.as_ref().and_then(|disk| disk.get(key.as_bytes())),
        }
    }

    /// Keys within bounds and their values, in order.
    pub(crate) fn range(&self, keys: RangeInclusive<Key>) -> impl Iterator<Item = Pair> {
        let (recent, kept) = self.both(keys);
        Merged { recent: recent.peekable(), kept: kept.peekable(), first: Ordering::Less }
    }

    /// Keys within bounds and their values, the last first.
    pub(crate) fn range_back(&self, keys: RangeInclusive<Key>) -> impl Iterator<Item = Pair> {
        let (recent, kept) = self.both(keys);
        let (recent, kept) = (recent.rev().peekable(), kept.rev().peekable());
        Merged { recent, kept, first: Ordering::Greater }
    }

    /// What lies within bounds in memory and on disk.
    fn both(
        &self,
        keys: RangeInclusive<Key>,
    ) -> (
        impl DoubleEndedIterator<Item = (Bytes, Option<Bytes>)>,
        impl DoubleEndedIterator<Item = Pair>,
    ) {
        let (from, to) = keys.into_inner();
        let bounds = (from <= to).then_some((Bytes::from(from.as_bytes()), to.as_bytes().into()));
        let recent = bounds.clone().map(|(from, to): (Bytes, Bytes)| self.recent.range(from..=to));
        let recent = recent.into_iter().flatten();
        let recent = recent.map(|(key, versions)| {
            (key.clone(), versions.last().and_then(|version| version.value.clone()))
        });
        let kept = self.disk.as_ref().zip(bounds);
        (recent, kept.into_iter().flat_map(|(disk, (from, to))| disk.range(from..=to)))
    }

    /// Begins the block with a number.
    pub(crate) fn begin(&mut self, number: u32) {
        let head = Bytes::from(&[]);
        self.blocks.push_back(Block { number, keys: Vec::new(), head });
    }

    /// Ends the newest block: where history stands with it.
    pub(crate) fn end(&mut self, head: Bytes) {
        if let Some(block) = self.blocks.back_mut() {
            block.head = head;
        }
    }

    /// Where history stands.
    pub(crate) fn head(&self) -> Option<Bytes> {
        let on_disk = || self.disk.as_ref()?.get(Key::new(Kind::Head).as_bytes());
        let newest = self.blocks.back().map(|block| &block.head).or(self.head_before.as_ref());
        newest.cloned().or_else(on_disk)
    }

    /// Gives a key a value, or takes it away; none but the newest block does.
    pub(crate) fn put(&mut self, key: &Key, value: Option<Bytes>) {
        let block = self.first.saturating_add(self.blocks.len() as u64);
        let Some(Block { keys, .. }) = self.blocks.back_mut() else { return };
        let key = Bytes::from(key.as_bytes());
        let versions = self.recent.entry(key.clone()).or_default();
        match versions.last_mut() {
            Some(version) if version.block == block => version.value = value,
            _ => {
                versions.push(Version { block, value });
                keys.push(key);
            }
        }
    }

    /// The keys that the newest block wrote, with their values.
    pub(crate) fn newest(&self) -> impl Iterator<Item = (&Bytes, Option<Bytes>)> {
        let keys = self.blocks.back().into_iter().flat_map(|block| &block.keys);
        keys.filter_map(|key| Some((key, self.recent.get(key)?.last()?.value.clone())))
    }

    /// Whether a key that the newest block wrote had a value before.
    pub(crate) fn was_before_newest(&self, key: &Bytes) -> bool {
        let mut versions = self.recent.get(key).into_iter().flatten().rev().skip(1);
        match versions.next() {
            Some(version) => version.value.is_some(),
            None => self.disk.as_ref().is_some_and(|disk| disk.get(key).is_some()),
        }
    }

    /// Takes the newest block back.
    pub(crate) fn undo(&mut self) {
        let newest = self.first.saturating_add(self.blocks.len() as u64);
        if newest <= self.next_given {
            self.fail("a block was taken back that history has on disk".into());
        }
        let Some(block) = self.blocks.pop_back() else { return };
        self.records.undo(block.number);
        for key in block.keys {
            if let Some(versions) = self.recent.get_mut(&key) {
                versions.pop();
                if versions.is_empty() {
                    self.recent.remove(&key);
                }
            }
        }
    }

    /// Brings all but the newest `undoable` blocks to disk, sooner or later.
    pub(crate) fn commit(&mut self, undoable: usize) {
        let end = self.first.saturating_add(self.blocks.len().saturating_sub(undoable) as u64);
        if self.next_given < end {
            if let Some(disk) = &self.disk {
                disk.write(self.written_until(end));
            }
            self.next_given = end;
        }
        let written = self.disk.as_ref().map_or(end, Disk::written);
        // What the newest block did may still be asked.
        while self.first < written.min(end)
            && self.blocks.len() > 1
            && let Some(block) = self.blocks.pop_front()
        {
            self.first += 1;
            block.keys.iter().for_each(|key| self.forget(key));
            self.records.let_go(block.number.saturating_add(1));
            self.head_before = Some(block.head);
        }
    }

    /// What the blocks wrote that are to be given to the disk, up to this one.
    fn written_until(&self, end: u64) -> Writes {
        let place = |count: u64| count.saturating_sub(self.first) as usize;
        let blocks = || self.blocks.range(place(self.next_given)..place(end));
        let mut keys: Vec<&Bytes> = blocks().flat_map(|block| &block.keys).collect();
        keys.sort_unstable();
        keys.dedup();
        let values = keys.into_iter().filter_map(|key| {
            let mut versions = self.recent.get(key)?.iter().rev();
            let last = versions.find(|version| version.block <= end)?;
            Some((key.clone(), last.value.clone()))
        });
        let head = blocks().next_back().map(|block| block.head.clone());
        let head = head.map(|head| (Key::new(Kind::Head).as_bytes().into(), Some(head)));
        let numbers = blocks().next().zip(blocks().next_back());
        let numbers = numbers.map(|(first, last)| first.number..last.number.saturating_add(1));
        let records = self.records.of_blocks(numbers.unwrap_or_default()).cloned().collect();
        Writes { block: end, pairs: values.chain(head).collect(), records }
    }

    /// Lets go what the block before `first` and those before it wrote under a key, if the disk
    /// has it; without a disk, only what was overwritten.
    fn forget(&mut self, key: &Bytes) {
        let Some(versions) = self.recent.get_mut(key) else { return };
        let first = self.first;
        if self.disk.is_some() {
            versions.retain(|version| version.block > first);
        } else {
            let newer = versions.iter().position(|version| version.block >= first);
            versions.drain(..newer.unwrap_or(0));
            if versions.len() == 1 && versions[0].block <= first && versions[0].value.is_none() {
                versions.clear();
            }
        }
        if versions.is_empty() {
            self.recent.remove(key);
        }
    }

    /// The disk, if there is one.
    pub(crate) fn disk(&self) -> Option<&Disk> {
        self.disk.as_ref()
    }

    /// The number of blocks that are in memory only, though there is a disk.
    pub(crate) fn unwritten(&self) -> u64 {
        let all = self.first.saturating_add(self.blocks.len() as u64);
        self.disk.as_ref().map_or(0, |disk| all.saturating_sub(disk.written()))
    }

    /// The number of blocks that were given to the disk.
    pub(crate) fn given(&self) -> u64 {
        self.next_given
    }
}

/// Two sorted sequences as one; where both have a key, the recent one counts.
struct Merged<R: Iterator, K: Iterator> {
    recent: Peekable<R>,
    kept: Peekable<K>,
    /// How the first of two keys compares with the second.
    first: Ordering,
}

impl<R, K> Iterator for Merged<R, K>
where
    R: Iterator<Item = (Bytes, Option<Bytes>)>,
    K: Iterator<Item = Pair>,
{
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        loop {
            let order = match (self.recent.peek(), self.kept.peek()) {
                (Some((recent, _)), Some((kept, _))) => recent.cmp(kept),
                (Some(_), None) => self.first,
                (None, _) => return self.kept.next(),
            };
            if order != Ordering::Equal && order != self.first {
                return self.kept.next();
            }
            if order == Ordering::Equal {
                self.kept.next();
            }
            if let Some((key, Some(value))) = self.recent.next() {
                return Some((key, value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Kind;
    use proptest::prelude::*;
    use std::path::Path;

    /// Something that happens to a store.
    #[derive(Clone, Debug)]
    enum Step {
        /// A block that gives keys values, or takes them away.
        Block(Vec<(u8, Option<u8>)>),
        /// The newest block is taken back, if it can be.
        Undo,
        /// All but so many blocks cannot be taken back any more.
        Commit(usize),
        /// The program ends and starts again; blocks that could be taken back come again.
        Restart,
    }

    fn step() -> impl Strategy<Value = Step> {
        let write = (0..24_u8, prop::option::weighted(0.7, any::<u8>()));
        prop_oneof![
            6 => prop::collection::vec(write, 0..12).prop_map(Step::Block),
            2 => Just(Step::Undo),
            3 => (0..4_usize).prop_map(Step::Commit),
            1 => Just(Step::Restart),
        ]
    }

    fn key(number: u8) -> Key {
        Key::new(Kind::Fill).number(number.into())
    }

    fn apply(store: &mut Store, writes: &[(u8, Option<u8>)]) {
        store.begin(0);
        for (number, value) in writes {
            store.put(&key(*number), value.map(|value| Bytes::from([value])));
        }
    }

    type Map = BTreeMap<u8, u8>;

    fn contents(pairs: impl Iterator<Item = Pair>) -> Vec<(u8, u8)> {
        pairs.map(|(key, value)| (crate::keys::last_number(&key) as u8, value[0])).collect()
    }

    fn compare(store: &Store, expected: &Map) {
        assert_eq!(store.failure(), None);
        for (from, to) in [(0, 23), (3, 17), (9, 9), (12, 5)] {
            let range = || key(from)..=key(to);
            let within = expected.iter().filter(|(number, _)| (from..=to).contains(*number));
            let mut wanted: Vec<(u8, u8)> =
                within.map(|(number, value)| (*number, *value)).collect();
            assert_eq!(contents(store.range(range())), wanted);
            wanted.reverse();
            assert_eq!(contents(store.range_back(range())), wanted);
        }
        for number in 0..24 {
            let value = store.get(&key(number)).map(|value| value[0]);
            assert_eq!(value, expected.get(&number).copied());
        }
    }

    fn on(dir: Option<&Path>) -> Store {
        let on = |dir| Store::on(Disk::open(dir, |_| None).expect("a disk"));
        dir.map_or_else(Store::default, on)
    }

    /// Does the steps with a store and with maps, one for each block that can be taken back.
    fn check(dir: Option<&Path>, steps: &[Step]) {
        let mut store = on(dir);
        let mut maps = vec![Map::new()];
        let mut blocks: Vec<Vec<(u8, Option<u8>)>> = Vec::new();
        for step in steps {
            match step {
                Step::Block(writes) => {
                    apply(&mut store, writes);
                    let mut map = maps.last().cloned().unwrap_or_default();
                    for (number, value) in writes {
                        match value {
                            Some(value) => map.insert(*number, *value),
                            None => map.remove(number),
                        };
                    }
                    maps.push(map);
                    blocks.push(writes.clone());
                }
                Step::Undo if blocks.pop().is_some() => {
                    store.undo();
                    maps.pop();
                }
                Step::Undo => {}
                Step::Commit(undoable) => {
                    store.commit(*undoable);
                    let gone = blocks.len().saturating_sub(*undoable);
                    blocks.drain(..gone);
                    maps.drain(..gone);
                }
                Step::Restart if dir.is_some() => {
                    drop(store);
                    store = on(dir);
                    compare(&store, &maps[0]);
                    blocks.iter().for_each(|writes| apply(&mut store, writes));
                }
                Step::Restart => {}
            }
            compare(&store, maps.last().expect("a map"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_store_is_a_map_that_can_be_taken_back(steps in prop::collection::vec(step(), 1..40)) {
            let dir = tempfile::tempdir().expect("a directory");
            check(Some(dir.path()), &steps);
            check(None, &steps);
        }
    }
}
