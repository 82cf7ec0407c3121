//! A table: rows, their secondary indexes and their undo journal, kept in step.

use crate::journal::{Change, Journal};
use crate::pages::Pages;
use crate::part::Part;

/// Bytes of an index for each byte of a key, by estimate: the key, an instance number about as
/// large beside it, and half as much again for nodes that are not full.
const INDEX_BYTES_PER_KEY_BYTE: usize = 3;
/// Rows that are asked for before their turn comes.
const ROWS_AHEAD: usize = 16;
/// Rows that are asked what they own; they stand for all.
const ROWS_ASKED: usize = 64;

/// What can be stored in a [`Table`].
pub trait Object: Clone + PartialEq + Sized {
    /// The secondary indexes of the table, or [`NoIndex`].
    type Index: Index<Self>;

    /// The instance number; a row never changes it.
    fn instance(&self) -> u64;

    /// Called once, when the row is created.
    fn set_instance(&mut self, instance: u64);
}

/// Secondary indexes of a table: everything in them follows from the keys of the rows.
pub trait Index<T>: Default {
    /// The parts of a row that the indexes depend on. Rows whose keys are equal before and after a
    /// change need no index work.
    type Keys: PartialEq;

    /// The keys of a row.
    fn keys(row: &T) -> Self::Keys;

    /// A row with these keys came.
    fn insert(&mut self, instance: u64, keys: Self::Keys);

    /// A row with these keys went.
    fn remove(&mut self, instance: u64, keys: Self::Keys);

    /// The keys of a row changed. An index of several keys does less work here when it leaves alone
    /// those that stayed.
    fn update(&mut self, instance: u64, before: Self::Keys, after: Self::Keys) {
        self.remove(instance, before);
        self.insert(instance, after);
    }

    /// What makes these the indexes of the rows. An index that is made quicker from all of them
    /// than from one after the other, or in parts beside each other, says so here.
    fn fill<'a>(&'a mut self, rows: Rows<'a, T>) -> Vec<Job<'a>>
    where
        T: Object + Sync,
        Self: Send,
    {
        vec![Box::new(move || {
            *self = Self::default();
            rows.iter().for_each(|(instance, row)| self.insert(instance, Self::keys(row)));
        })]
    }
}

/// Work that needs nothing but what it holds: of several, all can be done beside each other.
pub type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// The rows of a table with their numbers.
#[derive(Debug)]
pub struct Rows<'a, T>(&'a Pages<T>);

impl<T> Clone for Rows<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rows<'_, T> {}

impl<'a, T: Object> Rows<'a, T> {
    /// How many there are.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// In the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = (u64, &'a T)> {
        self.0.iter().map(|row| (row.instance(), row))
    }
}

/// For tables that are only asked by instance number.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoIndex;

impl<T> Index<T> for NoIndex {
    type Keys = ();
    fn keys(_: &T) {}
    fn insert(&mut self, _: u64, (): ()) {}
    fn remove(&mut self, _: u64, (): ()) {}
}

/// Rows of one type of object.
#[derive(Clone, Debug)]
pub struct Table<T: Object> {
    pages: Pages<T>,
    next_instance: u64,
    index: T::Index,
    journal: Journal<T>,
}

impl<T: Object> Default for Table<T> {
    fn default() -> Self {
        Self {
            pages: Pages::default(),
            next_instance: 0,
            index: T::Index::default(),
            journal: Journal::default(),
        }
    }
}

impl<T: Object> Table<T> {
    /// The row with that instance number.
    #[inline]
    pub fn get(&self, instance: u64) -> Option<&T> {
        self.pages.get(instance)
    }

    /// Asks the processor for the row with that instance number, which is needed soon.
    #[inline]
    pub fn prefetch(&self, instance: u64) {
        self.pages.prefetch(instance);
    }

    /// The secondary indexes.
    pub fn index(&self) -> &T::Index {
        &self.index
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the table takes: rows and old values counted, indexes by an estimate
    /// from the size of their keys. To rows of a type that owns memory elsewhere is added what
    /// `owned` says of the newest ones.
    pub fn bytes(&self, owned: impl Fn(&T) -> usize) -> usize {
        let key = size_of::<<T::Index as Index<T>>::Keys>();
        let keys = self.len().saturating_mul(key.saturating_mul(INDEX_BYTES_PER_KEY_BYTE));
        let rows = self.len().saturating_add(self.journal.len());
        let owned = rows.saturating_mul(self.owned_by_a_row(owned));
        [self.pages.bytes(), self.journal.bytes(), keys, owned]
            .into_iter()
            .fold(0, usize::saturating_add)
    }

    /// Bytes of the old values among [`Table::bytes`].
    pub fn saved_bytes(&self, owned: impl Fn(&T) -> usize) -> usize {
        let owned = self.journal.len().saturating_mul(self.owned_by_a_row(owned));
        self.journal.bytes().saturating_add(owned)
    }

    /// Bytes that a row owns elsewhere, on average.
    fn owned_by_a_row(&self, owned: impl Fn(&T) -> usize) -> usize {
        if !std::mem::needs_drop::<T>() {
            return 0;
        }
        let asked = self.len().min(ROWS_ASKED);
        let all: usize = self.iter().rev().take(asked).map(owned).sum();
        all.checked_div(asked).unwrap_or(0)
    }

    /// The instance number that the next created row gets.
    pub fn next_instance(&self) -> u64 {
        self.next_instance
    }

    /// Rows in the order of their instance numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.pages.iter()
    }

    /// Rows from an instance number on, in order.
    pub fn iter_from(&self, instance: u64) -> impl Iterator<Item = &T> {
        self.pages.iter_from(instance)
    }

    /// Stores `row` under the next instance number, which it returns.
    pub fn create(&mut self, mut row: T) -> u64 {
        let instance = self.next_instance;
        row.set_instance(instance);
        self.next_instance = self.next_instance.saturating_add(1);
        self.index.insert(instance, T::Index::keys(&row));
        self.pages.add(instance, row);
        instance
    }

    /// Changes a row in place and returns what `change` does; none if there is no row with that
    /// number.
    #[inline]
    pub fn modify<R>(&mut self, instance: u64, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut row = self.pages.row(instance)?;
        if let Some(serial) = self.journal.must_save(instance, |serial| row.is_saved_by(serial)) {
            self.journal.save(instance, Some(row.value.clone()));
            row.mark(serial);
        }
        let value = row.value;
        let before = T::Index::keys(value);
        let result = change(value);
        debug_assert_eq!(value.instance(), instance, "a row never changes its number");
        let after = T::Index::keys(value);
        if before != after {
            self.index.update(instance, before, after);
        }
        Some(result)
    }

    /// Takes a row out and returns it.
    pub fn remove(&mut self, instance: u64) -> Option<T> {
        let (row, must_save) = self.take(instance)?;
        if must_save {
            self.journal.save(instance, Some(row.clone()));
        }
        Some(row)
    }

    /// Takes a row out that nobody wants to see any more.
    pub fn forget(&mut self, instance: u64) {
        if let Some((row, true)) = self.take(instance) {
            self.journal.save(instance, Some(row));
        }
    }

    /// Takes a row out; whether the journal has to have it now.
    fn take(&mut self, instance: u64) -> Option<(T, bool)> {
        self.get(instance)?;
        let must_save = self.must_save(instance);
        let row = self.pages.replace(instance, None)?;
        self.index.remove(instance, T::Index::keys(&row));
        Some((row, must_save))
    }

    /// Writes a row from outside the rules, creating it under its own number if need be. For
    /// recordings and snapshots only: rules use [`Table::create`] and [`Table::modify`].
    pub fn put(&mut self, row: T) {
        let instance = row.instance();
        // A row that was removed with its page has lost its mark.
        self.journal.expect_repetition();
        self.forget(instance);
        self.next_instance = self.next_instance.max(instance.saturating_add(1));
        self.save(instance);
        self.index.insert(instance, T::Index::keys(&row));
        self.pages.replace(instance, Some(row));
    }

    /// Takes in rows from outside the rules, for snapshots: no session is open. They are found by
    /// their numbers, in indexes once the jobs of [`Table::indexing`] are done.
    pub fn load(&mut self, part: Part<T>) {
        debug_assert_eq!(self.depth(), 0, "what is loaded cannot be taken back");
        let (pages, strays, next) = part.into_pieces();
        self.next_instance = self.next_instance.max(next);
        for page in pages {
            for row in self.pages.take_in(page) {
                self.pages.replace(row.instance(), Some(row));
            }
        }
        for row in strays {
            self.pages.replace(row.instance(), Some(row));
        }
    }

    /// What makes the indexes of all rows anew, after they were loaded.
    pub fn indexing(&mut self) -> Vec<Job<'_>>
    where
        T: Sync,
        T::Index: Send,
    {
        self.index.fill(Rows(&self.pages))
    }

    /// Sets the next instance number, for snapshots and genesis; it is above that of every row.
    pub fn set_next_instance(&mut self, next: u64) {
        self.next_instance = next;
    }

    /// Keeps the value a row has now, unless the open session did so before.
    fn save(&mut self, instance: u64) {
        if self.must_save(instance) {
            self.journal.save(instance, self.pages.get(instance).cloned());
        }
    }

    /// Whether the open session has to keep the value a row has now; it is taken to do so.
    fn must_save(&mut self, instance: u64) -> bool {
        // A row whose page was given back lost its mark; saving it twice is harmless, since the
        // first counts.
        let is_saved = |serial| self.pages.is_saved_by(instance, serial);
        let serial = self.journal.must_save(instance, is_saved);
        if let Some(serial) = serial {
            self.pages.mark(instance, serial);
        }
        serial.is_some()
    }

    /// Opens a session inside the one that is open. A table of several that share their sessions
    /// need not learn of those in which it stays as it is: see [`Sessions`](crate::Sessions).
    pub fn begin(&mut self) {
        self.journal.begin(self.next_instance);
    }

    /// Number of open sessions.
    pub fn depth(&self) -> usize {
        self.journal.depth()
    }

    /// Ends the newest session and puts everything back as it was when it began.
    pub fn undo(&mut self) {
        let Some(frame) = self.journal.undo() else { return };
        // Otherwise the last page would be read for nothing.
        if self.next_instance > frame.next_instance {
            let created: Vec<u64> = self.iter_from(frame.next_instance).map(T::instance).collect();
            created.into_iter().rev().for_each(|instance| self.restore(instance, None));
        }
        while let Some((instance, old)) = self.journal.take_back(&frame) {
            if instance < frame.next_instance {
                self.restore(instance, old);
            }
        }
        self.next_instance = frame.next_instance;
    }

    /// Puts back what a row held.
    fn restore(&mut self, instance: u64, old: Option<T>) {
        let after = old.as_ref().map(T::Index::keys);
        let gone = self.pages.replace(instance, old);
        match (gone.as_ref().map(T::Index::keys), after) {
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) => self.index.update(instance, before, after),
            (Some(before), None) => self.index.remove(instance, before),
            (None, Some(after)) => self.index.insert(instance, after),
            (None, None) => {}
        }
    }

    /// Ends the newest session and keeps its changes as changes of the one below; if there is none
    /// below, they become permanent.
    pub fn merge(&mut self) {
        self.journal.merge();
    }

    /// Makes the changes of the oldest session permanent.
    pub fn commit_oldest(&mut self) {
        self.journal.commit_oldest();
    }

    /// The row with that instance number as it was before the oldest open session.
    pub fn base(&self, instance: u64) -> Option<&T> {
        if instance >= self.base_next_instance() {
            return None;
        }
        match self.journal.all().find(|(saved, _)| *saved == instance) {
            Some((_, old)) => old.as_ref(),
            None => self.get(instance),
        }
    }

    /// The instance number that the next created row would have got before the oldest open session.
    pub fn base_next_instance(&self) -> u64 {
        self.journal.oldest().map_or(self.next_instance, |frame| frame.next_instance)
    }

    /// What open sessions saved: of each, the oldest first, its serial, which no other session of
    /// this table ever has, and old values in the order they were saved, which only grow. The first
    /// old value of a row is the row before the oldest open session, if it existed then, which
    /// [`Table::base_next_instance`] tells.
    pub fn saved(
        &self,
    ) -> impl Iterator<Item = (u64, impl ExactSizeIterator<Item = &(u64, Option<T>)>)> {
        self.journal.sessions()
    }

    /// Rows that the newest session touched, each once, in order of instance; rows created and
    /// removed inside the session are left out.
    pub fn changes(&self) -> Vec<Change<'_, T>> {
        let Some(frame) = self.journal.newest() else { return Vec::new() };
        let mut old: Vec<&(u64, Option<T>)> = self.journal.of_newest().collect();
        old.retain(|(instance, _)| *instance < frame.next_instance);
        // A stable sort, so that the first saved value of a row stays first.
        old.sort_by_key(|(instance, _)| *instance);
        old.dedup_by_key(|(instance, _)| *instance);
        let changed = old.into_iter().filter_map(|saved| self.change(saved));
        changed.chain(self.iter_from(frame.next_instance).map(Change::Created)).collect()
    }

    /// Calls `visit` for what [`Table::changes`] gives, in any order, which saves sorting them.
    pub fn each_change<'a>(&'a self, mut visit: impl FnMut(Change<'a, T>)) {
        let Some(frame) = self.journal.newest() else { return };
        if self.journal.may_repeat() {
            return self.changes().into_iter().for_each(visit);
        }
        let mut ahead = self.journal.of_newest().skip(ROWS_AHEAD);
        for saved in self.journal.of_newest() {
            if let Some((number, _)) = ahead.next() {
                self.prefetch(*number);
            }
            if saved.0 < frame.next_instance {
                self.change(saved).into_iter().for_each(&mut visit);
            }
        }
        self.iter_from(frame.next_instance).map(Change::Created).for_each(visit);
    }

    /// How a row was changed of which this was saved.
    #[inline]
    fn change<'a>(&'a self, (instance, old): &'a (u64, Option<T>)) -> Option<Change<'a, T>> {
        match (old, self.get(*instance)) {
            (None, Some(new)) => Some(Change::Created(new)),
            (Some(old), Some(new)) => Some(Change::Changed { old, new }),
            (Some(old), None) => Some(Change::Removed(old)),
            (None, None) => None,
        }
    }
}
