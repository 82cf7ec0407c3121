//! Random accounts whose authorities name each other, operations on them, and who agreed.

use super::model::{Accounts, Agreed, Needs};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::authorize::AuthorityLookup;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::account::update::AccountUpdate;
use carbyne_protocol::ops::confidential::{BlindInput, BlindTransfer};
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::ops::proposal::ProposalUpdate;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_wire::Id;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Number of accounts; the committee and the one for temporary use are among them.
const ACCOUNTS: u64 = 9;
/// Number of keys.
const KEYS: usize = 6;

static POOL: LazyLock<Vec<PublicKey>> =
    LazyLock::new(|| (0..KEYS).map(|at| key(&at.to_string())).collect());

fn key(seed: &str) -> PublicKey {
    PrivateKey::from_seed(seed).public_key()
}

/// One case.
#[derive(Clone, Debug)]
pub struct World {
    pub accounts: Accounts,
    /// Authorities that stand in for an account's active one in operations of a kind.
    pub custom: Vec<(AccountId, u64, Authority)>,
    pub operations: Vec<Operation>,
    pub agreed: Agreed,
    pub available: Vec<PublicKey>,
    pub depth: u32,
}

impl AuthorityLookup for World {
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.accounts[&account][0])
    }
    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.accounts[&account][1])
    }
    fn custom(&self, account: AccountId, operation: &Operation) -> Vec<&Authority> {
        let fits = |(whose, tag, _): &&_| *whose == account && *tag == operation.tag();
        self.custom.iter().filter(fits).map(|(_, _, authority)| authority).collect()
    }
    fn sole_key(&self, account: AccountId) -> Option<PublicKey> {
        let has_custom = self.custom.iter().any(|(whose, ..)| *whose == account);
        if has_custom { None } else { self.accounts[&account][0].sole_key() }
    }
}

impl World {
    /// What each operation needs, said once more by hand.
    pub fn needs(&self) -> Vec<Needs> {
        self.operations.iter().map(|operation| self.needs_of(operation)).collect()
    }

    fn needs_of(&self, operation: &Operation) -> Needs {
        let fits = |(_, tag, _): &&(AccountId, u64, Authority)| *tag == operation.tag();
        let custom = self.custom.iter().filter(fits);
        let custom = custom.map(|(whose, _, authority)| (*whose, authority.clone())).collect();
        let mut needs = Needs { custom, ..Needs::default() };
        match operation {
            Operation::Transfer(transfer) => drop(needs.active.insert(transfer.from)),
            Operation::AccountUpdate(update) => {
                needs.active.insert(update.account);
                needs.owner.extend(update.owner.iter().map(|_| update.account));
            }
            Operation::Custom(custom) => {
                needs.active.insert(custom.payer);
                needs.active.extend(custom.required_auths.iter());
            }
            Operation::BlindTransfer(transfer) => {
                needs.active.insert(Id(4));
                needs.other.extend(transfer.inputs.iter().map(|input| input.owner.clone()));
            }
            Operation::ProposalUpdate(update) => {
                needs.active.insert(update.fee_paying_account);
                needs.active.extend(update.active_approvals_to_add.iter());
                needs.active.extend(update.active_approvals_to_remove.iter());
                needs.owner.extend(update.owner_approvals_to_add.iter());
                needs.owner.extend(update.owner_approvals_to_remove.iter());
                let keys: BTreeSet<PublicKey> = update
                    .key_approvals_to_add
                    .iter()
                    .chain(update.key_approvals_to_remove.iter())
                    .copied()
                    .collect();
                if !keys.is_empty() {
                    let weight_threshold = keys.len() as u32;
                    let key_auths = keys.into_iter().map(|key| (key, 1)).collect();
                    needs.other.push(Authority {
                        weight_threshold,
                        key_auths,
                        ..Authority::default()
                    });
                }
            }
            other => panic!("{other:?}"),
        }
        needs
    }
}

fn account() -> impl Strategy<Value = AccountId> {
    (0..ACCOUNTS).prop_map(Id)
}

fn accounts(most: usize) -> impl Strategy<Value = BTreeSet<AccountId>> {
    proptest::collection::btree_set(account(), 0..=most)
}

fn some_key() -> impl Strategy<Value = PublicKey> {
    select(POOL.clone())
}

fn authority() -> impl Strategy<Value = Authority> {
    let weight = || prop_oneof![6 => 1..3_u16, 1 => Just(0), 1 => Just(u16::MAX)];
    let member = (account(), weight());
    let key = (some_key(), weight());
    let address = (some_key(), 0..5_usize, weight());
    let addresses = prop_oneof![3 => Just(Vec::new()), 1 => vec(address, 1..3)];
    let threshold = prop_oneof![1 => Just(0), 8 => 1..4_u32, 1 => Just(u32::MAX)];
    (threshold, vec(member, 0..4), vec(key, 0..3), addresses).prop_map(
        |(weight_threshold, members, keys, addresses)| Authority {
            weight_threshold,
            account_auths: members.into_iter().collect(),
            key_auths: keys.into_iter().collect(),
            address_auths: addresses
                .into_iter()
                .map(|(key, form, weight)| (key.addresses().nth(form).unwrap(), weight))
                .collect(),
        },
    )
}

fn approval(payer: AccountId, accounts: [BTreeSet<AccountId>; 4], keys: Vec<bool>) -> Operation {
    let [active, no_active, owner, no_owner] = accounts.map(|set| set.into_iter().collect());
    let signing = |wanted| {
        let keys = POOL.iter().zip(&keys).filter(move |(_, adds)| **adds == wanted);
        keys.map(|(key, _)| *key).collect()
    };
    let update = ProposalUpdate {
        fee_paying_account: payer,
        active_approvals_to_add: active,
        active_approvals_to_remove: no_active,
        owner_approvals_to_add: owner,
        owner_approvals_to_remove: no_owner,
        key_approvals_to_add: signing(true),
        key_approvals_to_remove: signing(false),
        ..ProposalUpdate::default()
    };
    update.into()
}

fn operation() -> impl Strategy<Value = Operation> {
    let blind = vec(authority(), 0..3).prop_map(|owners| {
        let input = |owner| BlindInput { owner, ..BlindInput::default() };
        let inputs = owners.into_iter().map(input).collect();
        BlindTransfer { inputs, ..BlindTransfer::default() }.into()
    });
    prop_oneof![
        5 => account().prop_map(|from| Transfer { from, ..Transfer::default() }.into()),
        2 => (account(), any::<bool>()).prop_map(|(account, own)| {
            let owner = own.then(Authority::default);
            AccountUpdate { account, owner, ..AccountUpdate::default() }.into()
        }),
        1 => (account(), accounts(2)).prop_map(|(payer, named)| {
            let required_auths = named.into_iter().collect();
            Custom { payer, required_auths, ..Custom::default() }.into()
        }),
        1 => blind,
        1 => (
            account(),
            [accounts(1), accounts(1), accounts(1), accounts(1)],
            vec(any::<bool>(), 0..3),
        )
            .prop_map(|(payer, accounts, keys)| approval(payer, accounts, keys)),
    ]
}

fn keys() -> impl Strategy<Value = Vec<PublicKey>> {
    proptest::sample::subsequence(POOL.clone(), 0..=KEYS).prop_shuffle()
}

/// Keys that are many, so that they are looked for in another way, most of them strangers.
fn many_keys() -> impl Strategy<Value = Vec<PublicKey>> {
    static STRANGERS: LazyLock<Vec<PublicKey>> =
        LazyLock::new(|| (0..10).map(|at| key(&format!("stranger {at}"))).collect());
    keys().prop_map(|mut keys| {
        keys.extend(STRANGERS.iter());
        keys
    })
}

fn agreed() -> impl Strategy<Value = Agreed> {
    let proposal = prop_oneof![
        2 => Just((BTreeSet::new(), BTreeSet::new(), false)),
        1 => (accounts(3), accounts(3), any::<bool>()),
    ];
    (prop_oneof![9 => keys(), 1 => many_keys()], proposal)
        .prop_map(|(keys, (active, owner, committee))| Agreed { keys, active, owner, committee })
}

/// Any case.
pub fn world() -> impl Strategy<Value = World> {
    let accounts = vec([authority(), authority()], ACCOUNTS as usize);
    let tag = select(vec![0_u64, 6, 35]);
    (
        accounts,
        vec((account(), tag, authority()), 0..4),
        vec(operation(), 0..4),
        agreed(),
        prop_oneof![9 => keys(), 1 => many_keys()],
        0..5_u32,
    )
        .prop_map(|(accounts, custom, operations, agreed, available, depth)| World {
            accounts: (0..).map(Id).zip(accounts).collect(),
            custom,
            operations,
            agreed,
            available,
            depth,
        })
}
