//! Rows by instance number, in pages that are given back when they empty.
//!
//! Instance numbers are handed out in sequence, so a directory of pages finds a row without a hash;
//! tables whose objects come and go (orders, proposals) keep only the pages that still hold
//! something, and of the directory what names them.

use crate::sparse::Sparse;

/// Rows per page: small, so that one long-lived order does not keep much dead space alive.
const PAGE_ROWS: usize = 64;
const PAGE_ROWS_U64: u64 = PAGE_ROWS as u64;

#[derive(Clone, Debug)]
struct Page<T> {
    live: usize,
    rows: Box<[Row<T>; PAGE_ROWS]>,
}

/// A row with the number of the session that last saved its old value.
#[derive(Clone, Debug)]
pub(crate) struct Row<T> {
    pub(crate) value: Option<T>,
    pub(crate) saved_by: u64,
}

/// All rows of a table.
#[derive(Clone, Debug)]
pub(crate) struct Pages<T> {
    directory: Sparse<Page<T>>,
    live: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { directory: Sparse::default(), live: 0 }
    }
}

fn locate(instance: u64) -> (u64, usize) {
    (instance / PAGE_ROWS_U64, (instance % PAGE_ROWS_U64) as usize)
}

impl<T> Pages<T> {
    /// Rows that hold a value.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Bytes of the pages and their directory; what rows own elsewhere is not among them.
    pub(crate) fn bytes(&self) -> usize {
        let page = PAGE_ROWS.saturating_mul(size_of::<Row<T>>());
        self.directory.bytes().saturating_add(self.directory.count().saturating_mul(page))
    }

    #[inline]
    pub(crate) fn row(&self, instance: u64) -> Option<&Row<T>> {
        let (page, row) = locate(instance);
        self.directory.get(page)?.rows.get(row)
    }

    #[inline]
    pub(crate) fn row_mut(&mut self, instance: u64) -> Option<&mut Row<T>> {
        let (page, row) = locate(instance);
        self.directory.get_mut(page)?.rows.get_mut(row)
    }

    /// Puts a value into a row that holds none.
    pub(crate) fn add(&mut self, instance: u64, value: T) {
        let (page_number, row_number) = locate(instance);
        let Some(page) = self.directory.get_or_insert_with(page_number, Page::new) else { return };
        let Some(row) = page.rows.get_mut(row_number) else { return };
        debug_assert!(row.value.is_none(), "a number is given once");
        *row = Row { value: Some(value), saved_by: 0 };
        page.live = page.live.saturating_add(1);
        self.live = self.live.saturating_add(1);
    }

    /// Puts a value (or none) into a row and returns what was there.
    pub(crate) fn replace(&mut self, instance: u64, value: Option<T>, saved_by: u64) -> Option<T> {
        let (page_number, row_number) = locate(instance);
        let comes = value.is_some();
        let page = match comes {
            true => self.directory.get_or_insert_with(page_number, Page::new)?,
            false => self.directory.get_mut(page_number)?,
        };
        let row = page.rows.get_mut(row_number)?;
        if !comes && row.value.is_none() {
            return None;
        }
        row.saved_by = saved_by;
        let old = std::mem::replace(&mut row.value, value);
        match (old.is_some(), comes) {
            (false, true) => {
                page.live = page.live.saturating_add(1);
                self.live = self.live.saturating_add(1);
            }
            (true, false) => {
                page.live = page.live.saturating_sub(1);
                self.live = self.live.saturating_sub(1);
            }
            _ => {}
        }
        if page.live == 0 {
            self.directory.remove(page_number);
        }
        old
    }

    /// Values in the order of their instance numbers.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.directory
            .values()
            .flat_map(|page| page.rows.iter().filter_map(|row| row.value.as_ref()))
    }

    /// Values from an instance number on.
    pub(crate) fn iter_from(&self, instance: u64) -> impl Iterator<Item = &T> {
        let (first, row_number) = locate(instance);
        self.directory.iter_from(first).flat_map(move |(number, page)| {
            let skip = if number == first { row_number } else { 0 };
            page.rows.iter().skip(skip).filter_map(|row| row.value.as_ref())
        })
    }
}

impl<T> Page<T> {
    fn new() -> Self {
        Self { live: 0, rows: Box::new([const { Row { value: None, saved_by: 0 } }; PAGE_ROWS]) }
    }
}
