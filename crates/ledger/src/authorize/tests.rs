//! Tables of authorities, signatures and what becomes of them.

use super::*;
use carbyne_protocol::ops::account::update::AccountUpdate;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_wire::Id;
use std::collections::BTreeMap;

/// Accounts with their active and owner authorities, from lines like
/// `10 active 2 k1=1 a11=1 owner 1 k9=1`.
#[derive(Default)]
struct World(BTreeMap<AccountId, [Authority; 2]>);

impl AuthorityLookup for World {
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.0[&account][0])
    }
    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.0[&account][1])
    }
}

fn key(text: &str) -> PublicKey {
    let mut bytes = [2; 33];
    bytes[32] = text.strip_prefix('k').unwrap().parse().unwrap();
    PublicKey(bytes)
}

fn account(text: &str) -> AccountId {
    Id(text.strip_prefix('a').unwrap_or(text).parse().unwrap())
}

fn authority(text: &str) -> Authority {
    let (threshold, members) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let mut authority =
        Authority { weight_threshold: threshold.parse().unwrap(), ..Authority::default() };
    for member in members.split_whitespace() {
        let (who, weight) = member.split_once('=').unwrap();
        let weight = weight.parse().unwrap();
        match &who[..1] {
            "k" => drop(authority.key_auths.insert(key(who), weight)),
            "@" => drop(authority.address_auths.insert(key(&who[1..]).address(), weight)),
            _ => drop(authority.account_auths.insert(account(who), weight)),
        }
    }
    authority
}

fn world(text: &str) -> World {
    let mut world = World::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, rest) = line.split_once(" active ").unwrap();
        let (active, owner) = rest.split_once(" owner ").unwrap();
        world.0.insert(account(id), [authority(active), authority(owner)]);
    }
    world
}

/// `transfer 10`, `own 10` (needs the owner authority), `custom 10 11` (names 11).
fn operation(text: &str) -> Operation {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["transfer", from] => Transfer { from: account(from), ..Transfer::default() }.into(),
        ["own", who] => {
            let owner = Some(Authority::default());
            AccountUpdate { account: account(who), owner, ..AccountUpdate::default() }.into()
        }
        ["custom", payer, named] => {
            let required_auths = [account(named)].into_iter().collect();
            Custom { payer: account(payer), required_auths, ..Custom::default() }.into()
        }
        _ => panic!("{text}"),
    }
}

fn keys(text: &str) -> Vec<PublicKey> {
    text.split_whitespace().map(key).collect()
}

/// Each case: operations, keys that signed, `ok` or the reason.
#[track_caller]
fn check(accounts: &str, cases: &[(&str, &str, &str)]) {
    let world = world(accounts);
    for (operations, signed, wanted) in cases {
        let operations: Vec<Operation> = operations.split(',').map(operation).collect();
        let signed = keys(signed);
        let approvals = Approvals { keys: &signed, ..Approvals::default() };
        let got = match verify_authority(&operations, &approvals, &world, 2) {
            Ok(()) => "ok".to_owned(),
            Err(rejected) => rejected.reason().replace("AuthorityRefusal::", ""),
        };
        assert_eq!(got, *wanted, "{operations:?} signed by {signed:?}");
    }
}

#[test]
fn active_or_owner_signs_and_nothing_more() {
    check(
        "10 active 1 k1=1 owner 1 k2=1",
        &[
            ("transfer 10", "k1", "ok"),
            ("transfer 10", "k2", "ok"),
            ("transfer 10", "", "MissingActive"),
            ("transfer 10", "k3", "MissingActive"),
            ("transfer 10", "k1 k2", "IrrelevantSignature"),
            ("own 10", "k1", "MissingOwner"),
            ("own 10", "k2", "ok"),
            ("own 10,transfer 10", "k1 k2", "ok"),
        ],
    );
}

#[test]
fn weights_add_up_until_they_are_enough() {
    check(
        "10 active 3 k1=1 k2=2 k3=2 owner 1 k9=1",
        &[
            ("transfer 10", "k1", "MissingActive"),
            ("transfer 10", "k1 k2", "ok"),
            ("transfer 10", "k2 k3", "ok"),
            ("transfer 10", "k1 k2 k3", "IrrelevantSignature"),
        ],
    );
}

#[test]
fn accounts_stand_in_authorities_two_deep() {
    check(
        "10 active 1 a11=1 owner 1 a11=1
         11 active 1 a12=1 owner 1 a12=1
         12 active 1 a13=1 owner 1 k12=1
         13 active 1 k13=1 owner 1 k14=1",
        &[
            ("transfer 10", "k12", "ok"),
            ("transfer 10", "k13", "MissingActive"),
            ("transfer 11", "k13", "ok"),
            ("transfer 11", "k14", "ok"),
        ],
    );
}

#[test]
fn an_account_that_agreed_once_agrees_at_any_depth() {
    check(
        "10 active 1 a11=1 owner 1 k10=1
         11 active 1 a12=1 owner 1 k11=1
         12 active 1 k12=1 owner 1 k13=1
         20 active 1 a10=1 owner 1 k20=1
          9 active 1 a12=1 owner 1 k9=1",
        &[("transfer 20", "k12", "MissingActive"), ("transfer 9,transfer 20", "k12", "ok")],
    );
}

#[test]
fn the_committee_does_not_sign_and_anybody_is_the_temp_account() {
    check(
        "0 active 1 k1=1 owner 1 k1=1
         4 active 0 owner 0",
        &[
            ("transfer 0", "k1", "CommitteeSigned"),
            ("transfer 4", "", "ok"),
            ("transfer 4", "k1", "IrrelevantSignature"),
        ],
    );
}

#[test]
fn addresses_agree_by_their_keys() {
    check(
        "10 active 2 @k1=1 k2=1 owner 1 k9=1",
        &[
            ("transfer 10", "k1 k2", "ok"),
            ("transfer 10", "k2", "MissingActive"),
            ("transfer 10", "k2 k3", "MissingActive"),
        ],
    );
}

#[test]
fn accounts_named_by_a_custom_operation_sign_too() {
    check(
        "10 active 1 k1=1 owner 1 k2=1
         11 active 1 k3=1 owner 1 k4=1",
        &[("custom 10 11", "k1", "MissingActive"), ("custom 10 11", "k1 k3", "ok")],
    );
}

#[test]
fn approvals_of_a_proposal_stand_in_for_signatures() {
    let world = world("0 active 1 a10=1 owner 1 a10=1");
    let ten = [account("10")];
    let approvals = Approvals { active: &ten, allow_committee: true, ..Approvals::default() };
    assert!(verify_authority(&[operation("transfer 0")], &approvals, &world, 2).is_ok());
}

#[test]
fn available_keys_are_asked_for_only_as_far_as_needed() {
    let world = world(
        "10 active 2 k1=1 k2=1 k3=2 owner 1 k9=1
         11 active 1 k3=1 owner 1 k9=1",
    );
    let ask = |operations: &str, signed: &str, available: &str| {
        let operations: Vec<Operation> = operations.split(',').map(operation).collect();
        let (signed, available) = (keys(signed), keys(available));
        let all = required_signatures(&operations, &signed, &available, &world, 2);
        let few = minimize_required_signatures(&operations, &signed, &available, &world, 2);
        [all, few].map(|keys| keys.unwrap().iter().map(|key| key.0[32]).collect::<Vec<_>>())
    };
    assert_eq!(ask("transfer 10", "", "k9"), [[9], [9]]);
    assert_eq!(ask("transfer 11", "", "k3 k1"), [[3], [3]]);
    assert_eq!(ask("transfer 11", "k3", "k3 k1"), [[], []] as [[u8; 0]; 2]);
    let [all, few] = ask("transfer 10,transfer 11", "", "k1 k2 k3");
    assert!(all.len() >= few.len() && few == [3]);
}
