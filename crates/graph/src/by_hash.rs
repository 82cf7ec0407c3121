//! Numbers by hashes: what is asked of them is one line of the cache away.
//!
//! A hash is found at the place that its own first bits name, mixed with what every process
//! chooses anew, so that nobody can make hashes that fall together; or in one of the places behind
//! it, up to the first that is free. Who goes lets those move up that stand behind him for want of
//! room. Invariant: no free place lies between where a hash belongs and where it stands, and at
//! least a quarter of all places is free. Never walked, so its order shows nowhere.

use crate::prefetch::prefetch;
use foldhash::quality::RandomState;
use std::hash::BuildHasher;
use std::num::NonZero;

/// Places of the smallest table that holds anything.
const PLACES_MIN: usize = 16;

type Hash = [u8; 20];

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: Hash,
    /// One more than the number.
    above: NonZero<u64>,
}

/// Numbers by hashes of twenty bytes, each hash once.
#[derive(Clone, Debug, Default)]
pub struct ByHash {
    /// Two to the power of something, or none.
    places: Vec<Option<Entry>>,
    count: usize,
    mixing: RandomState,
}

impl ByHash {
    /// The number of a hash.
    #[inline]
    pub fn get(&self, hash: &Hash) -> Option<u64> {
        let entry = self.places.get(self.find(hash)?)?.as_ref()?;
        Some(entry.above.get().wrapping_sub(1))
    }

    /// Asks the processor for what [`ByHash::get`] and a change will need.
    #[inline]
    pub fn prefetch(&self, hash: &Hash) {
        let home = self.home(hash);
        [home, self.behind(home)].iter().filter_map(|at| self.places.get(*at)).for_each(prefetch);
    }

    /// Says which number, not the greatest there is, a hash has that has none.
    pub fn insert(&mut self, hash: Hash, number: u64) {
        let most = self.places.len().saturating_sub(self.places.len() / 4);
        if self.count >= most {
            self.grow();
        }
        self.put(Entry { hash, above: NonZero::<u64>::MIN.saturating_add(number) });
        self.count = self.count.saturating_add(1);
    }

    /// Forgets a hash.
    pub fn remove(&mut self, hash: &Hash) {
        let Some(mut free) = self.find(hash) else { return };
        self.count = self.count.saturating_sub(1);
        let mut place = free;
        loop {
            place = self.behind(place);
            let Some(Some(entry)) = self.places.get(place).copied() else { break };
            // Who belongs between the free place and his own stays.
            let home = self.home(&entry.hash);
            if self.distance(home, place) >= self.distance(free, place) {
                self.set(free, Some(entry));
                free = place;
            }
        }
        self.set(free, None);
    }

    /// Where a hash stands.
    #[inline]
    fn find(&self, hash: &Hash) -> Option<usize> {
        let mut place = self.home(hash);
        while let Some(Some(entry)) = self.places.get(place) {
            if entry.hash == *hash {
                return Some(place);
            }
            place = self.behind(place);
        }
        None
    }

    /// Where a hash belongs.
    #[inline]
    fn home(&self, hash: &Hash) -> usize {
        let bits = hash.first_chunk().copied().map_or(0, u64::from_le_bytes);
        self.mixing.hash_one(bits) as usize & self.mask()
    }

    #[inline]
    fn behind(&self, place: usize) -> usize {
        place.wrapping_add(1) & self.mask()
    }

    /// How many places `to` is behind `from`.
    #[inline]
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.mask()
    }

    #[inline]
    fn mask(&self) -> usize {
        self.places.len().saturating_sub(1)
    }

    fn set(&mut self, place: usize, entry: Option<Entry>) {
        if let Some(at) = self.places.get_mut(place) {
            *at = entry;
        }
    }

    fn put(&mut self, entry: Entry) {
        let mut place = self.home(&entry.hash);
        while let Some(Some(_)) = self.places.get(place) {
            place = self.behind(place);
        }
        self.set(place, Some(entry));
    }

    fn grow(&mut self) {
        let places = self.places.len().saturating_mul(2).max(PLACES_MIN);
        let old = std::mem::replace(&mut self.places, vec![None; places]);
        old.into_iter().flatten().for_each(|entry| self.put(entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Few hashes, some of which begin with the same bits.
    fn hash() -> impl Strategy<Value = Hash> {
        (0..24_u8, 0..3_u8).prop_map(|(first, last)| {
            let mut hash = [0; 20];
            (hash[0], hash[19]) = (first, last);
            hash
        })
    }

    proptest! {
        #[test]
        fn is_the_map_it_stands_for(
            steps in prop::collection::vec((any::<bool>(), hash()), 0..400),
        ) {
            let (mut table, mut model) = (ByHash::default(), BTreeMap::new());
            for (number, (adds, hash)) in (0..).zip(steps) {
                match model.get(&hash) {
                    None if adds => {
                        table.insert(hash, number);
                        model.insert(hash, number);
                    }
                    _ => {
                        table.remove(&hash);
                        model.remove(&hash);
                    }
                }
                prop_assert_eq!(table.count, model.len());
                let found = table.places.iter().flatten().count();
                prop_assert_eq!(found, model.len());
                for (hash, number) in &model {
                    prop_assert_eq!(table.get(hash), Some(*number));
                }
                prop_assert_eq!(table.get(&hash), model.get(&hash).copied());
            }
        }
    }

    #[test]
    fn a_quarter_is_always_free_and_two_stand_in_a_line() {
        let mut table = ByHash::default();
        for number in 0..10_000_u64 {
            let mut hash = [0; 20];
            hash[..8].copy_from_slice(&number.to_le_bytes());
            table.insert(hash, number);
            assert!(table.count * 4 <= table.places.len() * 3);
        }
        assert_eq!(size_of::<Option<Entry>>(), 32);
    }
}
