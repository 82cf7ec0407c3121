//! A vector with holes: as quick as a vector where numbers are dense, while its memory follows what
//! is there and not how great the numbers are.
//!
//! Object numbers come from outside too: an operation may name an account that does not exist, and
//! a file may say anything. None of them may decide how much memory is asked for.

use crate::prefetch::prefetch;

/// Places of a part: small, so that one great number costs little.
const PART_PLACES: usize = 256;
const PART_PLACES_U64: u64 = PART_PLACES as u64;

#[derive(Clone, Debug)]
struct Part<V> {
    /// The first of its places, divided by their count.
    number: u64,
    /// Places that hold something; never none.
    filled: usize,
    places: Box<[Option<V>]>,
}

impl<V> Part<V> {
    fn new(number: u64) -> Self {
        Self { number, filled: 0, places: none_of(PART_PLACES) }
    }

    fn first(&self) -> u64 {
        self.number.saturating_mul(PART_PLACES_U64)
    }
}

/// So many places that hold nothing, made where they stay: a constant would be copied into each.
pub(crate) fn none_of<V>(places: usize) -> Box<[Option<V>]> {
    (0..places).map(|_| None).collect()
}

/// Values by number.
#[derive(Clone, Debug)]
pub struct Sparse<V> {
    /// In order of their numbers.
    parts: Vec<Part<V>>,
}

impl<V> Default for Sparse<V> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

fn locate(number: u64) -> (u64, usize) {
    (number / PART_PLACES_U64, (number % PART_PLACES_U64) as usize)
}

impl<V> Sparse<V> {
    /// Where a part is, or where it would be. One comparison if none before it is missing.
    #[inline]
    fn find(&self, number: u64) -> Result<usize, usize> {
        let dense = number as usize;
        match self.parts.get(dense) {
            Some(part) if part.number == number => Ok(dense),
            _ => self.parts.binary_search_by_key(&number, |part| part.number),
        }
    }

    /// The value with that number.
    #[inline]
    pub fn get(&self, number: u64) -> Option<&V> {
        let (part, place) = locate(number);
        self.parts.get(self.find(part).ok()?)?.places.get(place)?.as_ref()
    }

    /// Asks the processor for what [`Sparse::get`] of that number will need.
    #[inline]
    pub fn prefetch(&self, number: u64) {
        let (part, place) = locate(number);
        let part = self.find(part).ok().and_then(|at| self.parts.get(at));
        if let Some(value) = part.and_then(|part| part.places.get(place)) {
            prefetch(value);
        }
    }

    /// The value with that number, to be changed.
    #[inline]
    pub fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        let (part, place) = locate(number);
        let at = self.find(part).ok()?;
        self.parts.get_mut(at)?.places.get_mut(place)?.as_mut()
    }

    /// The part with that number, which is made if need be.
    fn part_mut(&mut self, number: u64) -> Option<&mut Part<V>> {
        let at = self.find(number).unwrap_or_else(|at| {
            self.parts.insert(at, Part::new(number));
            at
        });
        self.parts.get_mut(at)
    }

    /// The value with that number, to be changed; there is always one then.
    #[inline]
    pub fn get_or_insert_with(&mut self, number: u64, make: impl FnOnce() -> V) -> Option<&mut V> {
        let (part, place) = locate(number);
        let part = self.part_mut(part)?;
        let value = part.places.get_mut(place)?;
        part.filled = part.filled.saturating_add(usize::from(value.is_none()));
        Some(value.get_or_insert_with(make))
    }

    /// Stores a value and returns what was there.
    pub fn insert(&mut self, number: u64, value: V) -> Option<V> {
        let (part, place) = locate(number);
        let part = self.part_mut(part)?;
        let old = part.places.get_mut(place)?.replace(value);
        part.filled = part.filled.saturating_add(usize::from(old.is_none()));
        old
    }

    /// Takes a value out.
    pub fn remove(&mut self, number: u64) -> Option<V> {
        let (part, place) = locate(number);
        let at = self.find(part).ok()?;
        let part = self.parts.get_mut(at)?;
        let old = part.places.get_mut(place)?.take()?;
        part.filled = part.filled.saturating_sub(1);
        if part.filled == 0 {
            self.parts.remove(at);
        }
        Some(old)
    }

    /// Values in the order of their numbers.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.parts.iter().flat_map(|part| part.places.iter().flatten())
    }

    /// Numbers and values from a number on.
    pub fn iter_from(&self, number: u64) -> impl Iterator<Item = (u64, &V)> {
        let (first, place) = locate(number);
        let parts = self.parts.get(self.find(first).unwrap_or_else(|at| at)..).unwrap_or(&[]);
        parts.iter().flat_map(move |part| {
            let skip = if part.number == first { place } else { 0 };
            let places = (part.first()..).zip(part.places.iter()).skip(skip);
            places.filter_map(|(number, value)| Some((number, value.as_ref()?)))
        })
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.filled).fold(0, usize::saturating_add)
    }

    /// Bytes that it takes; what values own elsewhere is not among them.
    pub fn bytes(&self) -> usize {
        let part = size_of::<Part<V>>();
        let places = PART_PLACES.saturating_mul(size_of::<Option<V>>());
        let full = self.parts.len().saturating_mul(places);
        self.parts.capacity().saturating_mul(part).saturating_add(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Numbers that lie close, far and at the end.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![
            0..600_u64,
            100_000..100_300_u64,
            Just(u64::MAX),
            (0..40_u32).prop_map(|n| 1 << n)
        ]
    }

    proptest! {
        #[test]
        fn is_the_ordered_map_it_stands_for(
            steps in prop::collection::vec((any::<bool>(), number(), any::<u8>()), 0..300),
            from in number(),
        ) {
            let (mut sparse, mut model) = (Sparse::default(), BTreeMap::new());
            for (adds, number, value) in steps {
                let (old, want) = match adds {
                    true => (sparse.insert(number, value), model.insert(number, value)),
                    false => (sparse.remove(number), model.remove(&number)),
                };
                prop_assert_eq!(old, want);
                prop_assert_eq!(sparse.get(number), model.get(&number));
                prop_assert_eq!(sparse.get_mut(number), model.get_mut(&number));
                let other = number ^ 3;
                let found = sparse.get_or_insert_with(other, || value);
                prop_assert_eq!(found, Some(model.entry(other).or_insert(value)));
                prop_assert_eq!(sparse.count(), model.len());
            }
            prop_assert!(sparse.values().rev().eq(model.values().rev()));
            let rest = model.range(from..).map(|(number, value)| (*number, value));
            prop_assert!(sparse.iter_from(from).eq(rest));
        }
    }

    #[test]
    fn the_greatest_number_costs_a_part_and_nothing_is_left_of_it() {
        let mut sparse = Sparse::default();
        sparse.insert(u64::MAX, 1_u64);
        sparse.insert(0, 1);
        assert!(sparse.bytes() < 10_000, "{} bytes", sparse.bytes());
        sparse.remove(u64::MAX);
        sparse.remove(0);
        assert_eq!(sparse.parts.len(), 0);
    }
}
