//! Whatever bytes or JSON somebody sends, reading it gives a value or a typed error, and a value
//! can be checked, priced and written again. Nothing panics, and nothing needs more than a small
//! stack.

use carbyne_ledger::Ledger;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::genesis::{InitialAccount, InitialAsset, InitialBalance, InitialWitness};
use carbyne_protocol::ops::custom_authority::CustomAuthorityCreate;
use carbyne_protocol::ops::proposal::ProposalCreate;
use carbyne_protocol::ops::proposal::create::OpWrapper;
use carbyne_protocol::ops::{Operation, RequiredAuthorities};
use carbyne_protocol::restriction::{Argument, Restriction};
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredTransaction};
use carbyne_wire::{Dialect, Digest, FlatSet, Id, Json, JsonIn, Pack, Reader, Tags, unpack_exact};
use proptest::prelude::*;
use serde_json::{Value, json};

/// That of a chain that knows contracts.
const LATER: Dialect = Dialect::REFERENCE.knowing(Tags::All);

/// Operations have tags below.
const OPERATIONS: u8 = 78;
/// Smaller than that of any thread of a node.
const STACK_BYTES: usize = 512 * 1024;

/// Bytes of which most are small, so that lengths and tags often fit.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![6 => Just(0_u8), 3 => 1..4_u8, 1 => any::<u8>()];
    proptest::collection::vec(byte, 0..400)
}

/// Does with an operation what is done before its rules are asked.
fn look_at(operation: &Operation) {
    let stateless = operation.stateless();
    let _invalid = stateless.check_stateless();
    stateless.require(&mut RequiredAuthorities::default());
    stateless.touch(&mut FlatSet::new());
    let _unpriced = FeeSchedule::with_defaults().calculate_fee(operation);
    let again: Operation = unpack_exact(&operation.to_bytes(), Tags::All).expect("what was packed");
    assert_eq!(&again, operation);
    let _same_but_for_text = Operation::from_json_in(&operation.to_json_in(LATER), LATER);
}

fn look_at_transaction(transaction: &SignedTransaction) {
    transaction.operations.iter().for_each(look_at);
    let recovered =
        RecoveredTransaction::new(transaction.clone(), &Digest::default(), Recover::Signatures);
    let _invalid = (recovered.validate(), recovered.keys().is_ok());
}

/// The operation with that tag whose members are all zero or empty.
fn plain_operation(tag: u8) -> Operation {
    let mut zeros = vec![tag];
    zeros.resize(4_000, 0);
    Operation::unpack(&mut Reader::new(&zeros, Tags::All)).expect("an operation of zeros")
}

/// JSON of any kind and small size.
fn any_json() -> impl Strategy<Value = Value> {
    let texts = ["", "1.2.0", "1.3.99999999999999999999", "2030-01-01T00:00:00", "-1", "ä"];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(u64::MAX)),
        Just(json!(1e300)),
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], 0, "x"])),
        Just(json!([255, {}])),
    ]
}

/// The number of values in a tree, itself included.
fn count(value: &Value) -> usize {
    let inside = match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    1 + inside
}

/// Puts another value in the place of the one with that number; false if the tree is smaller.
fn replace(tree: &mut Value, place: &mut usize, other: &Value) -> bool {
    if *place == 0 {
        *tree = other.clone();
        return true;
    }
    *place -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, place, other)),
        Value::Object(members) => members.values_mut().any(|item| replace(item, place, other)),
        _ => false,
    }
}

fn with_changes(mut tree: Value, changes: &[(usize, Value)]) -> Value {
    for (place, other) in changes {
        let mut place = place % count(&tree);
        replace(&mut tree, &mut place, other);
    }
    tree
}

fn changes() -> impl Strategy<Value = Vec<(usize, Value)>> {
    proptest::collection::vec((any::<usize>(), any_json()), 1..4)
}

fn genesis() -> Value {
    let names = ["first0", "second0", "third0"];
    let account = |name: &str| InitialAccount { name: name.into(), ..Default::default() };
    let mut genesis = GenesisState {
        initial_active_witnesses: 1,
        initial_accounts: names.map(account).into(),
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    genesis.initial_assets.push(InitialAsset { symbol: "COIN".into(), ..Default::default() });
    genesis.initial_balances.push(InitialBalance { amount: 5, ..Default::default() });
    let owner_name = "first0".into();
    genesis.initial_witness_candidates.push(InitialWitness { owner_name, ..Default::default() });
    genesis.to_json_in(LATER)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn bytes_are_an_operation_or_not(tag in 0..OPERATIONS + 2, rest in bytes()) {
        let mut bytes = vec![tag];
        bytes.extend(rest);
        if let Ok(operation) = Operation::unpack(&mut Reader::new(&bytes, Tags::All)) {
            look_at(&operation);
        }
    }

    #[test]
    fn bytes_are_a_transaction_or_a_block_or_not(bytes in bytes()) {
        if let Ok(transaction) = SignedTransaction::unpack(&mut Reader::new(&bytes, Tags::All)) {
            look_at_transaction(&transaction);
        }
        if let Ok(block) = SignedBlock::unpack(&mut Reader::new(&bytes, Tags::All)) {
            let _numbers = (block.block_num(), block.merkle_root());
            let transactions = block.transactions.into_iter();
            transactions.for_each(|processed| look_at_transaction(&processed.transaction));
        }
    }

    #[test]
    fn json_is_an_operation_or_not(tag in 0..OPERATIONS, changes in changes()) {
        let json = with_changes(plain_operation(tag).to_json_in(LATER), &changes);
        if let Ok(operation) = Operation::from_json_in(&json, LATER) {
            look_at(&operation);
        }
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn json_is_a_genesis_or_not(changes in changes()) {
        if let Ok(genesis) = GenesisState::from_json_in(&with_changes(genesis(), &changes), LATER) {
            let _refused = Ledger::from_genesis(&genesis, Digest::default());
        }
    }
}

/// A proposal in a proposal, `depth` times, packed.
fn nested_proposals(depth: usize) -> Vec<u8> {
    let mut operation = plain_operation(0);
    for _ in 0..depth {
        let proposed_ops = vec![OpWrapper { op: operation }];
        operation = ProposalCreate { proposed_ops, ..ProposalCreate::default() }.into();
    }
    operation.to_bytes()
}

/// A restriction in a restriction, `depth` times, packed with the operation that has it.
fn nested_restrictions(depth: usize) -> Vec<u8> {
    let mut restriction = Restriction::default();
    for _ in 0..depth {
        let argument = Argument::Branches(vec![vec![restriction]]);
        restriction = Restriction { argument, ..Restriction::default() };
    }
    let restrictions = vec![restriction];
    Operation::from(CustomAuthorityCreate { restrictions, ..Default::default() }).to_bytes()
}

/// The deepest nesting that is read and looked at with a small stack.
fn deepest(nested: fn(usize) -> Vec<u8>) -> usize {
    let work = move || {
        let mut deepest = 0;
        for depth in [1, 10, 50, 100, 119, 120, 121, 200] {
            if let Ok(operation) = unpack_exact::<Operation>(&nested(depth), Tags::All) {
                look_at(&operation);
                deepest = depth;
            }
        }
        deepest
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
    thread.unwrap().join().unwrap()
}

#[test]
fn what_nests_fits_a_small_stack_or_is_refused() {
    for nested in [nested_proposals, nested_restrictions] {
        assert!((50..200).contains(&deepest(nested)));
    }
}

#[test]
fn many_items_in_the_wrong_order_are_sorted_quickly() {
    let count = 200_000_u64;
    let json = Value::from((0..count).rev().map(|n| format!("1.2.{n}")).collect::<Vec<_>>());
    let set = FlatSet::<Id<1, 2>>::from_json(&json).unwrap();
    assert_eq!(set.len() as u64, count);
    assert!(set.is_sorted());
    let auths: Value = (0..count).rev().map(|n| json!([format!("1.2.{n}"), 1])).collect();
    let authority = Authority::from_json_in(
        &json!({
            "weight_threshold": 1,
            "account_auths": auths,
            "key_auths": [],
            "address_auths": [],
        }),
        LATER,
    );
    let authority = authority.unwrap();
    assert_eq!(authority.account_auths.len() as u64, count);
}
