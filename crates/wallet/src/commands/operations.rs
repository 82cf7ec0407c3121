//! Any of the operations: made from its members as people write them, names for ids and texts for
//! amounts.
//!
//! What a member is comes from the reflection of the operation, so a new operation needs nothing
//! here.

use super::{Command, own, send};
use crate::error::{Result, WalletError};
use crate::node::{Node, as_id};
use crate::wallet::Wallet;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Field, Json, JsonIn, Kind, Tags};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    own(
        "operate(operation_type: text, members: json, broadcast: bool = false)",
        "Sends any operation; members may name accounts and assets and write amounts as texts.",
        "operate limit_order_create '{\"seller\":\"ann\",\"amount_to_sell\":\"10 BTS\",\
         \"min_to_receive\":\"2 USD\"}' true",
        |wallet, arguments| {
            let operation = operation(wallet, &arguments.text(0)?, arguments.value(1))?;
            wallet.finish(vec![operation], send(arguments, 2)?)
        },
    ),
    own(
        "make_operation(operation_type: text, members: json)",
        "The operation that `operate` would send.",
        "make_operation transfer '{\"from\":\"ann\",\"to\":\"bob\",\"amount\":\"10 BTS\"}'",
        |wallet, arguments| {
            operation(wallet, &arguments.text(0)?, arguments.value(1))
                .map(|op| op.to_json_in(arguments.dialect))
        },
    ),
    own("list_operations()", "The operations that there are.", "list_operations", |wallet, _| {
        let sent = known(wallet.dialect.tags()).filter(|(_, _, is_sent)| *is_sent);
        Ok(sent.map(|(tag, name, _)| json!([name, tag])).collect())
    }),
];

/// The operations that the chain of the node knows.
fn known(tags: Tags) -> impl Iterator<Item = &'static (u64, &'static str, bool)> {
    let promised = Operation::PROMISED.iter().filter(move |_| tags.are_all());
    Operation::TABLE.iter().chain(promised)
}

/// The tag of an operation, by name with or without `_operation`, or by number.
pub(super) fn tag_of(name: &str, tags: Tags) -> Result<u64> {
    let short = name.strip_suffix("_operation").unwrap_or(name);
    let by_name = known(tags).find(|row| row.1 == short).map(|row| row.0);
    let by_number = || {
        let number = name.parse().ok()?;
        known(tags).any(|row| row.0 == number).then_some(number)
    };
    let unknown = || WalletError::argument("operation_type", format!("no operation {name}"));
    by_name.or_else(by_number).ok_or_else(unknown)
}

/// An operation with nothing filled in.
pub(super) fn prototype(name: &str, dialect: Dialect) -> Result<Operation> {
    let tag = tag_of(name, dialect.tags())?;
    let read = Operation::from_json_in(&json!([tag, {}]), dialect);
    read.map_err(|error| WalletError::argument("operation_type", error.to_string()))
}

type Fields = fn() -> &'static [Field];

fn fields_of(operation: &Operation) -> Result<Fields> {
    match operation.stateless().members() {
        Kind::Struct(fields) => Ok(fields),
        _ => Err(WalletError::argument("operation_type", "cannot be made from members")),
    }
}

/// An operation from members as people write them.
pub(super) fn operation(wallet: &Wallet, name: &str, members: Value) -> Result<Operation> {
    let prototype = prototype(name, wallet.dialect)?;
    let fields = fields_of(&prototype)?;
    let members = with_ids(wallet.node()?, Kind::Struct(fields), members)?;
    let fields = fields();
    let mut full = prototype.to_json_in(wallet.dialect)[1].clone();
    let given = members.as_object();
    let given = given.ok_or_else(|| WalletError::argument("members", "is no object"))?;
    for (member, value) in given {
        if !fields.iter().any(|field| field.name == member) {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let why = format!("{name} has no member {member}, only {}", names.join(", "));
            return Err(WalletError::argument("members", why));
        }
        full[member] = value.clone();
    }
    Ok(Operation::from_json_in(&json!([prototype.tag(), full]), wallet.dialect)?)
}

/// Whether members are those of an amount.
fn is_amount(fields: &[Field]) -> bool {
    matches!(fields, [amount, asset] if amount.name == "amount" && asset.name == "asset_id")
}

/// The value with ids in the place of names, and amounts in the place of texts.
fn with_ids(node: &Node, kind: Kind, value: Value) -> Result<Value> {
    Ok(match (kind, value) {
        (Kind::Id { space: 1, type_: 2 }, Value::String(name)) if as_id(&name).is_none() => {
            node.account(&name)?.id.to_json()
        }
        (Kind::Id { space: 1, type_: 3 }, Value::String(symbol)) if as_id(&symbol).is_none() => {
            node.asset(&symbol)?.asset.id.to_json()
        }
        (Kind::Struct(fields), Value::String(text)) if is_amount(fields()) => {
            let (amount, symbol) = text.split_once(' ').ok_or_else(|| {
                WalletError::argument("members", format!("\"{text}\" is no amount, as \"10 BTS\""))
            })?;
            node.amount(amount, symbol.trim())?.to_json()
        }
        (Kind::Struct(fields) | Kind::Extension(fields), Value::Object(members)) => {
            let inner = members.into_iter().map(|(name, value)| {
                let kind = fields().iter().find(|field| field.name == name);
                let value = match kind {
                    Some(field) => with_ids(node, (field.kind)(), value)?,
                    None => value,
                };
                Ok((name, value))
            });
            Value::Object(inner.collect::<Result<_>>()?)
        }
        (Kind::Optional(_), Value::Null) => Value::Null,
        (Kind::Optional(inner), value) => with_ids(node, inner(), value)?,
        (Kind::Sequence(inner) | Kind::Set(inner), Value::Array(values)) => {
            let values = values.into_iter().map(|value| with_ids(node, inner(), value));
            Value::Array(values.collect::<Result<_>>()?)
        }
        (_, value) => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_prototype_and_members() {
        for (tag, name, _) in Operation::TABLE {
            let prototype = prototype(name, Dialect::REFERENCE).expect(name);
            assert_eq!(prototype.to_json_in(Dialect::REFERENCE)[0], *tag, "{name}");
            let fields = fields_of(&prototype).expect(name);
            assert_eq!(fields()[0].name, "fee", "{name}");
            assert_eq!(tag_of(&format!("{name}_operation"), Tags::Reference).ok(), Some(*tag));
        }
    }
}
