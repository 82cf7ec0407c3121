//! Questions with arguments of the right types and extreme counts and values, made from the
//! signatures of the methods.

use crate::world;
use carbyne_api::Limits;
use carbyne_api::signature::{Parameter, Type};
use carbyne_wire::{Dialect, JsonIn};
use serde_json::{Value, json};

/// Chance that can be repeated.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Arguments for these parameters; now and then those that may be left out are null.
pub fn arguments(parameters: &[Parameter], chance: &mut Chance) -> Vec<Value> {
    parameters
        .iter()
        .map(|parameter| match parameter.default {
            Some(_) if chance.below(3) == 0 => Value::Null,
            _ => value(&parameter.type_, chance),
        })
        .collect()
}

fn value(type_: &Type, chance: &mut Chance) -> Value {
    match type_ {
        Type::Named(name) => named(name, chance),
        Type::UpTo(limit) => chance.one_of(&[json!(most(limit)), json!(most(limit)), json!(1)]),
        Type::List(item) => list(item, 1_000, chance),
        Type::ListUpTo(item, limit) => {
            let excess = chance.below(8) / 7;
            list(item, most(limit) as usize + excess, chance)
        }
        Type::Tuple(items) => items.iter().map(|item| value(item, chance)).collect(),
        Type::Either(types) => value(&types[chance.below(types.len())], chance),
        Type::Nullable(one) => value(one, chance),
    }
}

/// A list of one thing again and again, or of many; empty at times.
fn list(item: &Type, count: usize, chance: &mut Chance) -> Value {
    match chance.below(5) {
        0 => json!([]),
        1 | 2 => vec![value(item, chance); count].into(),
        _ => (0..count).map(|_| value(item, chance)).collect(),
    }
}

fn most(limit: &str) -> u32 {
    Limits::default().of(limit).expect("a limit of that name")
}

fn named(name: &str, chance: &mut Chance) -> Value {
    let number = chance.one_of(&[0, 1, 2, 5, 100, 1_000, 9_999, 999_999, u64::MAX >> 16]);
    match name {
        "string" => chance.one_of(&[json!(""), json!("user"), json!("M"), json!("zzz")]),
        "name" => match chance.below(4) {
            0 | 1 => json!("user0"),
            2 => json!(format!("user{number}")),
            _ => json!("nobody"),
        },
        "symbol" => chance.one_of(&[json!("TRADED"), json!("BTS"), json!("MARKET1")]),
        "id" => {
            let kinds =
                ["2.0", "1.2", "1.3", "1.7", "2.5", "2.6", "1.11", "2.9", "5.0", "5.2", "7.0"];
            json!(format!(
                "{}.{}",
                chance.one_of(&kinds),
                if chance.below(3) == 0 { 0 } else { number }
            ))
        }
        "time" => chance.one_of(&[
            json!("1970-01-01T00:00:00"),
            json!("2030-03-17T18:00:00"),
            json!("2106-01-01T00:00:00"),
        ]),
        "key" => world::key().public_key().to_json_in(Dialect::REFERENCE),
        "address" => world::key().public_key().address().to_json_in(Dialect::REFERENCE),
        "vote" => json!(format!("{}:{}", chance.below(3), number & 0xff_ffff)),
        "hex" => json!("00".repeat(chance.below(5_000))),
        "hash160" => json!("00".repeat(20)),
        "hash256" => json!("00".repeat(32)),
        "commitment" => json!("02".repeat(33)),
        "wif" => json!("5"),
        "bool" => json!(chance.below(2) == 1),
        "uint8" => json!(number & 0xff),
        "uint16" => chance.one_of(&[json!(number & 0xffff), json!(10), json!(100)]),
        "uint32" => chance.one_of(&[json!(0), json!(1_000), json!(60), json!(u32::MAX)]),
        "int8" => json!(number & 0x7f),
        "uint64" | "callback" => json!(number),
        "int64" => chance.one_of(&[json!(number), json!(-1), json!(0)]),
        "null" => Value::Null,
        "price" => json!({
            "base": { "amount": 1, "asset_id": "1.3.0" },
            "quote": { "amount": number, "asset_id": "1.3.1" },
        }),
        "operation" => operation(1, chance),
        "transaction" | "signed_transaction" => transaction(chance),
        "signed_block" => json!({ "transactions": vec![transaction(chance)] }),
        "history_filter" => json!({
            "operations": chance.one_of(&[json!([]), json!([0]), json!([77]), json!([4, 0])]),
            "asset": chance.one_of(&["TRADED", "BTS", "MARKET7"]),
        }),
        kind if kind.ends_with(".x") => json!(kind.replace('x', &number.to_string())),
        _ => json!({}),
    }
}

/// Something that many keys and addresses could be asked about.
fn operation(authorities: usize, chance: &mut Chance) -> Value {
    let address = world::key().public_key().address().to_json_in(Dialect::REFERENCE);
    let auths = |n: usize| json!([address, n]);
    match chance.below(3) {
        0 => json!([0, { "from": "1.2.8", "to": "1.2.9", "amount": { "amount": 1 } }]),
        1 => json!([22, { "fee_paying_account": "1.2.8", "proposed_ops": [] }]),
        _ => json!([40, { "inputs": [{
            "commitment": "02".repeat(33),
            "owner": {
                "weight_threshold": 1,
                "address_auths": (0..authorities).map(auths).collect::<Vec<_>>(),
            },
        }] }]),
    }
}

fn transaction(chance: &mut Chance) -> Value {
    let (operations, authorities) = chance.one_of(&[(1, 1), (1, 5_000), (2_000, 1), (100, 20)]);
    let one = operation(authorities, chance);
    let signatures = vec!["1f".repeat(65); chance.one_of(&[0, 1, 100, 1_000])];
    json!({ "operations": vec![one; operations], "signatures": signatures })
}
