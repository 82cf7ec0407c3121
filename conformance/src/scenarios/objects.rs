//! Recorded objects against those of a ledger.

use super::event::Diff;
use crate::compare::{Difference, Numbers, compare, equal};
use carbyne_ledger::Ledger;
use carbyne_ledger::tables::ObjectChange;
use carbyne_wire::{Dialect, Json, ObjectId};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Space and type of objects that are not recorded.
const TYPES_LEFT_OUT: [(u8, u8); 4] = [(1, 11), (2, 7), (2, 8), (2, 9)];

/// Members that are not recorded, by space and type of their objects.
const MEMBERS_LEFT_OUT: [((u8, u8), &[&str]); 2] =
    [((1, 2), &["num_committee_voted"]), ((2, 6), &["most_recent_op", "total_ops", "removed_ops"])];

/// Objects that differ: the object's id and where.
pub(crate) type Mismatches = Vec<(String, Vec<Difference>)>;

fn is_left_out(id: ObjectId) -> bool {
    TYPES_LEFT_OUT.contains(&(id.space, id.type_))
}

fn members_left_out(id: ObjectId) -> &'static [&'static str] {
    let found = MEMBERS_LEFT_OUT.iter().find(|(kind, _)| *kind == (id.space, id.type_));
    found.map_or(&[], |(_, members)| members)
}

/// The object without the members that are not recorded.
fn recorded(id: ObjectId, mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        members_left_out(id).iter().for_each(|member| {
            object.shift_remove(*member);
        });
    }
    object
}

fn id_of(object: &Value) -> ObjectId {
    ObjectId::from_json(&object["id"]).unwrap_or_default()
}

fn json_of(ledger: &Ledger, id: ObjectId) -> Option<Value> {
    ledger
        .tables
        .any(id.space, id.type_)?
        .json(id.instance, Dialect::REFERENCE)
        .map(|object| recorded(id, object))
}

fn compare_object(wanted: Option<&Value>, got: Option<Value>) -> Vec<Difference> {
    let mut differences = Vec::new();
    match (wanted, got) {
        (Some(wanted), Some(got)) => compare("", wanted, &got, Numbers::ByValue, &mut differences),
        (None, None) => {}
        (wanted, got) => {
            differences.push(Difference::presence("object", wanted.cloned(), got));
        }
    }
    differences
}

fn push(mismatches: &mut Mismatches, id: ObjectId, differences: Vec<Difference>) {
    if !differences.is_empty() {
        mismatches.push((id.to_string(), differences));
    }
}

/// Compares all objects of the ledger with all recorded ones.
pub(crate) fn compare_all(wanted: &[Value], ledger: &Ledger) -> Mismatches {
    let mut wanted: BTreeMap<ObjectId, &Value> =
        wanted.iter().map(|object| (id_of(object), object)).collect();
    let mut mismatches = Mismatches::new();
    ledger.tables.each(&mut |(space, type_), table| {
        if is_left_out(ObjectId::new(space, type_, 0)) {
            return;
        }
        for number in table.numbers() {
            let id = ObjectId::new(space, type_, number);
            let got = table.json(number, Dialect::REFERENCE).map(|object| recorded(id, object));
            push(&mut mismatches, id, compare_object(wanted.remove(&id), got));
        }
    });
    for (id, object) in wanted {
        push(&mut mismatches, id, compare_object(Some(object), None));
    }
    mismatches
}

/// Compares the changes that a session made with the recorded ones. `after` gives an object as it
/// is at the end of the session, for recorded objects that the session did not touch.
pub(super) fn compare_changes(
    diff: &Diff,
    changes: Vec<ObjectChange>,
    after: impl Fn(ObjectId) -> Option<Value>,
) -> Mismatches {
    let mut mismatches = Mismatches::new();
    let mut changes: BTreeMap<ObjectId, ObjectChange> = changes
        .into_iter()
        .filter(|change| !is_left_out(change.id))
        .map(|change| (change.id, change))
        .collect();
    for wanted in diff.changed.iter().flatten() {
        let id = id_of(wanted);
        let got = match changes.remove(&id) {
            Some(change) => change.new.map(|object| recorded(id, object.json(Dialect::REFERENCE))),
            None => after(id),
        };
        push(&mut mismatches, id, compare_object(Some(wanted), got));
    }
    for id in &diff.removed {
        let id = ObjectId::parse(id).unwrap_or_default();
        let got = match changes.remove(&id) {
            Some(change) => change.new.map(|object| object.json(Dialect::REFERENCE)),
            None => after(id),
        };
        push(&mut mismatches, id, compare_object(None, got));
    }
    for (id, change) in changes {
        push(&mut mismatches, id, unrecorded(id, change));
    }
    mismatches
}

/// The differences that a change makes which the recording does not know.
fn unrecorded(id: ObjectId, change: ObjectChange) -> Vec<Difference> {
    let old = change.old.map(|object| recorded(id, object.json(Dialect::REFERENCE)));
    let new = change.new.map(|object| recorded(id, object.json(Dialect::REFERENCE)));
    match (&old, &new) {
        (Some(before), Some(after)) if equal(before, after, Numbers::ByValue) => Vec::new(),
        _ => compare_object(old.as_ref(), new),
    }
}

/// The object at the head block: what is pending is left out.
pub(super) fn at_head(ledger: &Ledger, pending: &[ObjectChange], id: ObjectId) -> Option<Value> {
    match pending.iter().find(|change| change.id == id) {
        Some(change) => {
            change.old.as_ref().map(|object| recorded(id, object.json(Dialect::REFERENCE)))
        }
        None => json_of(ledger, id),
    }
}

/// The object as it is now.
pub(super) fn now(ledger: &Ledger, id: ObjectId) -> Option<Value> {
    json_of(ledger, id)
}

/// Writes a recorded object into the ledger; members that are not recorded keep their values.
pub(super) fn write(ledger: &mut Ledger, object: &Value) -> Result<(), Box<Difference>> {
    let id = id_of(object);
    let failed = |reason: &dyn std::fmt::Display| Box::new(Difference::new("set", id, reason));
    let Some(table) = ledger.tables.any_mut(id.space, id.type_) else {
        return Err(failed(&"no table of this type"));
    };
    let mut whole = object.clone();
    if let (Some(whole), Some(Value::Object(old))) =
        (whole.as_object_mut(), table.json(id.instance, Dialect::REFERENCE))
    {
        keep_members(members_left_out(id), &old, whole);
    }
    table.put_json(&whole, Dialect::REFERENCE).map_err(|error| failed(&error))
}

fn keep_members(names: &[&str], old: &Map<String, Value>, object: &mut Map<String, Value>) {
    for name in names {
        if let Some(value) = old.get(*name) {
            object.insert((*name).to_owned(), value.clone());
        }
    }
}

/// Removes an object from the ledger.
pub(super) fn remove(ledger: &mut Ledger, id: &str) {
    let id = ObjectId::parse(id).unwrap_or_default();
    if let Some(table) = ledger.tables.any_mut(id.space, id.type_) {
        table.take(id.instance);
    }
}
