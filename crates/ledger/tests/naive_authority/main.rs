//! Questions about authorities against a slow model of the reference: the same authorities, keys
//! and approvals give the same answer, and the same keys are asked for.
//!
//! `CARBYNE_AUTHORITY_CASES` says how many cases are tried.

mod model;
mod world;

use carbyne_crypto::PublicKey;
use carbyne_ledger::authorize::{
    Approvals, agrees_alone, minimize_required_signatures, required_signatures, verify_authority,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::required::needs_only;
use carbyne_wire::FlatSet;
use model::Answer;
use proptest::prelude::*;
use world::{World, world};

/// Cases that are tried by default.
const CASES: u32 = 4_000;

/// The answer that a refusal is.
fn answer(rejected: &Rejected) -> Answer {
    let account = || {
        let text = rejected.to_string();
        let number = text.rsplit('.').next().and_then(|number| number.parse().ok());
        carbyne_wire::Id(number.unwrap_or_else(|| panic!("{text}")))
    };
    match rejected.reason() {
        "AuthorityRefusal::CommitteeSigned" => Answer::Committee,
        "AuthorityRefusal::MissingOther" => Answer::MissingOther,
        "AuthorityRefusal::MissingOwner" => Answer::MissingOwner(account()),
        "AuthorityRefusal::MissingActive" => Answer::MissingActive(account()),
        "AuthorityRefusal::IrrelevantSignature" => Answer::Unnecessary,
        other => panic!("{other}: {rejected}"),
    }
}

fn check_verified(world: &World) {
    let needs = world.needs();
    let agreed = &world.agreed;
    let (active, owner): (Vec<_>, Vec<_>) =
        (agreed.active.iter().copied().collect(), agreed.owner.iter().copied().collect());
    let approvals = Approvals {
        keys: &agreed.keys,
        active: &active,
        owner: &owner,
        allow_committee: agreed.committee,
    };
    let got = verify_authority(&world.operations, &approvals, world, world.depth);
    let got = got.as_ref().map_or_else(answer, |()| Answer::Yes);
    // Of a transaction nobody approves but who signs.
    let signers = (active.is_empty() && owner.is_empty()).then_some(&agreed.keys[..]);
    if let (Some(account), Some([key])) = (needs_only(&world.operations), signers)
        && agrees_alone(world, account, key)
    {
        assert_eq!(got, Answer::Yes);
    }
    assert_eq!(got, model::verify(&needs, agreed, &world.accounts, world.depth));
}

fn check_asked_for(world: &World) {
    let needs = world.needs();
    let World { operations, agreed, available, accounts, depth, .. } = world;
    let signed = &agreed.keys;
    let got = required_signatures(operations, signed, available, world, *depth).unwrap();
    assert_eq!(got.as_slice(), model::required(&needs, signed, available, accounts, *depth));
    let got = minimize_required_signatures(operations, signed, available, world, *depth);
    let wanted = model::minimal(&needs, signed, available, accounts, *depth);
    let got: Option<FlatSet<PublicKey>> = got.ok();
    assert_eq!(got.as_ref().map(|keys| keys.as_slice()), wanted.as_deref());
}

fn cases() -> u32 {
    let asked = std::env::var("CARBYNE_AUTHORITY_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_slow_model_gives_the_same_answer(world in world()) {
        check_verified(&world);
        check_asked_for(&world);
    }
}
