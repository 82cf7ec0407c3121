//! Sessions that several tables share: what a session costs is what it changed, not how many tables
//! there are.
//!
//! Invariant: a table has an open session of its own for each shared one that wrote to it, in their
//! order, and for no other. [`Tracked`] lets nobody write to a table otherwise, and whoever holds
//! the tables tells those that [`Sessions`] names.

use crate::{Object, Table};
use std::collections::VecDeque;
use std::ops::Deref;

/// A set of tables, by their places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places(u64);

impl Places {
    /// How many tables may share their sessions.
    pub const MAX: usize = u64::BITS as usize;

    /// Whether the table at `place` is among them.
    #[inline]
    pub fn contains(self, place: u8) -> bool {
        self.0 & bit(place) != 0
    }
}

impl Iterator for Places {
    type Item = u8;

    /// Takes out the first place.
    fn next(&mut self) -> Option<u8> {
        let place = (self.0 != 0).then(|| self.0.trailing_zeros() as u8);
        self.0 &= self.0.wrapping_sub(1);
        place
    }
}

fn bit(place: u8) -> u64 {
    1_u64.wrapping_shl(place.into())
}

/// The open sessions of several tables.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// The tables that each one wrote to, the oldest first.
    open: VecDeque<Places>,
}

impl Sessions {
    /// Opens a session inside the one that is open.
    pub fn begin(&mut self) {
        self.open.push_back(Places::default());
    }

    /// Number of open sessions.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The tables that the newest session wrote to.
    pub fn touched(&self) -> Places {
        self.open.back().copied().unwrap_or_default()
    }

    /// Ends the newest session; the tables that it names are to [undo](Table::undo) theirs.
    #[must_use]
    pub fn undo(&mut self) -> Places {
        self.open.pop_back().unwrap_or_default()
    }

    /// Ends the newest session, whose changes become those of the one below; the tables that it
    /// names are to [merge](Table::merge) theirs. A table that the one below had not written to
    /// keeps its session: it is that one's now.
    #[must_use]
    pub fn merge(&mut self) -> Places {
        let Places(ended) = self.undo();
        let Some(Places(below)) = self.open.back_mut() else { return Places(ended) };
        let in_both = ended & *below;
        *below |= ended;
        Places(in_both)
    }

    /// Ends the oldest session; the tables that it names are to make theirs
    /// [permanent](Table::commit_oldest).
    #[must_use]
    pub fn commit_oldest(&mut self) -> Places {
        self.open.pop_front().unwrap_or_default()
    }

    /// Notes that the newest session writes to the table at `place`; true if that is new to it.
    #[inline]
    fn touch(&mut self, place: u8) -> bool {
        let Some(Places(touched)) = self.open.back_mut() else { return false };
        let is_new = *touched & bit(place) == 0;
        *touched |= bit(place);
        is_new
    }
}

/// What can open sessions and end them.
pub trait Undoable {
    /// See [`Table::begin`].
    fn begin(&mut self);
    /// See [`Table::undo`].
    fn undo(&mut self);
    /// See [`Table::merge`].
    fn merge(&mut self);
    /// See [`Table::commit_oldest`].
    fn commit_oldest(&mut self);
}

impl<T: Object> Undoable for Table<T> {
    fn begin(&mut self) {
        self.begin();
    }
    fn undo(&mut self) {
        self.undo();
    }
    fn merge(&mut self) {
        self.merge();
    }
    fn commit_oldest(&mut self) {
        self.commit_oldest();
    }
}

/// A table that shares its sessions with others: it can be read, but written only with them at
/// hand.
#[derive(Clone, Debug, Default)]
pub struct Tracked<T>(T);

impl<T> Deref for Tracked<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Undoable> Tracked<T> {
    /// The table, which stands at `place`, to write to in the newest session.
    #[inline]
    pub fn write(&mut self, sessions: &mut Sessions, place: u8) -> &mut T {
        if sessions.touch(place) {
            self.0.begin();
        }
        &mut self.0
    }

    /// The table, to end a session for which [`Sessions`] names it.
    pub fn end(&mut self) -> &mut dyn Undoable
    where
        T: 'static,
    {
        &mut self.0
    }
}
