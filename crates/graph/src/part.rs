//! Rows on their way into a table: unpacked elsewhere, ahead of the table and beside it.
//!
//! Rows that come in order of their numbers are put into pages at once, and a table takes whole
//! pages. Invariant: a part takes no more pages than its rows would take in a table, whatever order
//! and numbers they come with. This file must never know what the rows mean.

use crate::pages::{Loose, locate};
use crate::table::Object;

/// Some rows of a table.
#[derive(Clone, Debug)]
pub struct Part<T> {
    /// Pages in order, each once.
    pages: Vec<Loose<T>>,
    /// Rows that did not come in order.
    strays: Vec<T>,
    /// Behind the greatest number.
    next_instance: u64,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), strays: Vec::new(), next_instance: 0 }
    }
}

impl<T: Object> Part<T> {
    /// Adds a row; it takes the place of one with the same number.
    #[inline]
    pub fn push(&mut self, row: T) {
        let instance = row.instance();
        self.next_instance = self.next_instance.max(instance.saturating_add(1));
        let (number, place) = locate(instance);
        let newest = self.pages.last().map(|page| page.number);
        if newest.is_some_and(|newest| number < newest) {
            return self.strays.push(row);
        }
        if newest != Some(number) {
            self.pages.push(Loose::new(number));
        }
        if let Some(page) = self.pages.last_mut() {
            page.put(place, row);
        }
    }

    /// The pages, the rows that come after them, and the number behind all.
    pub(crate) fn into_pieces(self) -> (Vec<Loose<T>>, Vec<T>, u64) {
        (self.pages, self.strays, self.next_instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::NoIndex;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(u64);

    impl Object for Row {
        type Index = NoIndex;
        fn instance(&self) -> u64 {
            self.0
        }
        fn set_instance(&mut self, instance: u64) {
            self.0 = instance;
        }
    }

    #[test]
    fn rows_that_go_to_and_fro_take_no_pages_of_their_own() {
        let mut part = Part::default();
        (0..1_000).for_each(|n| part.push(Row(n % 2 * 1_000)));
        assert_eq!((part.pages.len(), part.strays.len()), (2, 499));
    }
}
