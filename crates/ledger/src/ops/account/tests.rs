//! Accounts in a small chain.

use super::*;
use crate::ops::sandbox::{ISSUER, START, apply, check, ledger};
use carbyne_crypto::PublicKey;
use carbyne_protocol::authority::TopHolders;
use carbyne_protocol::constants::{CORE, NULL_ACCOUNT, PERCENT_100};
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::account::create::{AccountCreate, BuybackAccountOptions};
use carbyne_protocol::ops::account::update::AccountUpdate;
use carbyne_protocol::ops::account::upgrade::AccountUpgrade;
use carbyne_protocol::ops::account::whitelist::AccountWhitelist;
use carbyne_protocol::ops::governance::committee_member_create::CommitteeMemberCreate;
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_protocol::ops::governance::worker_create::WorkerCreate;
use carbyne_wire::{FlatSet, Id, Json, Rare, TimePointSec};

const ANN: AccountId = Id(6);
const BOB: AccountId = Id(7);

/// A chain on which Ann and the issuer are lifetime members. Votes: 1:0 and 0:1 are Ann, 2:2 and
/// 2:3 for and against her worker.
fn chain() -> Ledger {
    let mut ledger = ledger(5_000);
    for member in [ANN, ISSUER] {
        ledger.modify(member, |row| row.membership_expiration_date = TimePointSec::MAX).unwrap();
    }
    let witness = WitnessCreate { witness_account: ANN, ..Default::default() };
    let member = CommitteeMemberCreate { committee_member_account: ANN, ..Default::default() };
    let worker = WorkerCreate {
        owner: ANN,
        work_begin_date: START,
        work_end_date: TimePointSec::MAX,
        daily_pay: 1,
        ..Default::default()
    };
    check(&mut ledger, &[(witness.into(), "ok"), (member.into(), "ok"), (worker.into(), "ok")]);
    ledger
}

fn key() -> Authority {
    Authority::key(PublicKey([2; 33]))
}

fn an_address() -> Authority {
    let address_auths = [(Default::default(), 1)].into_iter().collect();
    Authority { address_auths, ..Authority::default() }
}

/// One account more than an authority may name.
fn crowd() -> Authority {
    let account_auths = (0..11).map(|number| (Id(number), 1)).collect();
    Authority { account_auths, ..Authority::default() }
}

fn votes(votes: &[&str]) -> Rare<FlatSet<VoteId>> {
    votes.iter().map(|vote| VoteId::from_json(&(*vote).into()).unwrap()).collect()
}

fn top_holders(asset: u64, num_top_holders: u8) -> Option<SpecialAuthority> {
    Some(SpecialAuthority::TopHolders(TopHolders { asset: Id(asset), num_top_holders }))
}

/// Ann registers an account, with a change.
fn create(name: &str, change: impl FnOnce(&mut AccountCreate)) -> Operation {
    let mut operation = AccountCreate {
        registrar: ANN,
        referrer: ANN,
        name: name.into(),
        owner: key(),
        active: key(),
        ..Default::default()
    };
    change(&mut operation);
    operation.into()
}

/// Ann registers an account that buys asset 1 back with asset 0, with a change.
fn create_buyback(
    change: impl FnOnce(&mut AccountCreate, &mut BuybackAccountOptions),
) -> Operation {
    create("buyback", |operation| {
        operation.owner = Authority::account(NULL_ACCOUNT);
        operation.active = Authority::account(NULL_ACCOUNT);
        let mut options = BuybackAccountOptions {
            asset_to_buy: Id(1),
            asset_to_buy_issuer: ISSUER,
            markets: [CORE].into_iter().collect(),
        };
        change(operation, &mut options);
        operation.extensions.buyback_options = Some(options);
    })
}

/// Ann changes her account.
fn update(change: impl FnOnce(&mut AccountUpdate)) -> Operation {
    let mut operation = AccountUpdate { account: ANN, ..Default::default() };
    change(&mut operation);
    operation.into()
}

/// Ann votes.
fn vote(change: impl FnOnce(&mut AccountOptions)) -> Operation {
    update(|operation| {
        let mut options = AccountOptions::default();
        change(&mut options);
        operation.new_options = Some(options);
    })
}

#[test]
fn a_malformed_account_is_refused_without_asking_the_state() {
    check(
        &mut chain(),
        &[
            (create("bob", |o| o.fee.amount = -1), "AccountCreateRefusal::NegativeFee"),
            (create("Bob", |_| ()), "AccountCreateRefusal::InvalidName"),
            (
                create("bob", |o| o.referrer_percent = PERCENT_100 + 1),
                "AccountCreateRefusal::ReferrerPercentTooLarge",
            ),
            (create("bob", |o| o.owner = Authority::default()), "AccountRefusal::EmptyAuthority"),
            (create("bob", |o| o.active = an_address()), "AccountRefusal::AddressAuthority"),
            (
                create("bob", |o| o.active.weight_threshold = 2),
                "AccountRefusal::ImpossibleAuthority",
            ),
            (create("bob", |o| o.options.num_witness = 1), "AccountRefusal::TooFewWitnessVotes"),
            (
                create("bob", |o| o.options.num_committee = 1),
                "AccountRefusal::TooFewCommitteeVotes",
            ),
            (
                create("bob", |o| o.extensions.owner_special_authority = top_holders(0, 0)),
                "AccountRefusal::NoTopHolders",
            ),
        ],
    );
}

#[test]
fn members_register_accounts_that_only_name_what_exists() {
    let mut ledger = chain();
    let crowd = crowd();
    check(
        &mut ledger,
        &[
            (create("bob", |o| o.registrar = BOB), "AccountCreateRefusal::RegistrarNotMember"),
            (create("bob", |o| o.referrer = BOB), "AccountCreateRefusal::ReferrerNotMember"),
            (create("bob", |o| o.referrer = Id(99)), "LedgerRefusal::UnknownObject"),
            (create("bob", |o| o.owner = crowd), "AccountCreateRefusal::AuthorityTooLarge"),
            (
                create("bob", |o| o.active = Authority::account(Id(99))),
                "AccountCreateRefusal::UnknownMember",
            ),
            (
                create("bob", |o| o.extensions.active_special_authority = top_holders(99, 1)),
                "LedgerRefusal::UnknownObject",
            ),
            (create("account-3", |_| ()), "AccountCreateRefusal::NameTaken"),
            (create("bob", |o| o.options.votes = votes(&["1:0"])), "ok"),
            (create("bob", |_| ()), "AccountCreateRefusal::NameTaken"),
        ],
    );
    let bob = ledger.get(Id(10) as AccountId).unwrap();
    assert_eq!((bob.registrar, bob.referrer, bob.lifetime_referrer), (ANN, ANN, Id(0)));
    assert!(ledger.statistics(bob.id).unwrap().voting.is_voting);
    assert_eq!(ledger.dynamic().unwrap().accounts_registered_this_interval, 1);
    assert!(ledger.tables.special_authorities.is_empty());
}

#[test]
fn a_buyback_account_is_nobodys_and_the_only_one_of_its_asset() {
    let many = [0, 2, 3, 4].map(Id);
    let mut ledger = chain();
    check(
        &mut ledger,
        &[
            (
                create_buyback(|o, _| o.extensions.owner_special_authority = top_holders(0, 1)),
                "AccountCreateRefusal::BuybackWithSpecialAuthority",
            ),
            (create_buyback(|o, _| o.active = key()), "AccountCreateRefusal::BuybackNotNull"),
            (
                create_buyback(|_, b| b.markets.clear()),
                "AccountCreateRefusal::BuybackWithoutMarkets",
            ),
            (
                create_buyback(|_, b| b.markets.extend([Id(1)])),
                "AccountCreateRefusal::BuybackOfItself",
            ),
            (
                create_buyback(|_, b| b.asset_to_buy_issuer = ANN),
                "AccountCreateRefusal::BuybackIncorrectIssuer",
            ),
            (
                create_buyback(|_, b| b.markets = many.into_iter().collect()),
                "AccountCreateRefusal::BuybackTooManyMarkets",
            ),
            (create_buyback(|_, _| ()), "ok"),
            (create_buyback(|_, _| ()), "AccountCreateRefusal::BuybackAlreadyExists"),
        ],
    );
    let account = ledger.get(Id(1) as AssetId).unwrap().buyback_account.unwrap();
    let allowed = ledger.get(account).unwrap().extras.allowed_assets.clone().unwrap();
    assert_eq!(allowed.as_slice(), [CORE, Id(1)]);
    assert!(ledger.tables.buybacks.index().find(Id(1)).is_some());
    let mut required = carbyne_protocol::ops::RequiredAuthorities::default();
    create_buyback(|_, _| ()).stateless().require(&mut required);
    assert_eq!(required.active.as_slice(), [ANN, ISSUER]);
}

#[test]
fn registering_gets_dearer_with_every_so_many_accounts() {
    let mut ledger = chain();
    ledger
        .modify_global(|global| {
            global.parameters.accounts_per_fee_scale = 2;
            global.parameters.account_fee_scale_bitshifts = 3;
        })
        .unwrap();
    let fee = |ledger: &Ledger| {
        let mut fees = ledger.parameters().unwrap().current_fees.clone();
        fees.account_create_mut().unwrap().basic_fee
    };
    let before = fee(&ledger);
    for (name, times) in [("a", 1), ("b", 8), ("c", 8), ("d", 64)] {
        apply(&mut ledger, create(name, |_| ())).unwrap();
        assert_eq!(fee(&ledger), before * times, "{name}");
    }
    let no_fees = |global: &mut carbyne_objects::GlobalProperty| {
        *global.parameters.current_fees = FeeSchedule { scale: 0, ..FeeSchedule::default() };
    };
    ledger.modify_global(no_fees).unwrap();
    let steps =
        [(create("e", |_| ()), "ok"), (create("f", |_| ()), "AccountCreateRefusal::NoFeeToScale")];
    check(&mut ledger, &steps);
}

#[test]
fn votes_are_for_what_exists_and_never_against() {
    let mut ledger = chain();
    ledger
        .modify_global(|global| {
            global.parameters.maximum_witness_count = 1;
            global.parameters.maximum_committee_count = 0;
        })
        .unwrap();
    let many = |o: &mut AccountOptions| {
        o.num_witness = 2;
        o.votes = votes(&["1:0", "1:1"]);
    };
    let member = |o: &mut AccountOptions| {
        o.num_committee = 1;
        o.votes = votes(&["0:1"]);
    };
    check(
        &mut ledger,
        &[
            (vote(many), "AccountRefusal::TooManyWitnesses"),
            (vote(member), "AccountRefusal::TooManyCommitteeMembers"),
            (vote(|o| o.voting_account = Id(99)), "AccountRefusal::InvalidProxy"),
            (vote(|o| o.votes = votes(&["1:4"])), "AccountRefusal::FutureVote"),
            (vote(|o| o.votes = votes(&["2:3"])), "AccountRefusal::VoteAgainstWorker"),
            (vote(|o| o.votes = votes(&["2:1"])), "AccountRefusal::UnknownWorker"),
            (vote(|o| o.votes = votes(&["1:1"])), "AccountRefusal::UnknownVote"),
            (vote(|o| o.votes = votes(&["0:0"])), "AccountRefusal::UnknownVote"),
            (vote(|o| o.votes = votes(&["7:0"])), "AccountRefusal::InvalidVoteType"),
            (vote(|o| o.votes = votes(&["1:0", "0:1", "2:2"])), "ok"),
        ],
    );
    assert_eq!(ledger.get(ANN).unwrap().num_committee_voted, 1);
    let statistics = ledger.statistics(ANN).unwrap();
    assert!(statistics.voting.is_voting && statistics.voting.last_vote_time == START);
}

#[test]
fn an_update_changes_something_of_an_account_that_somebody_owns() {
    let crowd = crowd();
    check(
        &mut chain(),
        &[
            (update(|o| o.account = Id(4)), "AccountUpdateRefusal::TempAccount"),
            (update(|o| o.fee.amount = -1), "AccountUpdateRefusal::NegativeFee"),
            (update(|o| o.account = Id(0)), "AccountUpdateRefusal::CommitteeAccount"),
            (update(|_| ()), "AccountUpdateRefusal::NothingToUpdate"),
            (update(|o| o.owner = Some(Authority::default())), "AccountRefusal::EmptyAuthority"),
            (update(|o| o.owner = Some(crowd)), "AccountUpdateRefusal::AuthorityTooLarge"),
            (
                update(|o| o.active = Some(Authority::account(Id(99)))),
                "AccountUpdateRefusal::UnknownMember",
            ),
            (update(|o| o.active = Some(key())), "ok"),
        ],
    );
}

#[test]
fn the_list_of_special_authorities_follows_the_accounts() {
    let special = |authority| update(|o| o.extensions.active_special_authority = authority);
    let mut ledger = chain();
    ledger.modify(ANN, |account| account.extras.top_n_control_flags = 2).unwrap();
    check(&mut ledger, &[(special(top_holders(0, 3)), "ok"), (special(top_holders(1, 3)), "ok")]);
    assert!(ledger.tables.special_authorities.index().find(ANN).is_some());
    assert_eq!(ledger.get(ANN).unwrap().extras.top_n_control_flags, 0);
    check(&mut ledger, &[(special(Some(SpecialAuthority::None)), "ok")]);
    assert!(ledger.tables.special_authorities.is_empty());
}

#[test]
fn a_special_authority_of_nobody_stays_on_the_list() {
    let none = Some(SpecialAuthority::None);
    let mut ledger = chain();
    let bob = create("bob", |o| o.extensions.owner_special_authority = none);
    let later = update(|o| {
        o.account = Id(10);
        o.extensions.owner_special_authority = top_holders(0, 1);
    });
    check(&mut ledger, &[(bob, "ok"), (later, "AccountUpdateRefusal::AlreadyListed")]);
}

#[test]
fn a_listing_replaces_the_one_before() {
    let list = |lister, new_listing| -> Operation {
        AccountWhitelist {
            authorizing_account: lister,
            account_to_list: BOB,
            new_listing,
            ..Default::default()
        }
        .into()
    };
    let mut ledger = chain();
    for (listing, white, black) in [(1, 1, 0), (3, 1, 1), (2, 0, 1), (0, 0, 0)] {
        check(&mut ledger, &[(list(ANN, listing), "ok")]);
        let (ann, bob) = (ledger.get(ANN).unwrap(), ledger.get(BOB).unwrap());
        assert_eq!(
            (bob.extras.whitelisting_accounts.len(), bob.extras.blacklisting_accounts.len()),
            (white, black)
        );
        assert_eq!(
            (ann.extras.whitelisted_accounts.len(), ann.extras.blacklisted_accounts.len()),
            (white, black)
        );
    }
    let unknown = "AccountWhitelistRefusal::UnknownListing";
    let stranger = "AccountWhitelistRefusal::NotMember";
    check(&mut ledger, &[(list(ANN, 4), unknown), (list(BOB, 1), stranger)]);
    ledger.modify_global(|global| global.parameters.allow_non_member_whitelists = true).unwrap();
    check(&mut ledger, &[(list(BOB, 1), "ok")]);
}

#[test]
fn an_upgrade_shares_what_was_paid_before() {
    let upgrade = |account, forever| -> Operation {
        AccountUpgrade {
            account_to_upgrade: account,
            upgrade_to_lifetime_member: forever,
            ..Default::default()
        }
        .into()
    };
    let mut ledger = chain();
    ledger
        .modify(BOB, |bob| {
            (bob.registrar, bob.referrer, bob.lifetime_referrer) = (ISSUER, Id(8), ANN);
            bob.network_fee_percentage = 2_000;
            bob.lifetime_referrer_fee_percentage = 3_000;
            bob.referrer_rewards_percentage = 7_500;
        })
        .unwrap();
    let statistics = ledger.get(BOB).unwrap().statistics;
    ledger.modify(statistics, |row| row.pending_vested_fees = 1_001).unwrap();
    ledger.adjust_balance(BOB, carbyne_protocol::money::Asset::core(-1_001)).unwrap();
    check(
        &mut ledger,
        &[
            (upgrade(BOB, false), "AccountUpgradeRefusal::NoAnnualMembership"),
            (upgrade(BOB, true), "ok"),
            (upgrade(BOB, true), "AccountUpgradeRefusal::AlreadyMember"),
        ],
    );
    // The referrer is no member, so its part goes to the lifetime referrer; rounding goes to the
    // registrar.
    let cashback = |account: carbyne_protocol::ids::AccountId| {
        let balance = ledger.get(account).unwrap().extras.cashback_vb;
        balance.map_or(0, |id| ledger.get(id).unwrap().balance.amount)
    };
    assert_eq!([ANN, ISSUER, Id(8)].map(cashback), [300 + 375, 126, 0]);
    assert_eq!(
        ledger.get(Id(0) as carbyne_protocol::ids::AssetDynamicDataId).unwrap().accumulated_fees,
        200
    );
    let bob = ledger.get(BOB).unwrap();
    assert_eq!([bob.registrar, bob.referrer, bob.lifetime_referrer], [BOB; 3]);
    assert_eq!(bob.lifetime_referrer_fee_percentage, 8_000);
    assert_eq!(ledger.statistics(BOB).unwrap().lifetime_fees_paid, 1_001);
}

#[test]
fn nobody_sends_an_account_transfer() {
    let transfer = carbyne_protocol::ops::account::transfer::AccountTransfer::default();
    check(&mut chain(), &[(transfer.into(), "EvaluateRefusal::NoEvaluator")]);
}
