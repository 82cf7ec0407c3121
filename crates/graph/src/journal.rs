//! Old values of the rows that a session touched.

/// What a session did to one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a, T> {
    /// The row did not exist when the session began.
    Created(&'a T),
    /// The row held another value when the session began.
    Changed {
        /// The value when the session began.
        old: &'a T,
        /// The value now.
        new: &'a T,
    },
    /// The row existed when the session began and does not any more.
    Removed(&'a T),
}

/// One open session of one table.
#[derive(Clone, Debug)]
pub(crate) struct Frame<T> {
    /// Distinguishes this session from every other of the table; a row that carries it is saved
    /// already.
    pub(crate) serial: u64,
    /// The instance number to be handed out next when the session began: rows from there on are its
    /// own, so nothing is kept of them.
    pub(crate) next_instance: u64,
    /// Old values in the order they were saved; the first one of a row is the one that counts.
    pub(crate) old: Vec<(u64, Option<T>)>,
}

impl<T> Frame<T> {
    /// Whether the value of a row, saved last by the session with the number `saved_by`, is yet to
    /// be kept.
    #[inline]
    pub(crate) fn must_save(&self, instance: u64, saved_by: u64) -> bool {
        instance < self.next_instance && saved_by != self.serial
    }
}
