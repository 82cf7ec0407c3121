//! Rows by instance number, in pages that are given back when they empty.
//!
//! Instance numbers are handed out in sequence, so a directory of pages finds a row with two loads
//! and no hash; tables whose objects come and go (orders, proposals) keep only the pages that still
//! hold something.

/// Rows per page: small, so that one long-lived order does not keep much dead space alive.
const PAGE_ROWS: usize = 64;
const PAGE_ROWS_U64: u64 = PAGE_ROWS as u64;

#[derive(Clone, Debug)]
struct Page<T> {
    live: usize,
    rows: Box<[Row<T>]>,
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
    directory: Vec<Option<Page<T>>>,
    /// Pages that are there.
    pages: usize,
    live: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { directory: Vec::new(), pages: 0, live: 0 }
    }
}

fn locate(instance: u64) -> (usize, usize) {
    ((instance / PAGE_ROWS_U64) as usize, (instance % PAGE_ROWS_U64) as usize)
}

impl<T> Pages<T> {
    /// Rows that hold a value.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Bytes of the pages and their directory; what rows own elsewhere is not among them.
    pub(crate) fn bytes(&self) -> usize {
        let directory = self.directory.capacity().saturating_mul(size_of::<Option<Page<T>>>());
        let page = PAGE_ROWS.saturating_mul(size_of::<Row<T>>());
        directory.saturating_add(self.pages.saturating_mul(page))
    }

    #[inline]
    pub(crate) fn row(&self, instance: u64) -> Option<&Row<T>> {
        let (page, row) = locate(instance);
        self.directory.get(page)?.as_ref()?.rows.get(row)
    }

    #[inline]
    pub(crate) fn row_mut(&mut self, instance: u64) -> Option<&mut Row<T>> {
        let (page, row) = locate(instance);
        self.directory.get_mut(page)?.as_mut()?.rows.get_mut(row)
    }

    /// Puts a value (or none) into a row and returns what was there.
    pub(crate) fn replace(&mut self, instance: u64, value: Option<T>, saved_by: u64) -> Option<T> {
        let (page_number, row_number) = locate(instance);
        if value.is_none() && self.row(instance).is_none_or(|row| row.value.is_none()) {
            return None;
        }
        if self.directory.len() <= page_number {
            self.directory.resize_with(page_number.saturating_add(1), || None);
        }
        let slot = self.directory.get_mut(page_number)?;
        if slot.is_none() {
            self.pages = self.pages.saturating_add(1);
        }
        let page = slot.get_or_insert_with(Page::new);
        let comes = value.is_some();
        let row = page.rows.get_mut(row_number)?;
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
            *slot = None;
            self.pages = self.pages.saturating_sub(1);
        }
        old
    }

    /// Values in the order of their instance numbers.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.directory
            .iter()
            .flatten()
            .flat_map(|page| page.rows.iter().filter_map(|row| row.value.as_ref()))
    }

    /// Values from an instance number on.
    pub(crate) fn iter_from(&self, instance: u64) -> impl Iterator<Item = &T> {
        let (page_number, row_number) = locate(instance);
        let pages = self.directory.get(page_number..).unwrap_or(&[]);
        pages.iter().enumerate().flat_map(move |(n, page)| {
            let skip = if n == 0 { row_number } else { 0 };
            page.iter().flat_map(move |page| {
                page.rows.iter().skip(skip).filter_map(|row| row.value.as_ref())
            })
        })
    }
}

impl<T> Page<T> {
    fn new() -> Self {
        let rows = (0..PAGE_ROWS).map(|_| Row { value: None, saved_by: 0 }).collect();
        Self { live: 0, rows }
    }
}
