//! Changes from outside the rules, for tests of nodes and of what is built on them (reference:
//! `db_debug.cpp`).
//!
//! They lie on top of the head block and go when it is undone. No block carries them: a chain that
//! was changed so does not come back from its blocks.

use crate::{Chain, ChainRefusal};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::tables::AnyTable;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::Rejected;
use carbyne_wire::{Dialect, Json, ObjectId, Value};

/// What an update does to its object, which must exist.
enum Action {
    /// The members that are not given take their defaults.
    Write,
    /// The members that are not given stay.
    Update,
    /// The object goes.
    Delete,
}

impl Action {
    /// As `_action` says; without it an update that has only an id deletes, any other writes.
    fn of(update: &Value) -> Result<Self, Rejected> {
        let only_id = update.as_object().is_some_and(|members| members.len() == 1);
        match update.get("_action").map(Value::as_str) {
            None if only_id => Ok(Self::Delete),
            None | Some(Some("write")) => Ok(Self::Write),
            Some(Some("update")) => Ok(Self::Update),
            Some(Some("delete")) => Ok(Self::Delete),
            Some(_) => {
                Err(ChainRefusal::NoSuchAction { action: update["_action"].to_string() }.into())
            }
        }
    }
}

impl Chain {
    /// Writes, changes or deletes the object that `update` names by its `id`. Pending transactions
    /// are taken off before it and pushed again after it.
    pub fn update_object(&mut self, update: &Value, trust: Trust) -> Result<(), Rejected> {
        self.change_head(trust, |ledger| apply(ledger, update))
    }

    fn change_head(
        &mut self,
        trust: Trust,
        change: impl FnOnce(&mut Ledger) -> Result<(), Rejected>,
    ) -> Result<(), Rejected> {
        let waiting = self.pool.take();
        self.close_pending();
        let result = change(&mut self.ledger);
        self.renew_succession();
        self.restore_pending(waiting, trust);
        result
    }

    /// Makes the block of the next slot, whoever is due in it: the witness gets this key.
    pub fn generate_with(&mut self, key: &PrivateKey, trust: Trust) -> Result<(), Rejected> {
        let slot = self.slot(1)?;
        if self.ledger.get(slot.witness)?.signing_key != key.public_key() {
            let signing_key = key.public_key();
            self.change_head(trust, |ledger| {
                ledger.modify(slot.witness, |witness| witness.signing_key = signing_key)
            })?;
        }
        self.generate_block(slot.time, slot.witness, key, trust).map(|_| ())
    }
}

fn apply(ledger: &mut Ledger, update: &Value) -> Result<(), Rejected> {
    let id = ObjectId::from_json(update.get("id").unwrap_or(&Value::Null))
        .map_err(|error| ChainRefusal::UnreadableObject { reason: error.to_string() })?;
    let action = Action::of(update)?;
    let unknown = || ChainRefusal::UnknownObject { id };
    let dialect = ledger.dialect;
    let table = ledger.tables.any_mut(id.space, id.type_).ok_or_else(unknown)?;
    let known = table.json(id.instance, dialect).ok_or_else(unknown)?;
    match action {
        Action::Delete => {
            table.take(id.instance);
            Ok(())
        }
        Action::Write => write(table, update, dialect),
        Action::Update => write(table, &updated(known, update), dialect),
    }
}

fn write(table: &mut dyn AnyTable, object: &Value, dialect: Dialect) -> Result<(), Rejected> {
    table
        .put_json(object, dialect)
        .map_err(|error| ChainRefusal::UnreadableObject { reason: error.to_string() }.into())
}

/// The object with the members that are given in place of its own.
fn updated(mut object: Value, update: &Value) -> Value {
    if let (Some(members), Some(given)) = (object.as_object_mut(), update.as_object()) {
        members.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    object
}
