//! The state that a genesis makes is the recorded one, object for object.

use carbyne_ledger::Ledger;
use carbyne_protocol::GenesisState;
use carbyne_wire::{Dialect, Digest, JsonIn, Value};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

type Objects = BTreeMap<String, Value>;

/// Types that recordings leave out: transactions and ids of recent blocks.
const LEFT_OUT: [(u8, u8); 2] = [(2, 7), (2, 8)];

fn genesis_event(name: &str) -> Value {
    let path = format!("{}/../../testdata/scenarios/{name}.jsonl.zst", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(path).unwrap();
    let mut line = String::new();
    BufReader::new(zstd::Decoder::new(file).unwrap()).read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

/// Numbers beyond 32 bits are written as text; fields that recordings leave out are taken away.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| *name != "num_committee_voted");
            Value::Object(kept.map(|(name, value)| (name.clone(), normal(value))).collect())
        }
        other => other.clone(),
    }
}

fn by_id<'a>(objects: impl Iterator<Item = &'a Value>) -> Objects {
    objects.map(|one| (one["id"].as_str().unwrap().to_owned(), normal(one))).collect()
}

fn check(name: &str) {
    let event = genesis_event(name);
    let genesis = GenesisState::from_json_in(&event["genesis"], Dialect::REFERENCE).unwrap();
    let chain_id = Digest::from_hex(event["chain_id"].as_str().unwrap()).unwrap();
    let ledger = Ledger::from_genesis(&genesis, chain_id).unwrap();
    let mut got = Vec::new();
    ledger.tables.each(&mut |id, table| {
        if !LEFT_OUT.contains(&id) {
            let row = |number| table.json(number, Dialect::REFERENCE);
            got.extend(table.numbers().into_iter().filter_map(row));
        }
    });
    let got = by_id(got.iter());
    let wanted = by_id(event["objects"].as_array().unwrap().iter());
    for (id, object) in &wanted {
        assert_eq!(got.get(id), Some(object), "{name} {id}");
    }
    assert_eq!(got.len(), wanted.len(), "{name}");
}

#[test]
fn the_state_of_a_genesis_is_the_recorded_one() {
    check("random.core-1.0");
    check("api_limit_tests.api_limit_get_limit_orders_by_account.0.m");
}

fn check_refusal(spoil: impl FnOnce(&mut GenesisState), want: &str) {
    let event = genesis_event("random.core-1.0");
    let mut genesis = GenesisState::from_json_in(&event["genesis"], Dialect::REFERENCE).unwrap();
    spoil(&mut genesis);
    let refusal = Ledger::from_genesis(&genesis, Digest([0; 32])).unwrap_err();
    assert_eq!(refusal.reason(), want, "{refusal}");
}

#[test]
fn no_chain_begins_with_what_its_founders_got_wrong() {
    check_refusal(|g| g.initial_timestamp.0 = 0, "GenesisRefusal::NoTimestamp");
    check_refusal(|g| g.initial_timestamp.0 += 1, "GenesisRefusal::UnevenTimestamp");
    check_refusal(|g| g.initial_witness_candidates.clear(), "GenesisRefusal::NoWitnesses");
    check_refusal(|g| g.initial_active_witnesses = 99, "GenesisRefusal::TooFewWitnesses");
    let even = |g: &mut GenesisState| g.immutable_parameters.min_witness_count = 10;
    check_refusal(even, "GenesisRefusal::EvenMinimum");
    let nobody = |g: &mut GenesisState| g.initial_witness_candidates[0].owner_name = "x".into();
    check_refusal(nobody, "GenesisRefusal::UnknownAccount");
    let nothing = |g: &mut GenesisState| g.initial_balances.push(Default::default());
    check_refusal(nothing, "GenesisRefusal::UnknownAsset");
    let unowed = |g: &mut GenesisState| g.initial_assets[0].accumulated_fees = 5;
    check_refusal(unowed, "GenesisRefusal::Imbalanced");
    let twin = |g: &mut GenesisState| g.initial_assets.push(g.initial_assets[0].clone());
    check_refusal(twin, "UniqueRefusal::Taken");
}
