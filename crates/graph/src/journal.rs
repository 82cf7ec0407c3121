//! Old values of the rows that sessions touched: one list per table, cut by its open sessions.
//!
//! Invariants: the old values of a session stand behind those of the sessions below it, in the
//! order they were saved, and while it is the newest they only grow. So a session ends by moving a
//! cut, whatever the number of old values, and begins without asking for memory.

use std::collections::VecDeque;

/// Old values for which a table keeps room between sessions, so that blocks of the usual size
/// allocate none.
const SPARE_ROWS_MAX: usize = 1 << 15;

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

/// A row's number and what it held; none if it did not exist.
pub(crate) type Saved<T> = (u64, Option<T>);

/// One open session of one table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Distinguishes this session from every other of the table; a row that carries it is saved
    /// already.
    pub(crate) serial: u64,
    /// The instance number to be handed out next when the session began: rows from there on are its
    /// own, so what is saved of them does not count.
    pub(crate) next_instance: u64,
    /// How many old values stood before its own, forgotten ones included.
    start: u64,
    /// Whether a row may have several old values in it.
    may_repeat: bool,
}

/// The open sessions of one table, with what they saved.
#[derive(Clone, Debug)]
pub(crate) struct Journal<T> {
    /// The oldest first.
    frames: VecDeque<Frame>,
    /// The old values of all of them; of those of one row in one session the first counts.
    saved: VecDeque<Saved<T>>,
    /// How many old values were forgotten at the front of `saved`.
    forgotten: u64,
    last_serial: u64,
}

impl<T> Default for Journal<T> {
    fn default() -> Self {
        Self { frames: VecDeque::new(), saved: VecDeque::new(), forgotten: 0, last_serial: 0 }
    }
}

impl<T> Journal<T> {
    /// The newest session.
    #[inline]
    pub(crate) fn newest(&self) -> Option<&Frame> {
        self.frames.back()
    }

    /// The oldest session.
    pub(crate) fn oldest(&self) -> Option<&Frame> {
        self.frames.front()
    }

    /// The serial to mark a row with whose value is yet to be kept; none if the newest session
    /// keeps it already, as `is_saved_by` says of its serial, or need not.
    #[inline]
    pub(crate) fn must_save(
        &self,
        instance: u64,
        is_saved_by: impl FnOnce(u64) -> bool,
    ) -> Option<u64> {
        let frame = self.newest()?;
        let must = instance < frame.next_instance && !is_saved_by(frame.serial);
        must.then_some(frame.serial)
    }

    /// Number of open sessions.
    pub(crate) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Number of old values.
    pub(crate) fn len(&self) -> usize {
        self.saved.len()
    }

    /// Bytes of the list of old values; what they own elsewhere is not among them.
    pub(crate) fn bytes(&self) -> usize {
        self.saved.capacity().saturating_mul(size_of::<Saved<T>>())
    }

    /// Keeps the old value of a row for the newest session.
    #[inline]
    pub(crate) fn save(&mut self, instance: u64, old: Option<T>) {
        self.saved.push_back((instance, old));
    }

    /// Opens a session.
    pub(crate) fn begin(&mut self, next_instance: u64) {
        self.last_serial = self.last_serial.wrapping_add(1);
        let start = self.forgotten.saturating_add(self.saved.len() as u64);
        self.frames.push_back(Frame {
            serial: self.last_serial,
            next_instance,
            start,
            may_repeat: false,
        });
    }

    /// Ends the newest session; what it saved is to be taken back with [`Journal::take_back`].
    pub(crate) fn undo(&mut self) -> Option<Frame> {
        let ended = self.frames.pop_back()?;
        self.note_repetition(&ended);
        Some(ended)
    }

    /// Takes back the newest old value of a session that was ended by [`Journal::undo`].
    pub(crate) fn take_back(&mut self, ended: &Frame) -> Option<Saved<T>> {
        if self.place(ended) < self.saved.len() {
            return self.saved.pop_back();
        }
        self.give_back_room();
        None
    }

    /// Ends the newest session; the one below gets its old values.
    pub(crate) fn merge(&mut self) {
        let Some(ended) = self.frames.pop_back() else { return };
        if self.frames.is_empty() {
            self.forget(self.saved.len());
        } else {
            self.note_repetition(&ended);
        }
    }

    /// Rows that an ended session saved do not carry the mark of the one below, which saves them
    /// again, or did so before.
    fn note_repetition(&mut self, ended: &Frame) {
        if ended.may_repeat || self.place(ended) < self.saved.len() {
            self.expect_repetition();
        }
    }

    /// The newest session may keep an old value of a row again.
    pub(crate) fn expect_repetition(&mut self) {
        if let Some(frame) = self.frames.back_mut() {
            frame.may_repeat = true;
        }
    }

    /// Whether a row may have several old values in the newest session.
    pub(crate) fn may_repeat(&self) -> bool {
        self.newest().is_some_and(|frame| frame.may_repeat)
    }

    /// Ends the oldest session and forgets its old values.
    pub(crate) fn commit_oldest(&mut self) {
        if self.frames.pop_front().is_some() {
            let next = self.frames.front();
            self.forget(next.map_or(self.saved.len(), |next| self.place(next)));
        }
    }

    /// Forgets the oldest old values, but not the room they took, unless they were very many.
    fn forget(&mut self, count: usize) {
        self.saved.drain(..count);
        self.forgotten = self.forgotten.saturating_add(count as u64);
        self.give_back_room();
    }

    fn give_back_room(&mut self) {
        let (room, used) = (self.saved.capacity(), self.saved.len());
        if room > SPARE_ROWS_MAX && room / 4 > used {
            self.saved.shrink_to(SPARE_ROWS_MAX.max(used.saturating_mul(2)));
        }
    }

    /// Old values of all sessions, the oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Saved<T>> {
        self.saved.iter()
    }

    /// Old values of the newest session, in the order they were saved.
    pub(crate) fn of_newest(&self) -> impl Iterator<Item = &Saved<T>> {
        let start = self.newest().map_or(self.saved.len(), |frame| self.place(frame));
        self.saved.range(start..)
    }

    /// Of each session, the oldest first, its serial and its old values.
    pub(crate) fn sessions(
        &self,
    ) -> impl Iterator<Item = (u64, impl ExactSizeIterator<Item = &Saved<T>>)> {
        let ends = self.frames.iter().skip(1).map(|frame| self.place(frame));
        let ends = ends.chain(std::iter::once(self.saved.len()));
        self.frames
            .iter()
            .zip(ends)
            .map(|(frame, end)| (frame.serial, self.saved.range(self.place(frame)..end)))
    }

    /// Where the old values of a session begin in the list.
    fn place(&self, frame: &Frame) -> usize {
        (frame.start.saturating_sub(self.forgotten) as usize).min(self.saved.len())
    }
}
