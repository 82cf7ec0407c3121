//! What a table says of the memory it takes follows what is in it.

use carbyne_graph::{NoIndex, Object, Table};

#[derive(Clone, Debug, PartialEq)]
struct Row {
    instance: u64,
    text: String,
}

impl Object for Row {
    type Index = NoIndex;
    fn instance(&self) -> u64 {
        self.instance
    }
    fn set_instance(&mut self, instance: u64) {
        self.instance = instance;
    }
}

const TEXT_BYTES: usize = 1_000;

fn fill(table: &mut Table<Row>, rows: usize) {
    for _ in 0..rows {
        table.create(Row { instance: 0, text: "x".repeat(TEXT_BYTES) });
    }
}

/// Bytes of the table, in full kilobytes of text.
fn texts(table: &Table<Row>) -> usize {
    table.bytes(|row| row.text.len()) / TEXT_BYTES
}

#[test]
fn an_empty_table_takes_nothing() {
    assert_eq!(Table::<Row>::default().bytes(|row| row.text.len()), 0);
}

#[test]
fn rows_and_what_they_own_are_counted() {
    let mut table = Table::default();
    fill(&mut table, 10_000);
    let per_row = texts(&table) as f64 / 10_000.0;
    assert!((1.0..1.1).contains(&per_row), "{per_row}");
}

#[test]
fn old_values_are_counted_until_they_are_forgotten() {
    let mut table = Table::default();
    fill(&mut table, 1_000);
    let before = texts(&table);
    table.begin();
    for instance in 0..1_000 {
        table.modify(instance, |row| row.text.make_ascii_uppercase());
    }
    assert!(texts(&table) >= before + 1_000);
    table.commit_oldest();
    assert!(texts(&table) < before + 100);
}

#[test]
fn pages_without_rows_are_given_back() {
    let mut table = Table::default();
    fill(&mut table, 10_000);
    let full = texts(&table);
    (0..9_990).for_each(|instance| drop(table.remove(instance)));
    assert!(texts(&table) * 100 < full, "{} of {full}", texts(&table));
}
