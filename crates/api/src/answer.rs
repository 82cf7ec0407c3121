//! Answers put together from objects.

use carbyne_ledger::Ledger;
use carbyne_ledger::tables::Stored;
use carbyne_wire::Json;
use serde_json::Value;

/// The first `limit` objects as a list.
pub(crate) fn list<T: Json>(items: impl IntoIterator<Item = T>, limit: usize) -> Value {
    Value::Array(items.into_iter().take(limit).map(|item| item.to_json()).collect())
}

/// The objects with these ids, at most `limit`.
pub(crate) fn objects<I: Stored>(
    ledger: &Ledger,
    ids: impl IntoIterator<Item = I>,
    limit: usize,
) -> Value
where
    I::Object: Json,
{
    let found = ids.into_iter().take(limit).filter_map(|id| ledger.find(id));
    Value::Array(found.map(Json::to_json).collect())
}

/// The object with that id, null if there is none.
pub(crate) fn maybe<I: Stored>(ledger: &Ledger, id: Option<I>) -> Value
where
    I::Object: Json,
{
    id.and_then(|id| ledger.find(id)).map_or(Value::Null, Json::to_json)
}

/// A pair.
pub(crate) fn pair(first: impl Into<Value>, second: impl Into<Value>) -> Value {
    Value::Array(vec![first.into(), second.into()])
}

/// Puts `name` behind the member `after` of an object.
pub(crate) fn insert_after(object: &mut Value, after: &str, members: &[(&str, Value)]) {
    let Some(object) = object.as_object_mut() else { return };
    let place = object.keys().position(|name| name == after).map_or(object.len(), |at| at + 1);
    for (offset, (name, value)) in members.iter().enumerate() {
        object.shift_insert(place + offset, (*name).to_owned(), value.clone());
    }
}

/// Adds a member at the end of an object.
pub(crate) fn append(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
