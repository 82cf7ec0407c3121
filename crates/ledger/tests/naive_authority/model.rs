//! Authorities asked one question after the other, as the reference asks them
//! (`protocol/transaction.cpp`): nothing is remembered but what it remembers, everything is looked
//! at. Never uses a rule of the ledger: it shares the shape of an authority and nothing else.

use carbyne_crypto::{Address, PublicKey};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::Id;
use std::collections::{BTreeMap, BTreeSet};

/// Whom anybody may act for.
const TEMP: AccountId = Id(4);
/// Who acts by proposals.
const COMMITTEE: AccountId = Id(0);

/// The authorities of accounts: active, owner.
pub type Accounts = BTreeMap<AccountId, [Authority; 2]>;

/// What an operation needs, and the authorities that may stand in for an account's active one.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    pub active: BTreeSet<AccountId>,
    pub owner: BTreeSet<AccountId>,
    pub other: Vec<Authority>,
    pub custom: Vec<(AccountId, Authority)>,
}

/// Who agreed.
#[derive(Clone, Debug, Default)]
pub struct Agreed {
    pub keys: Vec<PublicKey>,
    pub active: BTreeSet<AccountId>,
    pub owner: BTreeSet<AccountId>,
    pub committee: bool,
}

/// What becomes of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    Committee,
    MissingOther,
    MissingOwner(AccountId),
    MissingActive(AccountId),
    Unnecessary,
}

/// Keys by their place in the order of addresses.
type KeySet = BTreeMap<Address, PublicKey>;

fn key_set(keys: &[PublicKey]) -> KeySet {
    keys.iter().map(|key| (Address::from(key), *key)).collect()
}

/// The five addresses of each key.
fn addresses<'a>(keys: impl Iterator<Item = &'a PublicKey>) -> BTreeMap<Address, PublicKey> {
    let mut all = BTreeMap::new();
    for key in keys {
        for (compressed, version) in [(false, 56), (true, 56), (false, 0), (true, 0)] {
            let old = key.pts_address(compressed, version).unwrap();
            all.insert(Address::from(&old), *key);
        }
        all.insert(key.address(), *key);
    }
    all
}

struct State<'a> {
    accounts: &'a Accounts,
    depth: u32,
    available: KeySet,
    provided: BTreeMap<Address, (PublicKey, bool)>,
    approved: BTreeSet<AccountId>,
    /// Addresses of the available and of the provided keys, as they were at the first question.
    addresses: Option<[BTreeMap<Address, PublicKey>; 2]>,
}

impl<'a> State<'a> {
    fn new(
        accounts: &'a Accounts,
        depth: u32,
        signed: &[PublicKey],
        available: &[PublicKey],
    ) -> Self {
        let provided = key_set(signed).into_iter().map(|(at, key)| (at, (key, false))).collect();
        let approved = [TEMP].into_iter().collect();
        let available = key_set(available);
        Self { accounts, depth, available, provided, approved, addresses: None }
    }

    fn signed_by(&mut self, key: &PublicKey) -> bool {
        let place = Address::from(key);
        if let Some((_, used)) = self.provided.get_mut(&place) {
            *used = true;
            return true;
        }
        if self.available.contains_key(&place) {
            self.provided.insert(place, (*key, true));
            return true;
        }
        false
    }

    fn signed_by_address(&mut self, address: &Address) -> bool {
        let (available, provided) = (&self.available, &self.provided);
        let [available, provided] = self.addresses.get_or_insert_with(|| {
            [addresses(available.values()), addresses(provided.values().map(|(key, _)| key))]
        });
        match provided.get(address).or_else(|| available.get(address)).copied() {
            Some(key) => {
                self.provided.insert(Address::from(&key), (key, true));
                true
            }
            None => false,
        }
    }

    fn check(&mut self, authority: &Authority, depth: u32) -> bool {
        let threshold = authority.weight_threshold;
        let mut total = 0;
        let mut keys: Vec<_> = authority.key_auths.iter().collect();
        keys.sort_by_key(|(key, _)| Address::from(key));
        for (key, weight) in keys {
            if self.signed_by(key) {
                total += u32::from(*weight);
                if total >= threshold {
                    return true;
                }
            }
        }
        for (address, weight) in authority.address_auths.iter() {
            if self.signed_by_address(address) {
                total += u32::from(*weight);
                if total >= threshold {
                    return true;
                }
            }
        }
        for (account, weight) in authority.account_auths.iter() {
            if !self.approved.contains(account) {
                if depth == self.depth {
                    continue;
                }
                let [active, owner] = &self.accounts[account];
                if !self.check(active, depth + 1) && !self.check(owner, depth + 1) {
                    continue;
                }
                self.approved.insert(*account);
            }
            total += u32::from(*weight);
            if total >= threshold {
                return true;
            }
        }
        total >= threshold
    }

    fn check_account(&mut self, account: AccountId) -> bool {
        let [active, owner] = &self.accounts[&account];
        self.approved.contains(&account) || self.check(active, 0) || self.check(owner, 0)
    }

    fn check_active(&mut self, account: AccountId) -> bool {
        self.check_account(account) || self.check(&self.accounts[&account][1], 0)
    }
}

/// Whether those who agreed are whom the operations need.
pub fn verify(operations: &[Needs], agreed: &Agreed, accounts: &Accounts, depth: u32) -> Answer {
    let mut state = State::new(accounts, depth, &agreed.keys, &[]);
    state.approved.extend(&agreed.active);
    state.approved.extend(&agreed.owner);
    let (mut active, mut owner, mut other) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for operation in operations {
        owner.extend(&operation.owner);
        other.extend(&operation.other);
        for account in &operation.active {
            let mut customs = operation.custom.iter().filter(|(whose, _)| whose == account);
            if !customs.any(|(_, authority)| state.check(authority, 0)) {
                active.insert(*account);
            }
        }
    }
    if !agreed.committee && active.contains(&COMMITTEE) {
        return Answer::Committee;
    }
    for authority in other {
        if !state.check(authority, 0) {
            return Answer::MissingOther;
        }
    }
    for account in owner {
        if !agreed.owner.contains(&account) && !state.check(&accounts[&account][1], 0) {
            return Answer::MissingOwner(account);
        }
    }
    for account in active {
        if !state.check_active(account) {
            return Answer::MissingActive(account);
        }
    }
    if state.provided.values().all(|(_, used)| *used) { Answer::Yes } else { Answer::Unnecessary }
}

/// Which of the available keys should sign.
pub fn required(
    operations: &[Needs],
    signed: &[PublicKey],
    available: &[PublicKey],
    accounts: &Accounts,
    depth: u32,
) -> Vec<PublicKey> {
    let mut state = State::new(accounts, depth, signed, available);
    let owner: BTreeSet<_> = operations.iter().flat_map(|one| &one.owner).collect();
    let active: BTreeSet<_> = operations.iter().flat_map(|one| &one.active).collect();
    for authority in operations.iter().flat_map(|one| &one.other) {
        state.check(authority, 0);
    }
    for account in &owner {
        state.check(&accounts[*account][1], 0);
    }
    for account in active.difference(&owner) {
        state.check_active(**account);
    }
    let signed = key_set(signed);
    let used = state.provided.into_iter().filter(|(_, (_, used))| *used);
    used.filter(|(place, _)| state.available.contains_key(place) && !signed.contains_key(place))
        .map(|(_, (key, _))| key)
        .collect()
}

/// Those of [`required`] that are left when each that is not needed beside the others is taken out;
/// none if one of them is of no use to anybody.
pub fn minimal(
    operations: &[Needs],
    signed: &[PublicKey],
    available: &[PublicKey],
    accounts: &Accounts,
    depth: u32,
) -> Option<Vec<PublicKey>> {
    let mut left = required(operations, signed, available, accounts, depth);
    for key in left.clone() {
        let keys: Vec<PublicKey> = left.iter().copied().filter(|one| *one != key).collect();
        let agreed = Agreed { keys: keys.clone(), ..Agreed::default() };
        match verify(operations, &agreed, accounts, depth) {
            Answer::Yes => left = keys,
            Answer::Unnecessary | Answer::Committee => return None,
            _ => {}
        }
    }
    Some(left)
}
