//! What a request costs grows with its size and not with the product of two of its lists: twenty
//! times as much of everything in it takes about twenty times as long, where a product would take
//! four hundred.

use carbyne_crypto::{Address, PrivateKey, PublicKey};
use carbyne_ledger::authorize::{
    Approvals, AuthorityLookup, required_signatures, verify_authority,
};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::asset::update_feed_producers::AssetUpdateFeedProducers;
use carbyne_protocol::ops::confidential::{BlindInput, BlindOutput, BlindTransfer};
use carbyne_protocol::ops::proposal::create::OpWrapper;
use carbyne_protocol::ops::proposal::{ProposalCreate, ProposalUpdate};
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::ops::{Operation, RequiredAuthorities};
use carbyne_protocol::required::{needed_authorities, required_authorities};
use carbyne_protocol::restriction::{Argument, Restriction, complies};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_protocol::{Recover, RecoveredTransaction, Rejected};
use carbyne_wire::{
    Dialect, Digest, FlatMap, FlatSet, Id, JsonIn, Pack, Tags, VarUint, unpack_exact,
};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The larger input is this many times the smaller one.
const TIMES: usize = 20;
/// So many times as long it may take: a sort, a colder cache and another program on the machine are
/// allowed for, a product is not.
const MOST: f64 = 120.0;
/// Rounds in which it may be seen to be so.
const ROUNDS: usize = 10;

/// One measurement at a time.
static CLOCK: Mutex<()> = Mutex::new(());

/// The best of a few runs; making the input does not count.
fn best<I>(make: impl Fn() -> I, run: &impl Fn(I)) -> Duration {
    let once = || {
        let input = make();
        let start = Instant::now();
        run(input);
        start.elapsed()
    };
    (0..5).map(|_| once()).min().unwrap()
}

#[track_caller]
fn check<I>(what: &str, size: usize, make: impl Fn(usize) -> I, run: impl Fn(I)) {
    let _alone = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut small, mut large) = (Duration::MAX, Duration::MAX);
    let grows_little =
        |small: Duration, large: Duration| large.as_secs_f64() < MOST * small.as_secs_f64();
    // What others do on the machine passes; a product does not.
    for _ in 0..ROUNDS {
        small = small.min(best(|| make(size), &run));
        large = large.min(best(|| make(size * TIMES), &run));
        if grows_little(small, large) {
            return;
        }
    }
    panic!("{what}: {small:?} for {size}, {large:?} for {TIMES} times as much");
}

/// Keys that are no points of the curve, most of them, in an order that has nothing to do with
/// that of their addresses.
fn keys(count: usize) -> Vec<PublicKey> {
    let key = |number: usize| {
        let mut bytes = [2; 33];
        bytes[25..]
            .copy_from_slice(&(number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        PublicKey(bytes)
    };
    (0..count).map(key).collect()
}

fn accounts(count: usize) -> impl Iterator<Item = AccountId> {
    (10..count as u64 + 10).rev().map(Id)
}

/// Accounts with one authority for both purposes; who asks is counted.
#[derive(Default)]
struct World {
    accounts: BTreeMap<AccountId, Authority>,
    asked: Cell<usize>,
}

impl World {
    fn get(&self, account: AccountId) -> &Authority {
        self.asked.set(self.asked.get() + 1);
        &self.accounts[&account]
    }
}

impl AuthorityLookup for World {
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(self.get(account))
    }
    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(self.get(account))
    }
}

fn transfers(from: impl Iterator<Item = AccountId>) -> Vec<Operation> {
    from.map(|from| Transfer { from, ..Transfer::default() }.into()).collect()
}

fn blind(owners: impl Iterator<Item = Authority>) -> [Operation; 1] {
    let input = |owner| BlindInput { owner, ..BlindInput::default() };
    [BlindTransfer { inputs: owners.map(input).collect(), ..BlindTransfer::default() }.into()]
}

/// All of these keys together.
fn all_of(keys: &[PublicKey]) -> Authority {
    let key_auths: FlatMap<PublicKey, u16> = keys.iter().map(|key| (*key, 1)).collect();
    Authority { weight_threshold: keys.len() as u32, key_auths, ..Authority::default() }
}

#[test]
fn keys_are_asked_for_among_many() {
    let make = |count| (keys(count), blind([all_of(&keys(count))].into_iter()));
    check("keys that sign", 400, make, |(keys, operations)| {
        let approvals = Approvals { keys: &keys, ..Approvals::default() };
        verify_authority(&operations, &approvals, &World::default(), 2).unwrap();
    });
    check("keys that could sign", 400, make, |(keys, operations)| {
        let asked = required_signatures(&operations, &[], &keys, &World::default(), 2).unwrap();
        assert_eq!(asked.len(), keys.len());
    });
}

#[test]
fn addresses_are_asked_for_among_many() {
    let make = |count| {
        let strangers = (0..count).map(|number| {
            let mut address = Address::default();
            address.0[..8].copy_from_slice(&(number as u64).to_le_bytes());
            (address, 1)
        });
        let address_auths = strangers.collect();
        let owner = Authority { weight_threshold: 1, address_auths, ..Authority::default() };
        (keys(count), blind([owner].into_iter()))
    };
    check("addresses", 80, make, |(keys, operations)| {
        let asked = required_signatures(&operations, &[], &keys, &World::default(), 2).unwrap();
        assert!(asked.is_empty());
    });
}

/// Accounts which have ten others in common, that have ten in common, that need a key.
fn nested(count: usize) -> World {
    let member = |layer: u64| {
        let account_auths = (0..10).map(|number| (Id(layer * 1_000 + number), 1)).collect();
        Authority { weight_threshold: 100, account_auths, ..Authority::default() }
    };
    let mut world = World::default();
    let layers = [(1_000, 2_000), (2_000, 3_000), (3_000, 3_000)];
    for (layer, below) in layers {
        for number in 0..10 {
            let authority = if layer == below { all_of(&keys(1)) } else { member(below / 1_000) };
            world.accounts.insert(Id(layer + number), authority);
        }
    }
    let first = 10_000;
    world.accounts.extend((first..first + count as u64).map(|number| (Id(number), member(1))));
    world
}

/// How often authorities are looked up for transfers of that many accounts, none of which has
/// agreed.
fn lookups(count: usize) -> usize {
    let world = nested(count);
    let accounts = world.accounts.keys().copied().filter(|account| account.0 >= 10_000);
    required_signatures(&transfers(accounts), &[], &[], &world, 2).unwrap();
    world.asked.get()
}

#[test]
fn authorities_that_many_accounts_share_are_asked_once() {
    let (few, many) = (lookups(100), lookups(1_000));
    // Three questions about each account, and those about what they have in common.
    assert_eq!(many - few, 3 * 900);
    assert!(few < 3 * 100 + 200, "{few}");
}

#[test]
fn what_operations_need_is_collected() {
    let make = |count| transfers(accounts(count));
    check("accounts of transfers", 1_000, make, |operations| {
        black_box(required_authorities(&operations));
    });
    let make = |count| {
        let proposed_ops = transfers(accounts(count)).into_iter().map(|op| OpWrapper { op });
        ProposalCreate { proposed_ops: proposed_ops.collect(), ..ProposalCreate::default() }
    };
    check("accounts of a proposal", 1_000, make, |proposal| _ = black_box(proposal.required()));
    let make = |count| blind((0..count).map(|_| all_of(&keys(1))));
    check("inputs", 1_000, make, |operations| _ = black_box(needed_authorities(&operations)));
}

#[test]
fn keys_are_put_in_order_at_once() {
    let bytes = |count| {
        let keys = keys(count);
        let mut bytes = Vec::new();
        keys.pack(&mut bytes);
        bytes
    };
    check("keys in bytes", 1_000, bytes, |bytes| {
        black_box(unpack_exact::<FlatSet<PublicKey>>(&bytes, Tags::Reference).unwrap());
    });
    check(
        "keys in JSON",
        1_000,
        |count| keys(count).to_json_in(Dialect::REFERENCE),
        |json| {
            black_box(FlatSet::<PublicKey>::from_json_in(&json, Dialect::REFERENCE).unwrap());
        },
    );
    let weights = |count| {
        let weights: Vec<(PublicKey, u16)> = keys(count).into_iter().map(|key| (key, 1)).collect();
        weights.to_json_in(Dialect::REFERENCE)
    };
    check("weights of keys", 1_000, weights, |json| {
        black_box(FlatMap::<PublicKey, u16>::from_json_in(&json, Dialect::REFERENCE).unwrap());
    });
}

/// A key costs one hash and not one for each comparison: a sorted list is no dearer than others.
#[test]
fn a_key_in_a_set_costs_about_one_hash() {
    let _alone = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let keys = keys(10_000);
    let hashes = best(|| (), &|()| keys.iter().for_each(|key| _ = black_box(key.address())));
    let set = best(|| keys.clone(), &|keys| _ = black_box(FlatSet::from_iter(keys)));
    assert!(set < hashes * 4, "{set:?} for a set, {hashes:?} for its hashes");
}

#[test]
fn approvals_of_many_are_added_and_taken_back() {
    let make = |count| {
        let (add, remove) = (keys(2 * count), keys(count));
        let active: FlatSet<AccountId> = accounts(count).collect();
        Operation::from(ProposalUpdate {
            active_approvals_to_add: active.clone(),
            owner_approvals_to_remove: active,
            key_approvals_to_add: add.into_iter().skip(count).collect(),
            key_approvals_to_remove: remove.into_iter().collect(),
            ..ProposalUpdate::default()
        })
    };
    check("approvals", 500, make, |operation| {
        operation.stateless().check_stateless().unwrap();
        let mut required = RequiredAuthorities::default();
        operation.stateless().require(&mut required);
    });
}

/// A transfer from a blinded balance to the same one, so that it adds up; or one that does not.
fn same(number: u64, adds_up: bool) -> Operation {
    let secret = PrivateKey::from_seed(&number.to_string()).public_key();
    let other = PrivateKey::from_seed("other").public_key();
    let commitment = Digest(secret.0);
    let input = BlindInput { commitment, owner: Authority::default() };
    let commitment = if adds_up { commitment } else { Digest(other.0) };
    let output = BlindOutput { commitment, ..BlindOutput::default() };
    BlindTransfer { inputs: vec![input], outputs: vec![output], ..BlindTransfer::default() }.into()
}

fn recovered(operations: Vec<Operation>) -> RecoveredTransaction {
    let operations = operations.into();
    let transaction = SignedTransaction { operations, ..SignedTransaction::default() };
    RecoveredTransaction::new(transaction, &Digest([0; 32]), Recover::Signatures)
}

#[test]
fn a_transaction_is_looked_through_once() {
    let _alone = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let operations: Vec<Operation> = (0..400).map(|number| same(number, number < 399)).collect();
    let first = best(|| operations.clone(), &|operations| _ = black_box(recovered(operations)));
    let refused = recovered(operations);
    let again = best(|| (), &|()| {
        let refusal = refused.validate().unwrap_err();
        assert_eq!(refusal.reason(), "ConfidentialRefusal::SumMismatch");
    });
    assert!(again * 20 < first, "{again:?} after {first:?}");
}

#[test]
fn a_set_is_looked_for_in_a_set() {
    let make = |count| {
        let list: FlatSet<AccountId> = accounts(count).collect();
        // All of the new producers must be named: member 3, function `has_all`.
        let restriction = Restriction {
            member_index: VarUint(3),
            restriction_type: VarUint(8),
            argument: Argument::Accounts(list.clone()),
            ..Restriction::default()
        };
        let update = AssetUpdateFeedProducers { new_feed_producers: list, ..Default::default() };
        (Operation::from(update), restriction)
    };
    check("accounts that must be named", 500, make, |(operation, restriction)| {
        assert!(complies(&operation, [&restriction]));
    });
}
