//! Undo against a model that copies everything: after any sequence of creations, changes, removals
//! and sessions, rows, secondary index, next instance number, the list of changes and the rows
//! before the oldest session are those of the copies. So for one table, and for several that share
//! their sessions and learn only of those that write to them.

use carbyne_graph::{Change, Index, Object, Sessions, Table, Tracked};
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
    Forget { instance: u64 },
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
        2 => (0..40_u64).prop_map(|instance| Step::Forget { instance }),
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

    fn begin(&mut self) {
        self.sessions.push(self.now.clone());
    }

    fn undo(&mut self) {
        if let Some(copy) = self.sessions.pop() {
            self.now = copy;
        }
    }

    fn merge(&mut self) {
        self.sessions.pop();
    }

    fn commit_oldest(&mut self) {
        if !self.sessions.is_empty() {
            self.sessions.remove(0);
        }
    }

    /// What was before the oldest session.
    fn base(&self) -> &Copy {
        self.sessions.first().unwrap_or(&self.now)
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

/// Writes to a table; a step of sessions is left alone.
fn write(step: &Step, table: &mut Table<Row>, model: &mut Model) {
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
        Step::Forget { instance } => {
            table.forget(instance);
            model.now.rows.remove(&instance);
        }
        Step::Put { instance, key, data } => {
            let instance = u64::from(instance);
            table.put(Row { instance, key, data });
            model.now.rows.insert(instance, Row { instance, key, data });
            model.now.next = model.now.next.max(instance + 1);
        }
        Step::Begin | Step::Undo | Step::Merge | Step::CommitOldest => {}
    }
}

fn take(step: &Step, table: &mut Table<Row>, model: &mut Model) {
    match step {
        Step::Begin => (table.begin(), model.begin()),
        Step::Undo => (table.undo(), model.undo()),
        Step::Merge => (table.merge(), model.merge()),
        Step::CommitOldest => (table.commit_oldest(), model.commit_oldest()),
        _ => (write(step, table, model), ()),
    };
}

const TABLES: usize = 4;

/// Several tables with the same sessions.
#[derive(Default)]
struct Shared {
    sessions: Sessions,
    tables: [Tracked<Table<Row>>; TABLES],
}

impl Shared {
    fn take(&mut self, step: &Step, place: usize, models: &mut [Model; TABLES]) {
        let Self { sessions, tables } = self;
        match step {
            Step::Begin => {
                sessions.begin();
                models.iter_mut().for_each(Model::begin);
            }
            Step::Undo => {
                sessions.undo().for_each(|place| tables[usize::from(place)].end().undo());
                models.iter_mut().for_each(Model::undo);
            }
            Step::Merge => {
                sessions.merge().for_each(|place| tables[usize::from(place)].end().merge());
                models.iter_mut().for_each(Model::merge);
            }
            Step::CommitOldest => {
                let ended = sessions.commit_oldest();
                ended.for_each(|place| tables[usize::from(place)].end().commit_oldest());
                models.iter_mut().for_each(Model::commit_oldest);
            }
            _ => write(step, tables[place].write(sessions, place as u8), &mut models[place]),
        }
    }

    fn check(&self, models: &[Model; TABLES]) {
        for (place, (table, model)) in self.tables.iter().zip(models).enumerate() {
            check(table, model);
            let is_touched = self.sessions.touched().contains(place as u8);
            let changes = if is_touched { changes(table) } else { Vec::new() };
            assert_eq!(changes, model.changes());
            assert_eq!(self.sessions.depth(), model.sessions.len());
            assert!(table.depth() <= model.sessions.len());
        }
    }
}

fn check(table: &Table<Row>, model: &Model) {
    let rows: Vec<&Row> = table.iter().collect();
    assert_eq!(rows, model.now.rows.values().collect::<Vec<_>>());
    assert_eq!(table.len(), rows.len());
    assert_eq!(table.next_instance(), model.now.next);
    let keys: BTreeSet<(u8, u64)> = rows.iter().map(|row| (row.key, row.instance)).collect();
    assert_eq!(table.index().0, keys);
    let base = model.base();
    assert_eq!(table.base_next_instance(), base.next);
    for instance in 0..model.now.next.max(base.next) {
        assert_eq!(table.base(instance), base.rows.get(&instance));
    }
}

/// What the newest session of a table changed: instance, old row, new row.
fn changes(table: &Table<Row>) -> Vec<(u64, Option<Row>, Option<Row>)> {
    let one = |change| match change {
        Change::Created(new) => (None, Some(Row::clone(new))),
        Change::Changed { old, new } => (Some(old.clone()), Some(new.clone())),
        Change::Removed(old) => (Some(old.clone()), None),
    };
    let number = |row: &Option<Row>| row.as_ref().map(|row| row.instance);
    let mut unsorted = Vec::new();
    table.each_change(|change| unsorted.push(one(change)));
    unsorted.sort_by_key(|(old, new)| number(old).or(number(new)));
    let sorted: Vec<_> = table.changes().into_iter().map(one).collect();
    assert_eq!(unsorted, sorted);
    let changes = sorted.into_iter().filter(|(old, new)| old != new);
    changes.map(|(old, new)| (number(&old).or(number(&new)).unwrap(), old, new)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_a_model_of_copies(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let (mut table, mut model) = (Table::<Row>::default(), Model::default());
        let check = |table: &Table<Row>, model: &Model| {
            check(table, model);
            assert_eq!(changes(table), model.changes());
            assert_eq!(table.depth(), model.sessions.len());
        };
        for step in &steps {
            take(step, &mut table, &mut model);
            check(&table, &model);
        }
        while !model.sessions.is_empty() {
            take(&Step::Undo, &mut table, &mut model);
            check(&table, &model);
        }
    }

    #[test]
    fn tables_that_share_their_sessions_equal_models_that_know_of_each(
        steps in prop::collection::vec((step(), 0..TABLES), 1..160),
    ) {
        let (mut shared, mut models) = (Shared::default(), <[Model; TABLES]>::default());
        for (step, place) in &steps {
            shared.take(step, *place, &mut models);
            shared.check(&models);
        }
        while shared.sessions.depth() > 0 {
            shared.take(&Step::Undo, 0, &mut models);
            shared.check(&models);
        }
        assert!(shared.tables.iter().all(|table| table.depth() == 0));
    }
}

#[test]
fn a_table_learns_of_no_session_that_leaves_it_alone() {
    let (mut shared, mut models) = (Shared::default(), <[Model; TABLES]>::default());
    let create = Step::Create { key: 0, data: 0 };
    for step in [Step::Begin, Step::Begin, create, Step::Begin, Step::Merge, Step::Merge] {
        shared.take(&step, 2, &mut models);
    }
    assert_eq!(shared.tables.each_ref().map(|table| table.depth()), [0, 0, 1, 0]);
    assert_eq!(shared.sessions.touched().collect::<Vec<_>>(), [2]);
}
