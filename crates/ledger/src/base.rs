//! Reading a table as it was before its oldest open session, a piece at a time, while the chain
//! goes on between the pieces.
//!
//! Invariant: as long as that session stays open, the pieces together are the table as it was
//! before it, whatever the rules did to the table meanwhile; each piece costs no more than its
//! limits, and those that are not empty end at the same rows on every machine. This file must never
//! know what the rows are for.

use carbyne_graph::{Object, Table};
use carbyne_wire::Pack;
use std::collections::BTreeMap;

/// Old values that are looked at for one piece, at most.
const OLD_VALUES_MAX: usize = 4_000;

/// How far the reading of one table has come.
#[derive(Clone, Debug, Default)]
pub struct BaseCursor {
    /// The first instance number that is not read yet.
    next: u64,
    /// How many old values of each session are known, by the session's serial.
    seen: BTreeMap<u64, usize>,
    /// Rows from `next` on that changed: packed as they were, none if they did not exist.
    before: BTreeMap<u64, Option<Vec<u8>>>,
}

/// What a piece of a table holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Number of rows; zero does not mean that there are no more.
    pub rows: u32,
    /// Whether the table ends here.
    pub is_last: bool,
}

impl BaseCursor {
    /// Appends the next rows to `out`, until it has `limit` bytes or more.
    pub(crate) fn read<T: Object + Pack>(
        &mut self,
        table: &Table<T>,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Piece {
        let mut piece = Piece { rows: 0, is_last: false };
        if !self.catch_up(table) {
            return piece;
        }
        for row in table.iter_from(self.next) {
            let instance = row.instance();
            if instance >= table.base_next_instance() {
                break;
            }
            if !self.take_before(instance, limit, out, &mut piece) || out.len() >= limit {
                return piece;
            }
            match self.before.remove(&instance) {
                Some(None) => {}
                Some(Some(packed)) => piece.add(|| out.extend_from_slice(&packed)),
                None => piece.add(|| row.pack(out)),
            }
            self.next = instance.saturating_add(1);
        }
        piece.is_last = self.take_before(u64::MAX, limit, out, &mut piece);
        piece
    }

    /// Learns the old values that were saved since the last piece; false if there are more of them
    /// than one piece may cost. The oldest session comes first, so what is learnt first of a row is
    /// what it was.
    fn catch_up<T: Object + Pack>(&mut self, table: &Table<T>) -> bool {
        let mut budget = OLD_VALUES_MAX;
        for (serial, old) in table.saved() {
            let known = self.seen.entry(serial).or_insert(0);
            for (instance, value) in old.skip(*known) {
                if budget == 0 {
                    return false;
                }
                budget = budget.saturating_sub(1);
                *known = known.saturating_add(1);
                if (self.next..table.base_next_instance()).contains(instance) {
                    let packed = || value.as_ref().map(Pack::to_bytes);
                    self.before.entry(*instance).or_insert_with(packed);
                }
            }
        }
        true
    }

    /// Appends the rows before `end` that are not there any more; false if there are more of them
    /// than `limit` allows.
    fn take_before(
        &mut self,
        end: u64,
        limit: usize,
        out: &mut Vec<u8>,
        piece: &mut Piece,
    ) -> bool {
        while let Some(first) = self.before.first_entry() {
            if *first.key() >= end {
                break;
            }
            if out.len() >= limit {
                return false;
            }
            self.next = first.key().saturating_add(1);
            if let Some(packed) = first.remove() {
                piece.add(|| out.extend_from_slice(&packed));
            }
        }
        true
    }
}

impl Piece {
    /// Counts a row that `append` appends.
    fn add(&mut self, append: impl FnOnce()) {
        append();
        self.rows = self.rows.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::AnyTable;
    use carbyne_graph::{Sessions, Tracked};
    use carbyne_objects::AccountBalance;
    use carbyne_protocol::ids::AccountId;
    use carbyne_protocol::money::Asset;
    use carbyne_wire::{Id, Reader, Tags};
    use proptest::prelude::*;

    type Balances = Table<AccountBalance>;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Create,
        Modify(u8),
        Remove(u8),
        Begin,
        Undo,
        Merge,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Create),
            4 => any::<u8>().prop_map(Step::Modify),
            2 => any::<u8>().prop_map(Step::Remove),
            3 => Just(Step::Begin),
            2 => Just(Step::Undo),
            1 => Just(Step::Merge),
        ]
    }

    /// A table that learns of a session when that writes to it.
    #[derive(Default)]
    struct Shared {
        sessions: Sessions,
        table: Tracked<Balances>,
    }

    impl Shared {
        /// Does a step, leaving the oldest session open if there is one.
        fn act(&mut self, step: Step, count: i64) {
            match step {
                Step::Create => {
                    let owner: AccountId = Id(count as u64);
                    self.write().create(AccountBalance::new(owner, Asset::core(count)));
                }
                Step::Modify(which) => {
                    self.write().modify(u64::from(which) % 40, |row| row.balance = count);
                }
                Step::Remove(which) => drop(self.write().remove(u64::from(which) % 40)),
                Step::Begin => self.sessions.begin(),
                Step::Undo if self.sessions.depth() > 1 => {
                    self.sessions.undo().for_each(|_| self.table.end().undo());
                }
                Step::Merge if self.sessions.depth() > 1 => {
                    self.sessions.merge().for_each(|_| self.table.end().merge());
                }
                Step::Undo | Step::Merge => {}
            }
        }

        fn write(&mut self) -> &mut Balances {
            self.table.write(&mut self.sessions, 0)
        }
    }

    fn read_rest(table: &Balances, cursor: &mut BaseCursor, into: &mut Balances) {
        while !read_piece(table, cursor, into) {}
    }

    fn read_piece(table: &Balances, cursor: &mut BaseCursor, into: &mut Balances) -> bool {
        let mut bytes = Vec::new();
        let piece = table.pack_base(cursor, 60, &mut bytes);
        let mut input = Reader::new(&bytes, Tags::Reference);
        let part = into.unpacker()(piece.rows, &mut input).unwrap();
        assert!(AnyTable::load(into, part));
        assert_eq!(input.remaining(), 0);
        piece.is_last
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_table_before_the_oldest_session(
            before in proptest::collection::vec(step(), 0..40),
            during in proptest::collection::vec((step(), any::<bool>()), 0..80),
        ) {
            let mut shared = Shared::default();
            let mut count = 0;
            for step in before {
                count += 1;
                if !matches!(step, Step::Begin) {
                    shared.act(step, count);
                }
            }
            let expected: Vec<AccountBalance> = shared.table.iter().cloned().collect();
            let next = shared.table.next_instance();
            shared.sessions.begin();
            let (mut cursor, mut read) = (BaseCursor::default(), Balances::default());
            let mut ended = false;
            for (step, reads) in during {
                count += 1;
                shared.act(step, count);
                // Only outside transactions is the state read: a session that grows later is the
                // newest one.
                if reads && !ended {
                    ended = read_piece(&shared.table, &mut cursor, &mut read);
                }
            }
            if !ended {
                read_rest(&shared.table, &mut cursor, &mut read);
            }
            prop_assert_eq!(shared.table.base_next_instance(), next);
            prop_assert_eq!(read.iter().cloned().collect::<Vec<_>>(), expected);
        }
    }
}
