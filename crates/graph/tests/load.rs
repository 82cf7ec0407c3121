//! Rows that are loaded in parts against rows that are put one after the other, in any order and
//! with any numbers: the same rows, indexes and next number, now and after further changes.

use carbyne_graph::{Index, Object, Part, Table};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq)]
struct Row {
    instance: u64,
    key: u8,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct ByKey(BTreeSet<(u8, u64)>);

impl Index<Row> for ByKey {
    type Keys = u8;
    fn keys(row: &Row) -> u8 {
        row.key
    }
    fn insert(&mut self, instance: u64, key: u8) {
        self.0.insert((key, instance));
    }
    fn remove(&mut self, instance: u64, key: u8) {
        self.0.remove(&(key, instance));
    }
}

impl Object for Row {
    type Index = ByKey;
    fn instance(&self) -> u64 {
        self.instance
    }
    fn set_instance(&mut self, instance: u64) {
        self.instance = instance;
    }
}

/// Mostly the next one or near it, as a snapshot has them; sometimes any.
fn step() -> impl Strategy<Value = (i64, Option<u64>)> {
    let far = prop_oneof![Just(u64::MAX), (0..64_u32).prop_map(|n| 1 << n), 0..200_u64];
    prop_oneof![
        20 => (1..4_i64, Just(None)),
        2 => (1..200_i64, Just(None)),
        1 => (-100..0_i64, Just(None)),
        1 => far.prop_map(|number| (0, Some(number))),
    ]
}

fn check(loaded: &Table<Row>, put: &Table<Row>) -> Result<(), TestCaseError> {
    prop_assert!(loaded.iter().eq(put.iter()));
    prop_assert!(loaded.iter().rev().eq(put.iter().rev()));
    prop_assert_eq!(loaded.len(), put.len());
    prop_assert_eq!(loaded.next_instance(), put.next_instance());
    prop_assert_eq!(loaded.index(), put.index());
    Ok(())
}

proptest! {
    #[test]
    fn what_is_loaded_is_what_is_put(
        steps in vec((step(), any::<u8>(), 0..100_u8), 0..600),
        removed in vec(0..1_000_u64, 0..50),
    ) {
        let (mut loaded, mut put) = (Table::default(), Table::default());
        let (mut part, mut number) = (Part::default(), 0_u64);
        for ((by, to), key, ends) in steps {
            number = to.unwrap_or(number.saturating_add_signed(by));
            put.put(Row { instance: number, key });
            part.push(Row { instance: number, key });
            if ends == 0 {
                loaded.load(std::mem::take(&mut part));
            }
        }
        loaded.load(part);
        prop_assert!(loaded.iter().all(|row| loaded.get(row.instance) == Some(row)));
        loaded.indexing().into_iter().for_each(|job| job());
        check(&loaded, &put)?;
        for table in [&mut loaded, &mut put] {
            table.begin();
            table.create(Row { instance: 0, key: 1 });
            for number in &removed {
                table.modify(number * 2, |row| row.key ^= 1);
                table.remove(*number);
            }
        }
        check(&loaded, &put)?;
        loaded.undo();
        put.undo();
        check(&loaded, &put)?;
    }
}
