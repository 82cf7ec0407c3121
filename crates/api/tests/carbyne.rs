//! The methods that are ours, asked as clients ask, on a small chain with two friends who send each
//! other core.

use carbyne_api::methods::ApiSet;
use carbyne_api::{Blocks, Outcome, Session, Settings, Submission, View, effects};
use carbyne_chain::{Chain, ChainEvent};
use carbyne_crypto::PrivateKey;
use carbyne_index::{History, Refusals};
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredTransaction};
use carbyne_wire::{Dialect, Digest, Hash160, Id, Json, JsonIn, TimePointSec};
use serde_json::{Value, json};
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
/// Nobody signed, and nothing names a block.
const UNSIGNED: Trust = Trust::Except(Questions::SIGNATURES.and(Questions::REFERENCE_BLOCK));
const COMMITTEE: AccountId = Id(0);
const ANN: AccountId = Id(7);
const BOB: AccountId = Id(8);

struct NoBlocks;

impl Blocks for NoBlocks {
    fn block(&self, _: u32) -> Option<SignedBlock> {
        None
    }
}

struct World {
    chain: Chain,
    history: History,
    refusals: Refusals,
    settings: Settings,
    transfers: i64,
}

fn key() -> PrivateKey {
    PrivateKey::from_seed("everybody")
}

fn genesis() -> GenesisState {
    let public = key().public_key();
    let account = |name: &str| InitialAccount {
        name: name.into(),
        owner_key: public,
        is_lifetime_member: true,
        ..InitialAccount::default()
    };
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(1_900_000_000),
        initial_active_witnesses: 1,
        initial_accounts: ["witness0", "ann0", "bob0"].map(account).into(),
        initial_witness_candidates: vec![InitialWitness {
            owner_name: "witness0".into(),
            block_signing_key: public,
        }],
        initial_committee_candidates: vec![InitialCommitteeMember {
            owner_name: "witness0".into(),
        }],
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    *genesis.initial_parameters.current_fees = FeeSchedule::with_defaults();
    genesis.initial_parameters.current_fees.scale = 0;
    genesis
}

impl World {
    fn new() -> Self {
        let ledger = Ledger::from_genesis(&genesis(), CHAIN_ID).expect("a ledger");
        let settings = Settings { open: ApiSet::DEFAULT.to_vec(), ..Settings::default() };
        let history = History::new(Default::default());
        let (chain, refusals) = (Chain::new(ledger, CHAIN_ID), Refusals::default());
        Self { chain, history, refusals, settings, transfers: 0 }
    }

    /// A transfer that differs from every other; it expires after ten minutes.
    fn transfer(&mut self, from: AccountId, to: AccountId, amount: i64) -> SignedTransaction {
        self.transfers += 1;
        let transfer = Transfer { from, to, amount: Asset::core(amount), ..Transfer::default() };
        let now = self.chain.ledger().head_time().expect("a time");
        SignedTransaction {
            ref_block_prefix: self.transfers as u32,
            expiration: now.wrapping_add(600),
            operations: [transfer.into()].into(),
            ..SignedTransaction::default()
        }
    }

    /// Pushes a transaction and gives its id.
    fn push(&mut self, transaction: SignedTransaction) -> Hash160 {
        let recovered = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Nothing);
        let id = recovered.id();
        let _refused = self.chain.push_transaction(Arc::new(recovered), UNSIGNED);
        self.follow();
        id
    }

    /// Produces the block of the slot `slots` after the head block.
    fn produce(&mut self, slots: u32) {
        let slot = self.chain.slot(slots).expect("a slot");
        self.chain.generate_block(slot.time, slot.witness, &key(), UNSIGNED).expect("a block");
        self.follow();
    }

    fn follow(&mut self) {
        for event in self.chain.take_events() {
            match event {
                ChainEvent::Undone { .. } => self.history.undo(),
                ChainEvent::Applied(block) => {
                    self.history.apply(&block.block, &block.operations);
                }
                ChainEvent::Refused(refused) => self.refusals.add(*refused),
                ChainEvent::Pending(_) => {}
            }
        }
    }

    fn call(&mut self, method: &str, arguments: Value) -> Outcome {
        let frame = json!({ "id": 1, "method": "call", "params": ["carbyne", method, arguments] });
        let view = View::new(
            self.chain.ledger(),
            &self.history,
            &self.refusals,
            &NoBlocks,
            &self.settings,
        );
        Session::new(&self.settings.open).handle(&frame.to_string(), &view)
    }

    /// The result of a method, or its error.
    fn ask(&mut self, method: &str, arguments: Value) -> Value {
        let Outcome::Answer(Some(reply)) = self.call(method, arguments) else {
            panic!("{method} answers at once")
        };
        let mut answer = reply.into_value();
        match answer.get_mut("result") {
            Some(result) => result.take(),
            None => answer["error"]["message"].take(),
        }
    }

    fn status(&mut self, id: &Hash160) -> Value {
        self.ask("get_transaction_status", json!([id.to_json()]))
    }
}

#[test]
fn a_transaction_is_pending_then_included_then_final_and_may_go_back() {
    let mut world = World::new();
    world.produce(1);
    let transfer = world.transfer(COMMITTEE, ANN, 5);
    let id = world.push(transfer);
    assert_eq!(world.status(&id)["status"], "pending");
    world.produce(1);
    let status = world.status(&id);
    assert_eq!((&status["status"], &status["block_num"]), (&json!("included"), &json!(2)));
    assert_eq!((&status["trx_in_block"], &status["is_final"]), (&json!(0), &json!(true)));
    world.chain.pop_block().expect("a block to undo");
    world.follow();
    assert_eq!(world.status(&id)["status"], "unknown");
}

#[test]
fn a_refused_transaction_says_why_and_expires() {
    let mut world = World::new();
    world.produce(1);
    let transfer = world.transfer(ANN, BOB, 5);
    let id = world.push(transfer);
    let status = world.status(&id);
    assert_eq!(status["status"], "refused");
    let error = &status["error"];
    assert_eq!(error["code"], 10, "{status}");
    let message = error["message"].as_str().expect("a message");
    let words = "Execution error: Assert Exception: insufficient_balance: Insufficient Balance: ";
    assert!(message.starts_with(words), "{message}");
    assert_eq!(error["data"]["reason"], "TransferRefusal::InsufficientBalance");
    let explanation = error["data"]["explanation"].as_str().expect("an explanation");
    assert!(explanation.starts_with("'ann0' has 0"), "{explanation}");
    world.produce(1_000);
    assert_eq!(world.status(&id)["status"], "expired");
    assert_eq!(world.status(&Hash160::default()), json!({ "status": "unknown" }));
}

#[test]
fn a_simulation_says_what_would_change_and_changes_nothing() {
    let mut world = World::new();
    world.produce(1);
    let transfer = world.transfer(COMMITTEE, ANN, 5).to_json_in(Dialect::REFERENCE);
    let Outcome::Submit(submission) = world.call("simulate", json!([transfer])) else {
        panic!("a simulation needs the chain")
    };
    let Submission::Simulate { transaction, with_signatures: false } = submission.1 else {
        panic!("it is a simulation without signatures")
    };
    let before = world.chain.ledger().state_hash();
    let transaction = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Nothing);
    let simulated = world.chain.simulate(&transaction, UNSIGNED).expect("it applies");
    let told = effects(&simulated, Dialect::REFERENCE);
    assert_eq!(told["operation_results"], json!([[0, {}]]));
    let balance = told["created"].as_array().into_iter().flatten();
    let mut balance = balance.filter(|object| object["owner"] == "1.2.7" && object["balance"] == 5);
    assert!(balance.next().is_some(), "{told}");
    assert_eq!(world.chain.ledger().state_hash(), before);
}

#[test]
fn pages_of_objects_follow_each_other_to_the_end() {
    let mut world = World::new();
    let (mut cursor, mut names) = (Value::Null, Vec::new());
    loop {
        let page = world.ask("list_objects", json!(["1.2", cursor, 4]));
        let accounts = page["items"].as_array().into_iter().flatten();
        names.extend(accounts.map(|account| account["name"].to_string()));
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let count = world.chain.ledger().tables.accounts.len();
    assert_eq!((names.len(), names[0].as_str()), (count, "\"committee-account\""));
    for wrong in [json!(["1.2", "1.3.0", 4]), json!(["accounts"]), json!(["1.2", null, 1_001])] {
        let answer = world.ask("list_objects", wrong.clone());
        assert!(answer.is_string(), "{wrong} is refused, not {answer}");
    }
}

#[test]
fn a_history_is_filtered_and_paged() {
    let mut world = World::new();
    for amount in 1..=5 {
        let transfer = world.transfer(COMMITTEE, ANN, amount);
        world.push(transfer);
        world.produce(1);
    }
    let amounts = |page: &Value| -> Vec<i64> {
        let operations = page["items"].as_array().into_iter().flatten();
        operations.filter_map(|one| one["op"][1]["amount"]["amount"].as_i64()).collect()
    };
    let first = world.ask("account_history", json!(["ann0", {}, null, 3]));
    assert_eq!(amounts(&first), [5, 4, 3]);
    let second = world.ask("account_history", json!(["ann0", {}, first["cursor"], 3]));
    assert_eq!((amounts(&second), &second["cursor"]), (vec![2, 1], &Value::Null));
    let mut check = |filter: Value, wanted: &[i64]| {
        let page = world.ask("account_history", json!(["ann0", filter]));
        assert_eq!(amounts(&page), wanted, "{filter}: {page}");
    };
    check(json!({ "operations": [0] }), &[5, 4, 3, 2, 1]);
    check(json!({ "operations": [1, 2] }), &[]);
    check(json!({ "asset": "1.3.0" }), &[5, 4, 3, 2, 1]);
    let time = |place: usize| first["items"][place]["block_time"].clone();
    check(json!({ "start": time(1), "stop": time(2) }), &[4]);
    check(json!({ "stop": time(1) }), &[5]);
}

#[test]
fn debugging_changes_objects_and_makes_blocks_with_any_key() {
    let mut world = World::new();
    world.produce(1);
    world.produce(1);
    let update = json!({ "id": "1.2.7", "_action": "update", "name": "renamed" });
    world.chain.update_object(&update, UNSIGNED).expect("the account is there");
    let name = |world: &World| world.chain.ledger().get(ANN).map(|ann| ann.name.to_string());
    assert_eq!(name(&world).ok().as_deref(), Some("renamed"));
    let refused = [json!({}), json!({ "id": "1.2.99" }), json!({ "id": "1.2.7", "_action": "x" })];
    for update in refused {
        assert!(world.chain.update_object(&update, UNSIGNED).is_err(), "{update}");
    }
    world.chain.pop_block().expect("a block to undo");
    assert_eq!(name(&world).ok().as_deref(), Some("ann0"));
    let other = PrivateKey::from_seed("somebody else");
    world.chain.generate_with(&other, Trust::Nobody).expect("a block");
    world.chain.generate_with(&other, Trust::Nobody).expect("another block");
    assert_eq!(world.chain.head_number(), 3);
}
