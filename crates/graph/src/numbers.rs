//! A set of instance numbers as bits: for marks on rows of tables that are dense.
//!
//! Which words hold a bit is itself a set of numbers, so the next number of a sparse set is found
//! in a few steps however many rows exist. Memory follows the greatest number, not how many there
//! are.

/// A set of numbers, walked in order.
#[derive(Clone, Debug, Default)]
pub struct NumberSet {
    words: Vec<u64>,
    /// The numbers of the words that are not zero, once there are several words.
    filled: Option<Box<NumberSet>>,
}

fn locate(number: u64) -> (usize, u64) {
    ((number / 64) as usize, 1 << (number % 64))
}

impl NumberSet {
    /// Whether `number` is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let (word, bit) = locate(number);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds a number.
    pub fn insert(&mut self, number: u64) {
        let (word, bit) = locate(number);
        self.grow(word);
        let Some(bits) = self.words.get_mut(word) else { return };
        let was_empty = *bits == 0;
        *bits |= bit;
        if let Some(filled) = self.filled.as_mut().filter(|_| was_empty) {
            filled.insert(word as u64);
        }
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: u64) {
        let (word, bit) = locate(number);
        let Some(bits) = self.words.get_mut(word) else { return };
        *bits &= !bit;
        if let Some(filled) = self.filled.as_mut().filter(|_| *bits == 0) {
            filled.remove(word as u64);
        }
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        let next = |number: &u64| self.first_from(number.checked_add(1)?);
        std::iter::successors(self.first_from(0), next)
    }

    /// The least number that is not below `number`.
    pub fn first_from(&self, number: u64) -> Option<u64> {
        let (word, bit) = locate(number);
        let rest = self.words.get(word)? & bit.wrapping_neg();
        if rest != 0 {
            return Some(number_at(word as u64, rest));
        }
        let word = self.filled.as_ref()?.first_from((number / 64).saturating_add(1))?;
        self.words.get(word as usize).map(|bits| number_at(word, *bits))
    }

    fn grow(&mut self, word: usize) {
        if word < self.words.len() {
            return;
        }
        self.words.resize(word.saturating_add(1), 0);
        if self.words.len() > 1 && self.filled.is_none() {
            let mut filled = Self::default();
            if self.words.first().is_some_and(|bits| *bits != 0) {
                filled.insert(0);
            }
            self.filled = Some(Box::new(filled));
        }
    }
}

fn number_at(word: u64, bits: u64) -> u64 {
    word.wrapping_mul(64).wrapping_add(bits.trailing_zeros().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn is_the_ordered_set_it_stands_for(
            steps in prop::collection::vec((any::<bool>(), 0..40_000_u64), 0..400),
        ) {
            let (mut numbers, mut model) = (NumberSet::default(), BTreeSet::new());
            for (adds, number) in steps {
                // Few distinct numbers, so that some are taken out again.
                let number = if number % 3 == 0 { number } else { number % 70 };
                if adds {
                    numbers.insert(number);
                    model.insert(number);
                } else {
                    numbers.remove(number);
                    model.remove(&number);
                }
                prop_assert_eq!(numbers.contains(number), model.contains(&number));
            }
            prop_assert!(numbers.iter().eq(model.iter().copied()));
        }
    }
}
