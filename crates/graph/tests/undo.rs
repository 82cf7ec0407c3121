//! Undo against a model that copies everything: after any sequence of creations, changes, removals
//! and sessions, rows, secondary index, next instance number and the list of changes are those of
//! the copies.

use carbyne_graph::{Change, Index, Object, Table};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq)]
struct Row {
    instance: u64,
    key: u8,
    data: u8,
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

#[derive(Clone, Debug, Default, PartialEq)]
struct ByKey(BTreeSet<(u8, u64)>);

impl Index<Row> for ByKey {
    type Keys = u8;
    fn keys(row: &Row) -> u8 {
        row.key
    }
    fn insert(&mut self, instance: u64, key: u8) {
        assert!(self.0.insert((key, instance)), "({key}, {instance}) is indexed already");
    }
    fn remove(&mut self, instance: u64, key: u8) {
        assert!(self.0.remove(&(key, instance)), "({key}, {instance}) is not indexed");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Create { key: u8, data: u8 },
    Modify { which: u16, key: u8, data: u8 },
    Remove { which: u16 },
    Put { instance: u8, key: u8, data: u8 },
    Begin,
    Undo,
    Merge,
    CommitOldest,
}

fn step() -> impl Strategy<Value = Step> {
    let row = || (0..4u8, any::<u8>());
    prop_oneof![
        4 => row().prop_map(|(key, data)| Step::Create { key, data }),
        6 => (any::<u16>(), row())
            .prop_map(|(which, (key, data))| Step::Modify { which, key, data }),
        3 => any::<u16>().prop_map(|which| Step::Remove { which }),
        1 => (any::<u8>(), row())
            .prop_map(|(instance, (key, data))| Step::Put { instance, key, data }),
        4 => Just(Step::Begin),
        3 => Just(Step::Undo),
        2 => Just(Step::Merge),
        1 => Just(Step::CommitOldest),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Copy {
    rows: BTreeMap<u64, Row>,
    next: u64,
}

/// The state now and a copy of it for every open session.
#[derive(Default)]
struct Model {
    now: Copy,
    sessions: Vec<Copy>,
}

impl Model {
    fn pick(&self, which: u16) -> Option<u64> {
        let rows = &self.now.rows;
        (!rows.is_empty()).then(|| *rows.keys().nth(usize::from(which) % rows.len()).unwrap())
    }

    fn end_session(&mut self, copy: Option<Copy>) {
        if let Some(copy) = copy {
            self.now = copy;
        }
    }

    /// What the newest session changed: instance, old row, new row.
    fn changes(&self) -> Vec<(u64, Option<Row>, Option<Row>)> {
        let Some(before) = self.sessions.last() else { return Vec::new() };
        let touched: BTreeSet<u64> =
            before.rows.keys().chain(self.now.rows.keys()).copied().collect();
        let row = |copy: &Copy, instance: &u64| copy.rows.get(instance).cloned();
        touched
            .iter()
            .map(|instance| (*instance, row(before, instance), row(&self.now, instance)))
            .filter(|(_, old, new)| old != new)
            .collect()
    }
}

fn take(step: &Step, table: &mut Table<Row>, model: &mut Model) {
    match *step {
        Step::Create { key, data } => {
            let instance = table.create(Row { instance: 0, key, data });
            assert_eq!(instance, model.now.next);
            model.now.rows.insert(instance, Row { instance, key, data });
            model.now.next += 1;
        }
        Step::Modify { which, key, data } => {
            let Some(instance) = model.pick(which) else { return };
            table.modify(instance, |row| (row.key, row.data) = (key, data)).unwrap();
            model.now.rows.insert(instance, Row { instance, key, data });
        }
        Step::Remove { which } => {
            let Some(instance) = model.pick(which) else { return };
            assert_eq!(table.remove(instance), model.now.rows.remove(&instance));
        }
        Step::Put { instance, key, data } => {
            let instance = u64::from(instance);
            table.put(Row { instance, key, data });
            model.now.rows.insert(instance, Row { instance, key, data });
            model.now.next = model.now.next.max(instance + 1);
        }
        Step::Begin => {
            table.begin();
            model.sessions.push(model.now.clone());
        }
        Step::Undo => {
            table.undo();
            let copy = model.sessions.pop();
            model.end_session(copy);
        }
        Step::Merge => {
            table.merge();
            model.sessions.pop();
        }
        Step::CommitOldest => {
            table.commit_oldest();
            if !model.sessions.is_empty() {
                model.sessions.remove(0);
            }
        }
    }
}

fn check(table: &Table<Row>, model: &Model) {
    let rows: Vec<&Row> = table.iter().collect();
    assert_eq!(rows, model.now.rows.values().collect::<Vec<_>>());
    assert_eq!(table.len(), rows.len());
    assert_eq!(table.next_instance(), model.now.next);
    assert_eq!(table.depth(), model.sessions.len());
    let keys: BTreeSet<(u8, u64)> = rows.iter().map(|row| (row.key, row.instance)).collect();
    assert_eq!(table.index().0, keys);
    let changes: Vec<_> = table
        .changes()
        .into_iter()
        .map(|change| match change {
            Change::Created(new) => (new.instance, None, Some(new.clone())),
            Change::Changed { old, new } => (new.instance, Some(old.clone()), Some(new.clone())),
            Change::Removed(old) => (old.instance, Some(old.clone()), None),
        })
        .filter(|(_, old, new)| old != new)
        .collect();
    assert_eq!(changes, model.changes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_a_model_of_copies(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let (mut table, mut model) = (Table::<Row>::default(), Model::default());
        for step in &steps {
            take(step, &mut table, &mut model);
            check(&table, &model);
        }
        while !model.sessions.is_empty() {
            take(&Step::Undo, &mut table, &mut model);
            check(&table, &model);
        }
    }
}
