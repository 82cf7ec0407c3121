//! Data that accounts keep in custom operations, by catalog and key (reference: plugin
//! `custom_operations`).
//!
//! Invariant: one value per account, catalog and key. Values are JSON as the reference's parser
//! reads it; data that is not of this form is somebody else's and is left alone.

use crate::keys::{self, Key, last_number};
use crate::rows::row;
use crate::store::Store;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_wire::{
    FlatMap, Id, Json, JsonError, Kind, Pack, PackError, Reader, Reflect, Tags, Text, Value, View,
    Wire, as_written, in_every_dialect, parse_json,
};

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
row!(AccountStorage, Storage, |row| { names(row).map(|name| name_key(&name).number(row.id.0)) });

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

in_every_dialect!([] JsonText);

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

/// The questions that a value answers.
fn names(row: &AccountStorage) -> [Name; 6] {
    let account = Some(row.account);
    let (catalog, key) = (Some(row.catalog.clone()), Some(row.key.clone()));
    [
        (None, None, None),
        (None, catalog.clone(), None),
        (None, catalog.clone(), key.clone()),
        (account, None, None),
        (account, catalog.clone(), None),
        (account, catalog, key),
    ]
}

/// What the keys of the values that answer a question begin with.
fn name_key((account, catalog, key): &Name) -> Key {
    let start = Key::new(keys::Kind::StorageByName);
    let start = start.byte(account.is_some().into()).number(account.map_or(0, |account| account.0));
    [catalog, key].into_iter().fold(start, |start, text| match text {
        None => start.byte(0),
        Some(text) => start.byte(1).text(text),
    })
}

/// The values with these parts of a name whose numbers are not below `first`, in order of number.
pub(crate) fn values(
    store: &Store,
    name: &Name,
    first: u64,
) -> impl Iterator<Item = AccountStorage> {
    let key = name_key(name);
    let found = store.range(key.clone().number(first)..=key.number(u64::MAX));
    found.filter_map(|(key, _)| store.row(last_number(&key)))
}

/// Does what the data of a custom operation asks for, if it is of that kind.
pub(crate) fn add(store: &mut Store, custom: &Custom) {
    let Ok(Request::AccountStorageMap(request)) =
        Request::unpack(&mut Reader::new(&custom.data, Tags::Reference))
    else {
        return;
    };
    if request.catalog.is_empty() || request.catalog.len() > NAME_BYTES_MAX {
        return;
    }
    for (key, value) in &request.key_values {
        let name = (Some(custom.payer), Some(request.catalog.clone()), Some(key.clone()));
        let known = values(store, &name, 0).next();
        if request.remove {
            known.into_iter().for_each(|row| store.remove(&row));
        } else if key.len() <= NAME_BYTES_MAX {
            keep(store, known, name, value.as_ref());
        }
    }
}

fn keep(
    store: &mut Store,
    known: Option<AccountStorage>,
    (account, catalog, key): Name,
    value: Option<&Text>,
) {
    // A value that is not JSON leaves everything as it is.
    let value = match value.map(JsonText::new) {
        Some(None) => return,
        Some(value) => value,
        None => None,
    };
    if let Some(row) = known {
        store.replace(&AccountStorage { value, ..row });
        return;
    }
    store.create(AccountStorage {
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
    fn check(store: &mut Store, remove: bool, pairs: &[(&str, &str)], wanted: &str) {
        let pairs = pairs.iter().map(|(key, value)| (Text::from(*key), Some(Text::from(*value))));
        let request =
            AccountStorageMap { remove, catalog: "c".into(), key_values: pairs.collect() };
        let mut data = Vec::new();
        Request::AccountStorageMap(request).pack(&mut data);
        let data = carbyne_wire::Bytes(data);
        add(store, &Custom { payer: Id(7), data, ..Custom::default() });
        let shown = |row: AccountStorage| format!("{}={}", row.key, row.value.to_json());
        assert_eq!(store.rows_from(0).map(shown).collect::<Vec<_>>().join(" "), wanted);
    }

    #[test]
    fn values_are_stored_replaced_and_removed_by_key() {
        let mut store = Store::default();
        store.begin(0);
        check(&mut store, false, &[("a", "1"), ("b", "\"x\"")], "a=1 b=\"x\"");
        check(&mut store, false, &[("a", "[5000000000]")], "a=[\"5000000000\"] b=\"x\"");
        check(&mut store, false, &[("a", "{"), ("d", "{")], "a=[\"5000000000\"] b=\"x\"");
        check(&mut store, true, &[("a", ""), ("nosuch", "")], "b=\"x\"");
        let name = (None, Some(Text::from("c")), None);
        assert_eq!(values(&store, &name, 0).map(|row| row.id).collect::<Vec<_>>(), [Id(1)]);
    }

    #[test]
    fn data_of_another_form_is_left_alone() {
        let mut store = Store::default();
        store.begin(0);
        let data = carbyne_wire::Bytes(b"Hello".to_vec());
        add(&mut store, &Custom { data, ..Custom::default() });
        assert!(store.rows_from::<AccountStorage>(0).next().is_none());
    }
}
