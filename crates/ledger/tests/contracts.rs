//! A chain opts in to contracts by its genesis; one that does not has nothing of them.

use carbyne_ledger::Ledger;
use carbyne_protocol::GenesisState;
use carbyne_protocol::features::Family;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_wire::{Dialect, Digest, JsonIn, Tags, TimePointSec};
use serde_json::json;

/// That of a chain that knows contracts.
const LATER: Dialect = Dialect::REFERENCE.knowing(Tags::All);

fn genesis() -> GenesisState {
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(1_900_000_000),
        initial_active_witnesses: 1,
        initial_accounts: vec![InitialAccount {
            name: "first0".into(),
            is_lifetime_member: true,
            ..Default::default()
        }],
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    let owner_name = "first0".into();
    genesis.initial_witness_candidates.push(InitialWitness { owner_name, ..Default::default() });
    let owner_name = "first0".into();
    genesis.initial_committee_candidates.push(InitialCommitteeMember { owner_name });
    genesis
}

fn spaces(ledger: &Ledger) -> Vec<(u8, u8)> {
    let mut spaces = Vec::new();
    ledger.tables.each(&mut |place, _| spaces.push(place));
    spaces
}

#[test]
fn a_genesis_that_says_nothing_makes_the_chain_it_always_made() {
    let said = genesis().to_json_in(LATER);
    assert!(said.get("carbyne_features").is_none());
    assert_eq!(GenesisState::from_json_in(&said, LATER).unwrap(), genesis());
    let ledger = Ledger::from_genesis(&genesis(), Digest::default()).unwrap();
    let places = spaces(&ledger);
    assert_eq!(places.len(), 36);
    assert!(places.iter().all(|(space, _)| *space < 3));
    assert!(ledger.tables.any(16, 0).is_none());
    assert!(!ledger.tables.opted_in());
}

#[test]
fn a_genesis_opts_in_and_may_leave_all_families_closed() {
    let open = |families: serde_json::Value| {
        let mut said = genesis().to_json_in(LATER);
        said["carbyne_features"] = families;
        let genesis = GenesisState::from_json_in(&said, LATER).unwrap();
        Ledger::from_genesis(&genesis, Digest::default()).unwrap()
    };
    let none = open(json!([]));
    assert!(none.tables.opted_in());
    assert!(!carbyne_ledger::features::is_open(&none, Family::Escrow));
    let some = open(json!(["escrow", "recurring"]));
    assert!(carbyne_ledger::features::is_open(&some, Family::Escrow));
    assert!(!carbyne_ledger::features::is_open(&some, Family::Bonds));
    let places = spaces(&some);
    assert!(places.len() > 36 && places.is_sorted());
    let settings = some.tables.any(16, 0).unwrap().json(0, LATER).unwrap();
    assert_eq!(settings["id"], "16.0.0");
    assert_eq!(settings["current"]["open"], json!(["recurring", "escrow"]));
    assert_eq!(settings["current"]["limits"]["due_per_block"], 1_000);
    // Before that, both are the same chain.
    assert_ne!(some.state_hash(), none.state_hash());
    let mut said = genesis().to_json_in(LATER);
    said["carbyne_features"] = json!(["nothing"]);
    assert!(GenesisState::from_json_in(&said, LATER).is_err());
}
