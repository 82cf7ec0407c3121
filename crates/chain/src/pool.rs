//! The transactions that wait for a block, in the order in which they came.
//!
//! Invariant: what waits is bounded in bytes, in number and for each payer. When there is no more
//! room, the transaction that pays least for its bytes goes, the youngest of several; it is never
//! one that pays more than the one that came. This file must never know what a transaction does.

use carbyne_protocol::ids::AccountId;
use carbyne_protocol::recovered::RecoveredTransaction;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Packed bytes of all transactions.
    pub bytes: usize,
    /// Transactions.
    pub transactions: usize,
    /// Packed bytes of those of one payer.
    pub bytes_per_payer: usize,
}

impl Default for PoolLimits {
    /// Some blocks of the usual size, which take about ten times as much memory.
    fn default() -> Self {
        Self { bytes: 32 << 20, transactions: 200_000, bytes_per_payer: 8 << 20 }
    }
}

/// A transaction that waits for a block.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) transaction: Arc<RecoveredTransaction>,
    /// Bytes that it takes in a block, results of its operations counted.
    pub(crate) size: usize,
    /// What it pays, in smallest units of the core asset.
    pub(crate) core_fee: i64,
}

impl Waiting {
    /// Smallest units of the core asset for 1,024 bytes.
    fn rate(&self) -> i128 {
        let size = i128::try_from(self.size.max(1)).unwrap_or(i128::MAX);
        i128::from(self.core_fee).saturating_mul(1_024).checked_div(size).unwrap_or_default()
    }

    fn payer(&self) -> AccountId {
        let first = self.transaction.transaction().operations.first();
        first.map(|operation| operation.stateless().payer()).unwrap_or_default()
    }
}

/// Why a transaction may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Its payer has as much waiting as one may have.
    OfPayer,
    /// All that waits pays more for its bytes.
    OfOthers,
}

/// What waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    limits: PoolLimits,
    /// By when they came.
    waiting: BTreeMap<u64, Waiting>,
    /// Those that pay least first, of these the youngest: kept up from when there is no more room,
    /// because most blocks take everything in before that.
    by_rate: Option<BTreeSet<(i128, Reverse<u64>)>>,
    bytes_of: BTreeMap<AccountId, usize>,
    bytes: usize,
    next: u64,
}

impl Pool {
    pub(crate) fn with(limits: PoolLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.values()
    }

    /// Takes a transaction in; gives those that had to go for it.
    pub(crate) fn add(&mut self, one: Waiting) -> Result<Vec<Waiting>, Full> {
        let (payer, size) = (one.payer(), one.size);
        let of_payer = self.bytes_of.get(&payer).copied().unwrap_or_default();
        if of_payer.saturating_add(size) > self.limits.bytes_per_payer {
            return Err(Full::OfPayer);
        }
        let gone = if self.has_room(size) { Vec::new() } else { self.make_room(size, one.rate())? };
        self.bytes = self.bytes.saturating_add(size);
        *self.bytes_of.entry(payer).or_default() = of_payer.saturating_add(size);
        if let Some(by_rate) = &mut self.by_rate {
            by_rate.insert((one.rate(), Reverse(self.next)));
        }
        self.waiting.insert(self.next, one);
        self.next = self.next.wrapping_add(1);
        Ok(gone)
    }

    fn has_room(&self, size: usize) -> bool {
        let has_bytes = self.bytes.saturating_add(size) <= self.limits.bytes;
        has_bytes && self.len() < self.limits.transactions
    }

    /// Lets go of those that pay least until `size` bytes fit; of none if that is not enough.
    fn make_room(&mut self, size: usize, rate: i128) -> Result<Vec<Waiting>, Full> {
        let (mut bytes, mut count) = (self.bytes.saturating_add(size), self.len());
        let mut going = Vec::new();
        let waiting = &self.waiting;
        let by_rate = self.by_rate.get_or_insert_with(|| {
            waiting.iter().map(|(number, one)| (one.rate(), Reverse(*number))).collect()
        });
        let mut cheapest = by_rate.iter();
        while bytes > self.limits.bytes || count >= self.limits.transactions {
            match cheapest.next() {
                Some((least, Reverse(number))) if *least < rate => {
                    let size = self.waiting.get(number).map_or(0, |waiting| waiting.size);
                    bytes = bytes.saturating_sub(size);
                    count = count.saturating_sub(1);
                    going.push(*number);
                }
                _ => return Err(Full::OfOthers),
            }
        }
        Ok(going.into_iter().filter_map(|number| self.remove(number)).collect())
    }

    fn remove(&mut self, number: u64) -> Option<Waiting> {
        let gone = self.waiting.remove(&number)?;
        if let Some(by_rate) = &mut self.by_rate {
            by_rate.remove(&(gone.rate(), Reverse(number)));
        }
        self.bytes = self.bytes.saturating_sub(gone.size);
        let payer = gone.payer();
        let left = self.bytes_of.get(&payer).copied().unwrap_or_default().saturating_sub(gone.size);
        if left == 0 {
            self.bytes_of.remove(&payer);
        } else {
            self.bytes_of.insert(payer, left);
        }
        Some(gone)
    }

    /// Takes everything out, in order.
    pub(crate) fn take(&mut self) -> Vec<Waiting> {
        let taken = std::mem::replace(self, Self::with(self.limits));
        taken.waiting.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_protocol::ops::transfer::Transfer;
    use carbyne_protocol::transaction::SignedTransaction;
    use carbyne_protocol::{Recover, RecoveredTransaction};
    use carbyne_wire::{Digest, Id};

    const LIMITS: PoolLimits = PoolLimits { bytes: 100, transactions: 5, bytes_per_payer: 60 };

    fn waiting(payer: u64, size: usize, core_fee: i64) -> Waiting {
        let transfer = Transfer { from: Id(payer), ..Default::default() };
        let operations = [transfer.into()].into_iter().collect();
        let transaction = SignedTransaction { operations, ..Default::default() };
        let known = RecoveredTransaction::new(transaction, &Digest([0; 32]), Recover::Nothing);
        Waiting { transaction: Arc::new(known), size, core_fee }
    }

    /// Adds (payer, bytes, fee) one after the other; each says which fees had to go, or why not it.
    #[track_caller]
    fn check(steps: &[(u64, usize, i64, Result<&[i64], Full>)], left: &[i64]) {
        let mut pool = Pool::with(LIMITS);
        for (payer, size, fee, expected) in steps {
            let gone = pool.add(waiting(*payer, *size, *fee));
            let fees = gone.map(|gone| gone.iter().map(|one| one.core_fee).collect::<Vec<_>>());
            assert_eq!(fees.as_deref(), expected.as_ref().copied(), "fee {fee}");
            let sizes: usize = pool.iter().map(|one| one.size).sum();
            assert_eq!(pool.bytes(), sizes);
            assert!(pool.bytes() <= LIMITS.bytes && pool.len() <= LIMITS.transactions);
        }
        let fees: Vec<i64> = pool.iter().map(|one| one.core_fee).collect();
        assert_eq!(fees, left);
        pool.take();
        assert_eq!((pool.bytes(), pool.len(), pool.bytes_of.len()), (0, 0, 0));
    }

    #[test]
    fn a_payer_has_a_share() {
        let full = Err(Full::OfPayer);
        check(&[(1, 50, 9, Ok(&[])), (1, 20, 99, full), (2, 20, 1, Ok(&[]))], &[9, 1]);
    }

    #[test]
    fn who_pays_least_for_its_bytes_goes_the_youngest_first() {
        check(
            &[
                (1, 40, 40, Ok(&[])),
                (2, 30, 10, Ok(&[])),
                (3, 30, 10, Ok(&[])),
                (4, 30, 9, Err(Full::OfOthers)),
                (4, 30, 10, Err(Full::OfOthers)),
                (4, 10, 11, Ok(&[10])),
                (5, 50, 30, Ok(&[10])),
            ],
            &[40, 11, 30],
        );
    }

    #[test]
    fn their_number_is_bounded_too() {
        let many = [(1, 1, 5, Ok(&[][..])), (2, 1, 4, Ok(&[])), (3, 1, 3, Ok(&[]))];
        let more = [(4, 1, 2, Ok(&[][..])), (5, 1, 1, Ok(&[])), (6, 1, 6, Ok(&[1]))];
        check(&[many, more].concat(), &[5, 4, 3, 2, 6]);
    }
}
