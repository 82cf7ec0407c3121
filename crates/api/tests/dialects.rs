//! Two chains with different prefixes, served by one process: each writes and reads its own.

use carbyne_api::methods::ApiSet;
use carbyne_api::{Blocks, Outcome, Session, Settings, View};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_protocol::GenesisState;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, Digest, TimePointSec};
use serde_json::{Value, json};

struct NoBlocks;

impl Blocks for NoBlocks {
    fn block(&self, _: u32) -> Option<SignedBlock> {
        None
    }
}

fn key() -> PublicKey {
    PrivateKey::from_seed("somebody").public_key()
}

/// A chain whose keys begin with a prefix, with an account `ann0` of one key.
fn chain(prefix: &str) -> Ledger {
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(1_900_000_000),
        initial_active_witnesses: 1,
        initial_accounts: vec![InitialAccount {
            name: "ann0".into(),
            owner_key: key(),
            is_lifetime_member: true,
            ..InitialAccount::default()
        }],
        initial_witness_candidates: vec![InitialWitness {
            owner_name: "ann0".into(),
            block_signing_key: key(),
        }],
        initial_committee_candidates: vec![InitialCommitteeMember { owner_name: "ann0".into() }],
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    let ledger = Ledger::from_genesis(&genesis, Digest::default()).unwrap();
    ledger.speaking(Dialect::new(prefix).unwrap())
}

fn ask(ledger: &Ledger, method: &str, arguments: Value) -> Value {
    let settings = Settings { open: ApiSet::DEFAULT.to_vec(), ..Settings::default() };
    let (history, refusals) = (History::new(Default::default()), Default::default());
    let view = View::new(ledger, &history, &refusals, &NoBlocks, &settings);
    let frame = json!({"id": 1, "method": "call", "params": ["database", method, arguments]});
    let outcome = Session::new(&settings.open).handle(&frame.to_string(), &view);
    let Outcome::Answer(Some(reply)) = outcome else { panic!("answers at once") };
    reply.into_value()
}

#[test]
fn each_chain_gives_and_takes_its_own_texts() {
    let chains = ["BTS", "TEST", ""].map(|prefix| (prefix, chain(prefix)));
    for (prefix, ledger) in &chains {
        let config = ask(ledger, "get_config", json!([]));
        assert_eq!(config["result"]["GRAPHENE_ADDRESS_PREFIX"], *prefix);
        let account = ask(ledger, "get_account_by_name", json!(["ann0"]));
        assert_eq!(account["result"]["owner"]["key_auths"][0][0], key().to_text(prefix));
    }
    for (prefix, ledger) in &chains {
        for (other, _) in &chains {
            let references = ask(ledger, "get_key_references", json!([[key().to_text(other)]]));
            let registered = ask(ledger, "is_public_key_registered", json!([key().to_text(other)]));
            assert_eq!(registered["result"], prefix == other, "{other} on {prefix}");
            assert_eq!(references["result"].is_array(), prefix == other, "{other} on {prefix}");
        }
    }
}
