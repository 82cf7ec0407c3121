//! Why a block or a transaction is believed, and so which questions about it are left out.
//!
//! Invariant: what is believed changes nothing of what is done. Only [`Trust::Except`] may leave
//! out questions whose answers show in the state; it is how recordings of the reference were made,
//! and no node applies anything under it.

use std::ops::BitOr;

/// What is asked about a block or transaction besides the rules of its operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Questions(u16);

impl Questions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Did the witness sign the block?
    pub const WITNESS_SIGNATURE: Self = Self(1);
    /// Did those concerned sign the transaction?
    pub const SIGNATURES: Self = Self(1 << 1);
    /// Was the transaction applied before? Without the question it is not remembered either.
    pub const DUPLICATES: Self = Self(1 << 2);
    /// Does the transaction build on this chain?
    pub const REFERENCE_BLOCK: Self = Self(1 << 3);
    /// Are blocks and transactions too large?
    pub const SIZE: Self = Self(1 << 4);
    /// Does the header belong to the transactions?
    pub const MERKLE_ROOT: Self = Self(1 << 5);
    /// Is it the witness's turn?
    pub const SCHEDULE: Self = Self(1 << 6);
    /// Is true what `assert` operations assert?
    pub const ASSERTIONS: Self = Self(1 << 7);
    /// Are the blocks above the last irreversible one too many?
    pub const UNDO_HISTORY: Self = Self(1 << 8);
    /// All of them.
    pub const ALL: Self = Self((1 << 9) - 1);
    /// Those whose answers show in the state: in what is remembered, and in proposals.
    const SHOWING: Self = Self::DUPLICATES.and(Self::ASSERTIONS);

    /// These and others.
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These without others.
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether all of `others` are among these.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl BitOr for Questions {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.and(others)
    }
}

/// Who vouches for a block or a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nobody: it comes from a client or a peer.
    Nobody,
    /// Its asker, who only wants to know what it would do once it is signed: it is never kept.
    Unsigned,
    /// Our own log: the block was checked before it was written.
    OurLog,
    /// Whoever made the recording or the test that leaves out these questions.
    Except(Questions),
}

impl Trust {
    /// Whether something is asked.
    pub const fn asks(self, question: Questions) -> bool {
        let left_out = match self {
            Self::Nobody => Questions::NONE,
            Self::Unsigned => Questions::SIGNATURES,
            Self::OurLog => Questions::ALL.without(Questions::SHOWING),
            Self::Except(left_out) => left_out,
        };
        Questions::ALL.without(left_out).has(question)
    }
}

#[cfg(test)]
mod tests {
    use super::{Questions, Trust};

    #[test]
    fn our_log_is_asked_what_shows_in_the_state_and_nothing_else() {
        for bit in 0..9 {
            let question = Questions(1 << bit);
            let shows = question == Questions::DUPLICATES || question == Questions::ASSERTIONS;
            assert_eq!(Trust::OurLog.asks(question), shows, "{question:?}");
            assert!(Trust::Nobody.asks(question), "{question:?}");
            assert!(!Trust::Except(question).asks(question), "{question:?}");
        }
    }
}
