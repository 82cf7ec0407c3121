//! Rows by instance number, in pages that are given back when they empty.
//!
//! Instance numbers are handed out in sequence, so a directory of pages finds a row without a hash;
//! tables whose objects come and go (orders, proposals) keep only the pages that still hold
//! something, and of the directory what names them.

use crate::prefetch::prefetch;
use crate::sparse::{Sparse, none_of};

/// Rows per page: small, so that one long-lived order does not keep much dead space alive.
const PAGE_ROWS: usize = 64;
const PAGE_ROWS_U64: u64 = PAGE_ROWS as u64;

/// The rows of a page.
type Page<T> = Box<[Option<T>; PAGE_ROWS]>;

/// What is known of a page besides its rows.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    marks: Marks,
    /// How many rows hold a value.
    live: usize,
}

/// Which rows of a page a session saved: the one that saved one of them last. What others saved of
/// them is forgotten, which at worst saves a row again; a session that does so knows, since one
/// inside it must have saved something meanwhile. A mark on every row would cost 8 bytes of each.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    serial: u64,
    rows: u64,
}

impl Marks {
    fn has(self, row: usize, serial: u64) -> bool {
        self.serial == serial && self.rows & bit(row) != 0
    }

    fn add(&mut self, row: usize, serial: u64) {
        if self.serial != serial {
            *self = Self { serial, rows: 0 };
        }
        self.rows |= bit(row);
    }
}

fn bit(row: usize) -> u64 {
    1 << (row % PAGE_ROWS)
}

/// A page that is in no table yet.
#[derive(Clone, Debug)]
pub(crate) struct Loose<T> {
    pub(crate) number: u64,
    /// The first rows of it.
    rows: Vec<Option<T>>,
}

impl<T> Loose<T> {
    pub(crate) fn new(number: u64) -> Self {
        Self { number, rows: Vec::with_capacity(PAGE_ROWS) }
    }

    /// Stores a value, in place of one that is there.
    #[inline]
    pub(crate) fn put(&mut self, place: usize, value: T) {
        let place = place % PAGE_ROWS;
        if let Some(row) = self.rows.get_mut(place) {
            *row = Some(value);
            return;
        }
        // The page is written once, from front to back.
        while self.rows.len() < place {
            self.rows.push(None);
        }
        self.rows.push(Some(value));
    }
}

/// A row that holds a value.
pub(crate) struct Row<'a, T> {
    pub(crate) value: &'a mut T,
    marks: &'a mut Marks,
    number: usize,
}

impl<T> Row<'_, T> {
    /// Whether the session with that serial saved it; it may have done so where this is false.
    #[inline]
    pub(crate) fn is_saved_by(&self, serial: u64) -> bool {
        self.marks.has(self.number, serial)
    }

    /// The session with that serial saved it.
    #[inline]
    pub(crate) fn mark(&mut self, serial: u64) {
        self.marks.add(self.number, serial);
    }
}

/// All rows of a table.
#[derive(Clone, Debug)]
pub(crate) struct Pages<T> {
    /// Where rows lie, and nothing else: whoever asks for a row waits for this first, so it is to
    /// stay in a near cache.
    directory: Sparse<Page<T>>,
    /// Of the same pages.
    notes: Sparse<Note>,
    live: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { directory: Sparse::default(), notes: Sparse::default(), live: 0 }
    }
}

/// The page of a row, and its place there.
pub(crate) fn locate(instance: u64) -> (u64, usize) {
    (instance / PAGE_ROWS_U64, (instance % PAGE_ROWS_U64) as usize)
}

impl<T> Pages<T> {
    /// Rows that hold a value.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Bytes of the pages and their directory; what rows own elsewhere is not among them.
    pub(crate) fn bytes(&self) -> usize {
        let page = PAGE_ROWS.saturating_mul(size_of::<Option<T>>());
        let rows = self.directory.count().saturating_mul(page);
        [self.directory.bytes(), self.notes.bytes()].into_iter().fold(rows, usize::saturating_add)
    }

    /// The value of a row.
    #[inline]
    pub(crate) fn get(&self, instance: u64) -> Option<&T> {
        let (page, row) = locate(instance);
        self.directory.get(page)?.get(row)?.as_ref()
    }

    /// Asks the processor for a row.
    #[inline]
    pub(crate) fn prefetch(&self, instance: u64) {
        let (page, row) = locate(instance);
        self.notes.prefetch(page);
        if let Some(row) = self.directory.get(page).and_then(|rows| rows.get(row)) {
            prefetch(row);
        }
    }

    /// A row that holds a value, to be changed.
    #[inline]
    pub(crate) fn row(&mut self, instance: u64) -> Option<Row<'_, T>> {
        let (page, number) = locate(instance);
        let value = self.directory.get_mut(page)?.get_mut(number)?.as_mut()?;
        Some(Row { value, marks: &mut self.notes.get_mut(page)?.marks, number })
    }

    /// Whether the session with that serial saved a row; it may have done so where this is false.
    pub(crate) fn is_saved_by(&self, instance: u64, serial: u64) -> bool {
        let (page, row) = locate(instance);
        self.notes.get(page).is_some_and(|note| note.marks.has(row, serial))
    }

    /// The session with that serial saved a row.
    pub(crate) fn mark(&mut self, instance: u64, serial: u64) {
        let (page, row) = locate(instance);
        if let Some(note) = self.notes.get_mut(page) {
            note.marks.add(row, serial);
        }
    }

    /// Puts a value into a row that holds none.
    pub(crate) fn add(&mut self, instance: u64, value: T) {
        let old = self.replace(instance, Some(value));
        debug_assert!(old.is_none(), "a number is given once");
    }

    /// Puts a value (or none) into a row and returns what was there.
    pub(crate) fn replace(&mut self, instance: u64, value: Option<T>) -> Option<T> {
        let (page, row) = locate(instance);
        let comes = value.is_some();
        if comes && self.directory.get(page).is_none() {
            self.add_page(page, Note::default(), none_of(PAGE_ROWS));
        }
        let at = self.directory.get_mut(page)?.get_mut(row)?;
        let old = std::mem::replace(at, value);
        let live = &mut self.notes.get_mut(page)?.live;
        match (old.is_some(), comes) {
            (false, true) => {
                *live = live.saturating_add(1);
                self.live = self.live.saturating_add(1);
            }
            (true, false) => {
                *live = live.saturating_sub(1);
                self.live = self.live.saturating_sub(1);
            }
            _ => {}
        }
        if *live == 0 {
            self.directory.remove(page);
            self.notes.remove(page);
        }
        old
    }

    /// Adds a page that is not there.
    fn add_page(&mut self, number: u64, note: Note, rows: Box<[Option<T>]>) {
        if let Ok(rows) = rows.try_into() {
            self.directory.insert(number, rows);
            self.notes.insert(number, note);
        }
    }

    /// Takes in a page; gives back its values if there are some of that page already.
    pub(crate) fn take_in(&mut self, page: Loose<T>) -> impl Iterator<Item = T> + use<T> {
        let Loose { number, mut rows } = page;
        let is_known = self.directory.get(number).is_some();
        let live = rows.iter().flatten().count();
        if !is_known && live > 0 {
            rows.resize_with(PAGE_ROWS, || None);
            let rows = std::mem::take(&mut rows).into_boxed_slice();
            self.live = self.live.saturating_add(live);
            self.add_page(number, Note { marks: Marks::default(), live }, rows);
        }
        rows.into_iter().flatten()
    }

    /// Values in the order of their instance numbers.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.directory.values().flat_map(|rows| rows.iter().flatten())
    }

    /// Values from an instance number on.
    pub(crate) fn iter_from(&self, instance: u64) -> impl Iterator<Item = &T> {
        let (first, row_number) = locate(instance);
        self.directory.iter_from(first).flat_map(move |(number, rows)| {
            let skip = if number == first { row_number } else { 0 };
            rows.iter().skip(skip).flatten()
        })
    }
}
