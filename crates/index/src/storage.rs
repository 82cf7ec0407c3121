//! Data that accounts keep in custom operations, by catalog and key (reference: plugin
//! `custom_operations`).
//!
//! Invariant: one value per account, catalog and key. Values are JSON as the reference's parser
//! reads it; data that is not of this form is somebody else's and is left alone.

use carbyne_graph::{Index, Table};
use carbyne_ledger::ids::AccountId;
use carbyne_ledger::ops::misc::custom::Custom;
use carbyne_wire::{
    FlatMap, Id, Json, JsonError, Kind, Pack, PackError, Reader, Reflect, Text, Value, View, Wire,
    as_written, parse_json,
};
use std::collections::BTreeSet;

/// Longest catalog or key, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// Id of a stored value.
pub type AccountStorageId = Id<7, 0>;

/// A stored value (reference: `account_storage_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountStorage {
    /// Id.
    pub id: AccountStorageId,
    /// Whose it is.
    pub account: AccountId,
    /// The catalog.
    pub catalog: Text,
    /// The key in the catalog.
    pub key: Text,
    /// The value; none if the key was stored without one.
    pub value: Option<JsonText>,
}
crate::row!(AccountStorage, ByName);

/// A text that is JSON; clients see the value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonText(Text);

impl JsonText {
    /// None if the text is not JSON.
    fn new(text: &Text) -> Option<Self> {
        parse_json(text.as_bytes()).is_ok().then(|| Self(text.clone()))
    }
}

impl Json for JsonText {
    fn to_json(&self) -> Value {
        parse_json(self.0.as_bytes()).map_or(Value::Null, as_written)
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        Ok(Self(value.to_string().into()))
    }
}

impl Pack for JsonText {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Text::unpack(input).map(Self)
    }
}

impl Reflect for JsonText {
    fn kind() -> Kind {
        Text::kind()
    }
    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

/// What the data of a custom operation asks for.
#[derive(Clone, Debug, PartialEq, Wire)]
enum Request {
    /// To store values or to remove them.
    AccountStorageMap(AccountStorageMap),
}

/// Values of one catalog by key.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
struct AccountStorageMap {
    /// Whether the keys are to be removed.
    remove: bool,
    catalog: Text,
    key_values: FlatMap<Text, Option<Text>>,
}

/// Owner, catalog and key of a value, as far as they are asked for.
pub type Name = (Option<AccountId>, Option<Text>, Option<Text>);

/// Values by every part of their names that may be asked for, in order of id.
#[derive(Clone, Debug, Default)]
pub struct ByName {
    names: BTreeSet<(Name, u64)>,
}

/// The questions that a value answers.
fn names((account, catalog, key): &(AccountId, Text, Text)) -> [Name; 6] {
    let (account, catalog, key) = (Some(*account), Some(catalog.clone()), Some(key.clone()));
    [
        (None, None, None),
        (None, catalog.clone(), None),
        (None, catalog.clone(), key.clone()),
        (account, None, None),
        (account, catalog.clone(), None),
        (account, catalog, key),
    ]
}

impl ByName {
    /// The values with these parts of a name whose numbers are not below `first`.
    pub fn range(&self, name: &Name, first: u64) -> impl Iterator<Item = u64> {
        let range = (name.clone(), first)..=(name.clone(), u64::MAX);
        self.names.range(range).map(|(_, instance)| *instance)
    }
}

impl Index<AccountStorage> for ByName {
    type Keys = (AccountId, Text, Text);
    fn keys(row: &AccountStorage) -> Self::Keys {
        (row.account, row.catalog.clone(), row.key.clone())
    }
    fn insert(&mut self, instance: u64, keys: Self::Keys) {
        self.names.extend(names(&keys).map(|name| (name, instance)));
    }
    fn remove(&mut self, instance: u64, keys: Self::Keys) {
        for name in names(&keys) {
            self.names.remove(&(name, instance));
        }
    }
}

/// Does what the data of a custom operation asks for, if it is of that kind.
pub(crate) fn add(values: &mut Table<AccountStorage>, custom: &Custom) {
    let Ok(Request::AccountStorageMap(request)) = Request::unpack(&mut Reader::new(&custom.data))
    else {
        return;
    };
    if request.catalog.is_empty() || request.catalog.len() > NAME_BYTES_MAX {
        return;
    }
    for (key, value) in &request.key_values {
        let name = (Some(custom.payer), Some(request.catalog.clone()), Some(key.clone()));
        let known = values.index().range(&name, 0).next();
        if request.remove {
            known.map(|instance| values.remove(instance));
        } else if key.len() <= NAME_BYTES_MAX {
            store(values, known, name, value.as_ref());
        }
    }
}

fn store(
    values: &mut Table<AccountStorage>,
    known: Option<u64>,
    (account, catalog, key): Name,
    value: Option<&Text>,
) {
    // A value that is not JSON leaves everything as it is.
    let value = match value.map(JsonText::new) {
        Some(None) => return,
        Some(value) => value,
        None => None,
    };
    if let Some(instance) = known {
        values.modify(instance, |row| row.value = value);
        return;
    }
    values.create(AccountStorage {
        id: Id(0),
        account: account.unwrap_or_default(),
        catalog: catalog.unwrap_or_default(),
        key: key.unwrap_or_default(),
        value,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Account 1.2.7 does this; what is stored then, as `key=value`.
    fn check(
        values: &mut Table<AccountStorage>,
        remove: bool,
        pairs: &[(&str, &str)],
        wanted: &str,
    ) {
        let pairs = pairs.iter().map(|(key, value)| (Text::from(*key), Some(Text::from(*value))));
        let request =
            AccountStorageMap { remove, catalog: "c".into(), key_values: pairs.collect() };
        let mut data = Vec::new();
        Request::AccountStorageMap(request).pack(&mut data);
        let data = carbyne_wire::Bytes(data);
        add(values, &Custom { payer: Id(7), data, ..Custom::default() });
        let shown = |row: &AccountStorage| format!("{}={}", row.key, row.value.to_json());
        assert_eq!(values.iter().map(shown).collect::<Vec<_>>().join(" "), wanted);
    }

    #[test]
    fn values_are_stored_replaced_and_removed_by_key() {
        let mut values = Table::default();
        check(&mut values, false, &[("a", "1"), ("b", "\"x\"")], "a=1 b=\"x\"");
        check(&mut values, false, &[("a", "[5000000000]")], "a=[\"5000000000\"] b=\"x\"");
        check(&mut values, false, &[("a", "{"), ("d", "{")], "a=[\"5000000000\"] b=\"x\"");
        check(&mut values, true, &[("a", ""), ("nosuch", "")], "b=\"x\"");
        let name = (None, Some(Text::from("c")), None);
        assert_eq!(values.index().range(&name, 0).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn data_of_another_form_is_left_alone() {
        let mut values = Table::default();
        let data = carbyne_wire::Bytes(b"Hello".to_vec());
        add(&mut values, &Custom { data, ..Custom::default() });
        assert!(values.is_empty());
    }
}
