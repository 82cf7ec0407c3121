//! Rows of history: objects with numbers, found by number or by keys that never change.
//!
//! Invariant: a row and the keys that lead to it come and go together. This file must never know
//! what rows are about.

use crate::disk::Bytes;
use crate::keys::{KINDS, Key, Kind, last_number};
use crate::store::Store;
use carbyne_wire::{JsonIn, Pack, Tags, unpack_exact};
use smallvec::SmallVec;
use std::ops::RangeInclusive;

/// An object of history.
pub(crate) trait Row: Pack + JsonIn {
    /// What its numbers stand behind.
    const KIND: Kind;

    /// Its number.
    fn number(&self) -> u64;

    /// Called once, when it is created.
    fn set_number(&mut self, number: u64);

    /// What else leads to it; rows that share such a key are told apart by their numbers behind
    /// it.
    fn keys(&self) -> SmallVec<[Key; 2]> {
        SmallVec::new()
    }
}

/// Says how a row is numbered: by its id.
macro_rules! row {
    ($type:ty, $kind:ident $(, |$row:ident| $keys:expr)?) => {
        impl crate::rows::Row for $type {
            const KIND: crate::keys::Kind = crate::keys::Kind::$kind;
            fn number(&self) -> u64 {
                self.id.0
            }
            fn set_number(&mut self, number: u64) {
                self.id = carbyne_wire::Id(number);
            }
            $(fn keys(&self) -> smallvec::SmallVec<[crate::keys::Key; 2]> {
                let $row = self;
                $keys.into_iter().collect()
            })?
        }
    };
}
pub(crate) use row;

/// The next number of each kind of row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers([u64; KINDS]);

impl Numbers {
    /// The number the next row of a kind gets.
    pub(crate) fn next(&self, kind: Kind) -> u64 {
        self.0[kind as usize]
    }

    /// The same, which is taken then.
    pub(crate) fn take(&mut self, kind: Kind) -> u64 {
        let next = &mut self.0[kind as usize];
        *next += 1;
        *next - 1
    }

    /// As it is kept.
    pub(crate) fn to_vec(&self) -> Vec<u64> {
        self.0.to_vec()
    }
}

impl From<&Vec<u64>> for Numbers {
    fn from(kept: &Vec<u64>) -> Self {
        let mut numbers = Self::default();
        numbers.0.iter_mut().zip(kept).for_each(|(number, kept)| *number = *kept);
        numbers
    }
}

/// The bytes of a value.
pub(crate) fn packed(value: &impl Pack) -> Bytes {
    let mut bytes = Vec::with_capacity(128);
    value.pack(&mut bytes);
    bytes.into()
}

fn key_of<T: Row>(number: u64) -> Key {
    Key::new(T::KIND).number(number)
}

fn keys_from<T: Row>(first: u64) -> RangeInclusive<Key> {
    key_of::<T>(first)..=key_of::<T>(u64::MAX)
}

impl Store {
    /// A value of a kind that is read as `T`. Bytes that are none end the use of the store.
    pub(crate) fn value<T: Pack>(&self, key: &Key) -> Option<T> {
        self.unpacked(&self.get(key)?)
    }

    /// Bytes as what they stand for.
    pub(crate) fn unpacked<T: Pack>(&self, bytes: &[u8]) -> Option<T> {
        let unpacked = unpack_exact(bytes, Tags::All);
        unpacked.map_err(|error| self.fail(format!("a value cannot be read: {error}"))).ok()
    }

    /// The row with a number; nothing is looked up where no row was ever.
    pub(crate) fn row<T: Row>(&self, number: u64) -> Option<T> {
        let was_made = number < self.next_number::<T>();
        was_made.then(|| self.value(&key_of::<T>(number))).flatten()
    }

    /// The row that a key leads to.
    pub(crate) fn row_at<T: Row>(&self, key: &Key) -> Option<T> {
        self.row(self.number_at(key)?)
    }

    /// The number of the row that a key leads to.
    pub(crate) fn number_at(&self, key: &Key) -> Option<u64> {
        Some(last_number(&self.get(key)?))
    }

    /// Rows from a number on, in order.
    pub(crate) fn rows_from<T: Row>(&self, first: u64) -> impl Iterator<Item = T> {
        let pairs = self.range(keys_from::<T>(first));
        pairs.map_while(|(_, value)| self.unpacked(&value))
    }

    /// Numbers of rows from one on, in order.
    pub(crate) fn numbers_from<T: Row>(&self, first: u64) -> impl Iterator<Item = u64> {
        self.range(keys_from::<T>(first)).map(|(key, _)| last_number(&key))
    }

    /// The number the next row gets.
    pub(crate) fn next_number<T: Row>(&self) -> u64 {
        self.numbers.next(T::KIND)
    }

    /// Keeps a new row under the next number, and gives it back with that.
    pub(crate) fn create<T: Row>(&mut self, mut row: T) -> T {
        row.set_number(self.numbers.take(T::KIND));
        self.insert(&row);
        row
    }

    /// The rows that keys within bounds lead to, in their order.
    pub(crate) fn rows_at<T: Row>(&self, keys: RangeInclusive<Key>) -> impl Iterator<Item = T> {
        self.range(keys).filter_map(|(_, number)| self.row(last_number(&number)))
    }

    /// The rows that keys within bounds lead to, the last first.
    pub(crate) fn rows_at_back<T: Row>(
        &self,
        keys: RangeInclusive<Key>,
    ) -> impl Iterator<Item = T> {
        self.range_back(keys).filter_map(|(_, number)| self.row(last_number(&number)))
    }

    fn insert<T: Row>(&mut self, row: &T) {
        let number = row.number();
        self.put(&key_of::<T>(number), Some(packed(row)));
        let leads_to = Key::new(T::KIND).number(number);
        let leads_to = Bytes::from(leads_to.as_bytes());
        for key in row.keys() {
            self.put(&key, Some(leads_to.clone()));
        }
    }

    /// Keeps a row that was there in its new form.
    pub(crate) fn replace<T: Row>(&mut self, row: &T) {
        self.put(&key_of::<T>(row.number()), Some(packed(row)));
    }

    /// Lets a row go.
    pub(crate) fn remove<T: Row>(&mut self, row: &T) {
        self.put(&key_of::<T>(row.number()), None);
        for key in row.keys() {
            self.put(&key, None);
        }
    }
}
