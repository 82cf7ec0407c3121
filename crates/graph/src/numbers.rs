//! A set of instance numbers as bits: for marks on rows of tables that are dense.
//!
//! Words without a bit are not kept, so the next number of a set is a few steps away however many
//! rows exist, and memory follows how many numbers there are.

use crate::sparse::Sparse;
use std::num::NonZeroU64;

/// A set of numbers, walked in order.
#[derive(Clone, Debug, Default)]
pub struct NumberSet {
    words: Sparse<NonZeroU64>,
}

fn locate(number: u64) -> (u64, u64) {
    (number / 64, 1 << (number % 64))
}

impl NumberSet {
    fn word(&self, word: u64) -> u64 {
        self.words.get(word).map_or(0, |bits| bits.get())
    }

    fn set_word(&mut self, word: u64, bits: u64) {
        match NonZeroU64::new(bits) {
            Some(bits) => self.words.insert(word, bits),
            None => self.words.remove(word),
        };
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let (word, bit) = locate(number);
        self.word(word) & bit != 0
    }

    /// Adds a number.
    pub fn insert(&mut self, number: u64) {
        let (word, bit) = locate(number);
        self.set_word(word, self.word(word) | bit);
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: u64) {
        let (word, bit) = locate(number);
        self.set_word(word, self.word(word) & !bit);
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        let next = |number: &u64| self.first_from(number.checked_add(1)?);
        std::iter::successors(self.first_from(0), next)
    }

    /// The least number that is not below `number`.
    pub fn first_from(&self, number: u64) -> Option<u64> {
        let (word, bit) = locate(number);
        let rest = self.word(word) & bit.wrapping_neg();
        if rest != 0 {
            return Some(number_at(word, rest));
        }
        let (word, bits) = self.words.iter_from(word.saturating_add(1)).next()?;
        Some(number_at(word, bits.get()))
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

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![4 => 0..40_000_u64, 1 => Just(u64::MAX), 1 => (0..64_u32).prop_map(|n| 1 << n)]
    }

    proptest! {
        #[test]
        fn is_the_ordered_set_it_stands_for(
            steps in prop::collection::vec((any::<bool>(), number()), 0..400),
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
