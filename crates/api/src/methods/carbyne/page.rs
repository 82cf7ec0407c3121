//! Pages: how every list of this API is read, piece by piece.
//!
//! A page begins at a place in the order of its list, never at a count of rows: rows that come and
//! go between two pages never make another row appear twice or not at all. The cursor is that
//! place, as JSON that only this room understands.

use crate::answer::{Answer, CURSOR, Written};
use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_ledger::tables::Stored;
use carbyne_objects::Run;
use carbyne_wire::{Id, Json, JsonError, in_every_dialect};
use serde_json::Value;
use std::cmp::Ordering;

/// Most rows of a page.
pub(super) const ROWS_MAX: u32 = 1_000;

/// Which page is wanted.
pub(super) struct Page {
    /// Where it begins; null for the beginning.
    cursor: Value,
    /// How many rows it has at most.
    pub(super) limit: usize,
}

impl Page {
    /// The page that the arguments at `position` (the cursor) and behind it (the limit) ask for.
    pub(super) fn read(arguments: &Arguments<'_>, position: usize) -> Result<Self, ApiError> {
        let cursor = arguments.optional(position)?.unwrap_or_default();
        let limit = limited(arguments.or(position + 1, ROWS_MAX)?, ROWS_MAX)?;
        Ok(Self { cursor, limit })
    }

    /// The place where it begins, none for the beginning.
    pub(super) fn first<K: Json>(&self) -> Result<Option<K>, ApiError> {
        Ok(Option::from_json(&self.cursor)?)
    }

    /// The page of rows that come in order of their places; from where the page begins on, but for
    /// few.
    pub(super) fn of<K: Json + Ord, R, A: Into<Answer>>(
        &self,
        view: &View<'_>,
        rows: impl IntoIterator<Item = (K, R)>,
        show: impl Fn(R) -> Result<A, ApiError>,
    ) -> Result<Answer, ApiError> {
        let (rows, next) = self.cut(rows)?;
        let items = view.list(rows.into_iter().map(show))?;
        Ok(answer(items, next))
    }

    /// The rows of the page, and where the next one begins.
    fn cut<K: Json + Ord, R>(
        &self,
        rows: impl IntoIterator<Item = (K, R)>,
    ) -> Result<(Vec<R>, Option<Value>), ApiError> {
        let first: Option<K> = self.first()?;
        let is_before = |place: &K| first.as_ref().is_some_and(|first| place < first);
        let mut rows = rows.into_iter().skip_while(|(place, _)| is_before(place));
        let page = rows.by_ref().take(self.limit).map(|(_, row)| row).collect();
        Ok((page, rows.next().map(|(place, _)| place.to_json())))
    }

    /// The page of objects that an index has under one key.
    pub(super) fn run<K: Ord + Copy, const SPACE: u8, const TYPE: u8>(
        &self,
        view: &View<'_>,
        ids: Run<'_, K, SPACE, TYPE>,
    ) -> Result<Answer, ApiError>
    where
        Id<SPACE, TYPE>: Stored,
        <Id<SPACE, TYPE> as Stored>::Object: Written,
    {
        self.objects(view, ids.from(self.first()?.unwrap_or_default()))
    }

    /// The page of objects whose ids come in their order, from where the page begins on.
    pub(super) fn objects<I: Stored + Json + Ord>(
        &self,
        view: &View<'_>,
        ids: impl IntoIterator<Item = I>,
    ) -> Result<Answer, ApiError>
    where
        I::Object: Written,
    {
        self.of(view, ids.into_iter().map(|id| (id, id)), |id| view.maybe(Some(id)))
    }
}

/// A page: its rows, and where the next one begins, null at the end.
pub(super) fn answer(items: Answer, next: Option<Value>) -> Answer {
    Answer::Members(vec![("items", items), (CURSOR, next.unwrap_or_default().into())])
}

/// A part of a place in a list that begins with the greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Down<T>(pub(super) T);

impl<T: Ord> Ord for Down<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

impl<T: Ord> PartialOrd for Down<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Json> Json for Down<T> {
    fn to_json(&self) -> Value {
        self.0.to_json()
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        T::from_json(value).map(Self)
    }
}

in_every_dialect!([T: Json] Down<T>);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    type Rows = BTreeSet<(Down<u8>, u8)>;

    fn text(place: &(Down<u8>, u8)) -> String {
        place.to_json().to_string()
    }

    fn rows() -> impl Strategy<Value = Rows> {
        btree_set((0..9_u8, 0..9_u8).prop_map(|(price, id)| (Down(price), id)), 0..30)
    }

    proptest! {
        #[test]
        fn rows_that_stay_are_shown_once_whatever_comes_and_goes(
            mut rows_now in rows(),
            changes in vec((1..4_usize, rows(), rows()), 1..40),
        ) {
            let mut stayed = rows_now.clone();
            let mut shown: BTreeMap<String, usize> = BTreeMap::new();
            let mut cursor = Value::Null;
            let mut changes = changes.into_iter();
            loop {
                let (limit, come, go) = changes.next().unwrap_or((3, Rows::new(), Rows::new()));
                let page = Page { cursor: cursor.take(), limit };
                let places = rows_now.iter().map(|place| (*place, *place));
                let (rows, next) = page.cut(places).expect("a page");
                for row in &rows {
                    *shown.entry(text(row)).or_default() += 1;
                }
                cursor = next.unwrap_or_default();
                if cursor.is_null() {
                    break;
                }
                // Rows that come are new ones: what went does not come back.
                rows_now.retain(|place| !go.contains(place));
                stayed.retain(|place| !go.contains(place));
                rows_now.extend(come.iter().filter(|place| !shown.contains_key(&text(place))));
            }
            prop_assert!(shown.values().all(|times| *times == 1));
            prop_assert!(stayed.iter().all(|place| shown.contains_key(&text(place))));
        }
    }
}
