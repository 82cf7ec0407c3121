//! A full account names the contracts that concern it, and a client reads all of them.
//!
//! One test, because a process serves one chain and says once whether that knows such.

use carbyne_answers::FullAccount;
use carbyne_api::methods::ApiSet;
use carbyne_api::{Blocks, Outcome, Session, Settings, View};
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_objects::*;
use carbyne_protocol::GenesisState;
use carbyne_protocol::features::Family;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::ids::*;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Digest, Id, JsonIn, TimePointSec};
use serde_json::{Value, json};

/// The first account that the genesis names.
const SOMEBODY: AccountId = Id(6);

struct NoBlocks;

impl Blocks for NoBlocks {
    fn block(&self, _: u32) -> Option<SignedBlock> {
        None
    }
}

fn genesis() -> GenesisState {
    let name = || "somebody".into();
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(1_900_000_000),
        initial_active_witnesses: 1,
        initial_accounts: vec![InitialAccount {
            name: name(),
            is_lifetime_member: true,
            ..InitialAccount::default()
        }],
        initial_witness_candidates: vec![InitialWitness {
            owner_name: name(),
            ..Default::default()
        }],
        initial_committee_candidates: vec![InitialCommitteeMember { owner_name: name() }],
        carbyne_features: Some(Family::ALL.into_iter().collect()),
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    genesis
}

fn ask(ledger: &Ledger) -> Value {
    let settings = Settings { open: ApiSet::DEFAULT.to_vec(), ..Settings::default() };
    let (history, refusals) = (History::new(Default::default()), Default::default());
    let view = View::new(ledger, &history, &refusals, &NoBlocks, &settings);
    let params = json!(["database", "get_full_accounts", [["somebody"], false]]);
    let frame = json!({"id": 1, "method": "call", "params": params});
    let outcome = Session::new(&settings.open).handle(&frame.to_string(), &view);
    let Outcome::Answer(Some(reply)) = outcome else { panic!("answers at once") };
    reply.into_value()["result"][0][1].take()
}

#[test]
fn a_full_account_tells_of_every_kind_of_contract() {
    let mut ledger = Ledger::from_genesis(&genesis(), Digest::default()).unwrap();
    ledger.create::<RecurringId>(Recurring { to: SOMEBODY, ..Recurring::default() });
    ledger.create::<EscrowId>(Escrow { agent: Some(SOMEBODY), ..Escrow::default() });
    ledger.create::<BondOfferId>(BondOffer { creator: SOMEBODY, ..BondOffer::default() });
    ledger.create::<BondId>(Bond { lender: SOMEBODY, ..Bond::default() });
    let position = OptionPosition { writer: SOMEBODY, ..OptionPosition::default() };
    ledger.create::<OptionPositionId>(position);
    ledger.create::<TitleId>(Title { account: SOMEBODY, ..Title::default() });
    ledger.create::<TitleOfferId>(TitleForSale { payout: SOMEBODY, ..TitleForSale::default() });
    ledger.create::<OwnedObjectId>(OwnedObject { owner: SOMEBODY, ..OwnedObject::default() });
    ledger.create::<ListingId>(Listing { seller: SOMEBODY, ..Listing::default() });

    let answer = ask(&ledger);
    let promises = answer["promises"].as_object().expect("promises");
    for (name, list) in promises.iter().filter(|(name, _)| *name != "more_data_available") {
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{name}");
        assert_eq!(promises["more_data_available"][name], false, "{name}");
    }
    let read = FullAccount::from_json_in(&answer, ledger.dialect).unwrap();
    assert_eq!(read.to_json_in(ledger.dialect), answer);
}
