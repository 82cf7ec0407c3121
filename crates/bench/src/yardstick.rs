//! What the machine could do at most: mocks without rules, on data of the same size and shape.

use crate::sequence::Sequence;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

/// Pieces of work of a mock.
const COUNT: u64 = 500_000;
/// Transfers after which the mock forgets what they changed, as behind a block.
const PER_BLOCK: usize = 3_000;

/// An account of the mock: a line of 128 bytes with its balances in it.
#[derive(Clone, Copy)]
#[repr(align(128))]
struct Row {
    core: i64,
    others: [i64; 3],
    flags: u64,
    operations: u64,
    fees: i64,
}

/// Name and rate of transfers between dense rows of accounts: flags, a fee, two balances, a counter
/// and what to undo; no authority, no fee schedule, no duplicates.
pub fn dense_rows(accounts: u64) -> (&'static str, f64) {
    let row = Row { core: 1 << 40, others: [0; 3], flags: 0, operations: 0, fees: 0 };
    let mut rows = vec![row; usize::try_from(accounts.max(2)).expect("accounts in memory")];
    let mut undo: Vec<(usize, Row)> = Vec::with_capacity(2 * PER_BLOCK);
    let mut sequence = Sequence(7);
    let end = rows.len() as u64;
    let transfers: Vec<(u32, u32)> =
        (0..COUNT).map(|_| (sequence.below(end) as u32, sequence.below(end) as u32)).collect();
    let start = Instant::now();
    for (from, to) in transfers {
        let (from, to) = (from as usize, to as usize);
        if rows[from].flags | rows[to].flags != 0 || rows[from].core < 3 {
            continue;
        }
        if undo.len() >= 2 * PER_BLOCK {
            undo.clear();
        }
        undo.push((from, rows[from]));
        undo.push((to, rows[to]));
        rows[from].core -= 3;
        rows[from].fees += 2;
        rows[from].operations += 1;
        rows[to].core += 1;
    }
    let rate = COUNT as f64 / start.elapsed().as_secs_f64();
    let paid: i64 = rows.iter().map(|row| row.core + row.fees + row.others[0]).sum();
    assert_eq!(black_box(paid), (end as i64) << 40, "nothing is lost");
    ("dense rows", rate)
}

/// Name and rate of orders placed in and taken out of an ordered map of as many, keyed by price and
/// id; no balances, no fees.
pub fn ordered_map(orders: u64) -> (&'static str, f64) {
    let mut sequence = Sequence(7);
    let mut book: BTreeMap<(u64, u64), i64> = BTreeMap::new();
    let mut keys = Vec::new();
    for id in 0..orders {
        let key = (sequence.below(1 << 30), id);
        book.insert(key, 1);
        keys.push(key);
    }
    let start = Instant::now();
    for id in orders..orders + COUNT / 2 {
        let key = (sequence.below(1 << 30), id);
        book.insert(key, 1);
        let place = sequence.below(keys.len() as u64 + 1) as usize;
        let gone = keys.get_mut(place).map_or(key, |old| std::mem::replace(old, key));
        book.remove(&gone).expect("an order that is there");
    }
    let rate = COUNT as f64 / start.elapsed().as_secs_f64();
    assert_eq!(black_box(book.len() as u64), orders);
    ("ordered map", rate)
}
