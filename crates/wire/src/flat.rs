//! Sorted sets and maps kept in one vector: small, in order, and equal bytes for equal content.
//!
//! Like the reference's `flat_set` and `flat_map`, what arrives unsorted or repeated is sorted and
//! the first of equal keys is kept.

use crate::{Dialect, Json, JsonError, JsonIn, Kind, Pack, PackError, Reader, Reflect, View};
use serde_json::Value;
use smallvec::SmallVec;

/// Most sets and maps have one item or none, like the keys of an account: that one stays inside.
type Items<T> = SmallVec<[T; 1]>;

/// So few are faster put in their places than sorted.
const ONE_BY_ONE_MAX: usize = 8;

/// A sorted set without duplicates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlatSet<T>(Items<T>);

impl<T> Default for FlatSet<T> {
    fn default() -> Self {
        Self(Items::new())
    }
}

impl<T> std::ops::Deref for FlatSet<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> FlatSet<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Self(Items::new_const())
    }
}

impl<T: Ord> FlatSet<T> {
    /// Adds `item`; false if it was there already.
    pub fn insert(&mut self, item: T) -> bool {
        // What arrives is nearly always sorted, so the end is tried first.
        if self.0.last().is_none_or(|last| *last < item) {
            self.0.push(item);
            return true;
        }
        match self.0.binary_search(&item) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, item);
                true
            }
        }
    }

    /// Takes `item` out; false if it was not there.
    pub fn remove(&mut self, item: &T) -> bool {
        match self.0.binary_search(item) {
            Ok(at) => {
                self.0.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    /// Whether `item` is in the set.
    pub fn contains(&self, item: &T) -> bool {
        self.0.binary_search(item).is_ok()
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps what `keep` says true of.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|item| keep(item));
    }
}

impl<T: Pack + Ord> FlatSet<T> {
    /// Sorts at once: adding one by one would take quadratic time where many arrive in another
    /// order.
    fn of(mut items: Items<T>) -> Self {
        if items.len() > 1 {
            T::sort_by_part(&mut items, |item| item);
            items.dedup();
        }
        Self(items)
    }
}

impl<T: Pack + Ord> FromIterator<T> for FlatSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::of(items.into_iter().collect())
    }
}

impl<T: Pack + Ord> Extend<T> for FlatSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        let items = items.into_iter();
        if items.size_hint().1.is_some_and(|count| count <= ONE_BY_ONE_MAX) {
            return items.for_each(|item| _ = self.insert(item));
        }
        self.0.extend(items);
        *self = Self::of(std::mem::take(&mut self.0));
    }
}

impl<T> IntoIterator for FlatSet<T> {
    type Item = T;
    type IntoIter = smallvec::IntoIter<[T; 1]>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a FlatSet<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Pack + Ord> Pack for FlatSet<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Items::unpack(input).map(Self::of)
    }
}

impl<T: JsonIn + Pack + Ord> JsonIn for FlatSet<T> {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        self.0.to_json_in(dialect)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        Items::from_json_in(value, dialect).map(Self::of)
    }
}

impl<T: Json + Pack + Ord> Json for FlatSet<T> {}

impl<T: Reflect> Reflect for FlatSet<T> {
    fn kind() -> Kind {
        Kind::Set(T::kind)
    }
    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

/// A map sorted by key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlatMap<K, V>(Items<(K, V)>);

impl<K, V> Default for FlatMap<K, V> {
    fn default() -> Self {
        Self(Items::new())
    }
}

impl<K, V> std::ops::Deref for FlatMap<K, V> {
    type Target = [(K, V)];
    fn deref(&self) -> &[(K, V)] {
        &self.0
    }
}

impl<K, V> FlatMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Items::new_const())
    }
}

impl<K: Ord, V> FlatMap<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(k, _)| k.cmp(key))
    }

    /// The value of `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Whether `key` has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Sets the value of `key` and gives back the one it replaces.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => self.0.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes `key` and its value out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|at| self.0.remove(at).1)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// Values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<K: Pack + Ord, V> FromIterator<(K, V)> for FlatMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut pairs: Items<(K, V)> = items.into_iter().collect();
        if pairs.len() > 1 {
            // A stable sort, so that the first of equal keys is the one that stays.
            K::sort_by_part(&mut pairs, |(key, _)| key);
            pairs.dedup_by(|later, first| later.0 == first.0);
        }
        Self(pairs)
    }
}

impl<K, V> IntoIterator for FlatMap<K, V> {
    type Item = (K, V);
    type IntoIter = smallvec::IntoIter<[(K, V); 1]>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a FlatMap<K, V> {
    type Item = &'a (K, V);
    type IntoIter = std::slice::Iter<'a, (K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<K: Pack + Ord, V: Pack> Pack for FlatMap<K, V> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(Items::<(K, V)>::unpack(input)?.into_iter().collect())
    }
}

impl<K: JsonIn + Pack + Ord + Default, V: JsonIn + Default> JsonIn for FlatMap<K, V> {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        self.0.to_json_in(dialect)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        Ok(Items::<(K, V)>::from_json_in(value, dialect)?.into_iter().collect())
    }
}

impl<K: Json + Pack + Ord + Default, V: Json + Default> Json for FlatMap<K, V> {}

impl<K: Reflect, V: Reflect> Reflect for FlatMap<K, V> {
    fn kind() -> Kind {
        Kind::Sequence(<(K, V)>::kind)
    }
    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

impl<T> FlatSet<T> {
    /// The items as a slice, in order.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}
