//! Whether signatures and approvals are enough for operations (reference:
//! `protocol/transaction.cpp`).
//!
//! Invariant: keys are marked as used in the reference's order of questions, because a signature
//! that no question needed is refused. Never knows where keys come from, nor whether a transaction
//! or a proposal asks.

use crate::authority::Authority;
use crate::constants::{COMMITTEE_ACCOUNT, TEMP_ACCOUNT};
use crate::ids::AccountId;
use crate::ops::{Operation, RequiredAuthorities};
use crate::restriction::complies;
use crate::{Ledger, Rejected};
use carbyne_crypto::{Address, PublicKey};
use carbyne_wire::FlatSet;
use smallvec::SmallVec;

refusals! {
    /// Why signatures and approvals are not what operations need.
    pub enum AuthorityRefusal {
        /// The committee account only acts by proposals.
        CommitteeSigned [INVALID_COMMITTEE_APPROVAL]:
            "the committee account acts by proposals only",
        /// An authority that is no account's is missing.
        MissingOther { authority: Authority } [MISSING_OTHER_AUTHORITY]:
            "an authority that is no account's is missing: {authority:?}",
        /// An account's owner authority is missing.
        MissingOwner { account: AccountId } [MISSING_OWNER_AUTHORITY]:
            "the signatures do not satisfy the owner authority of {account}",
        /// An account's active authority is missing.
        MissingActive { account: AccountId } [MISSING_ACTIVE_AUTHORITY]:
            "the signatures do not satisfy the active authority of {account}",
        /// A signature that nothing needs.
        IrrelevantSignature { key: PublicKey } [IRRELEVANT_SIGNATURE]:
            "nothing needs the signature of {key:?}",
    }
}

/// Where authorities are found.
pub trait AuthorityLookup {
    /// The active authority of an account.
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected>;

    /// The owner authority of an account.
    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected>;

    /// Custom authorities of an account that allow an operation; none unless the lookup knows of
    /// them.
    fn custom(&self, _account: AccountId, _operation: &Operation) -> Vec<&Authority> {
        Vec::new()
    }
}

impl AuthorityLookup for Ledger {
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.get(account)?.active)
    }

    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(&self.get(account)?.owner)
    }

    fn custom(&self, account: AccountId, operation: &Operation) -> Vec<&Authority> {
        let table = &self.tables.custom_authorities;
        let Some(now) = self.head_time().ok().filter(|_| !table.is_empty()) else {
            return Vec::new();
        };
        let candidates = table.index().enabled(account, operation.tag());
        candidates
            .filter_map(|id| self.find(id))
            .filter(|custom| custom.is_valid(now))
            .filter(|custom| complies(operation, custom.restrictions.values()))
            .map(|custom| &custom.auth)
            .collect()
    }
}

/// Who agreed to operations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approvals<'a> {
    /// Keys that signed, each once.
    pub keys: &'a [PublicKey],
    /// Accounts whose active authority agreed to a proposal.
    pub active: &'a [AccountId],
    /// Accounts whose owner authority agreed to a proposal.
    pub owner: &'a [AccountId],
    /// Whether the committee account may act: in proposals only.
    pub allow_committee: bool,
}

/// Refuses unless the approvals are what the operations need, no more and no less. Accounts may
/// stand in the authorities of others `max_depth` deep.
pub fn verify_authority<L: AuthorityLookup>(
    operations: &[Operation],
    approvals: &Approvals<'_>,
    lookup: &L,
    max_depth: u32,
) -> Result<(), Rejected> {
    let mut approver = Approver::new(lookup, approvals.keys, &[], max_depth);
    approver.approved.extend(approvals.active.iter().chain(approvals.owner).copied());
    let required = approver.required_without_custom(operations)?;
    ensure!(
        approvals.allow_committee || !required.active.contains(&COMMITTEE_ACCOUNT),
        AuthorityRefusal::CommitteeSigned
    );
    for authority in &required.other {
        let is_approved = approver.check_authority(authority, 0)?;
        ensure!(is_approved, AuthorityRefusal::MissingOther { authority: authority.clone() });
    }
    for account in &required.owner {
        let is_approved = approvals.owner.contains(account)
            || approver.check_authority(lookup.owner(*account)?, 0)?;
        ensure!(is_approved, AuthorityRefusal::MissingOwner { account: *account });
    }
    for account in &required.active {
        let is_approved = approver.check_account(*account)?;
        ensure!(is_approved, AuthorityRefusal::MissingActive { account: *account });
    }
    match approver.unused_key() {
        Some(key) => Err(AuthorityRefusal::IrrelevantSignature { key }.into()),
        None => Ok(()),
    }
}

/// Who must agree to a transaction, as its operations say; accounts that need their owner authority
/// need no other.
pub fn required_authorities(operations: &[Operation]) -> RequiredAuthorities {
    let mut required = RequiredAuthorities::default();
    operations.iter().for_each(|operation| operation.stateless().require(&mut required));
    let RequiredAuthorities { active, owner, .. } = &mut required;
    active.retain(|account| !owner.contains(account));
    required
}

/// Which of the keys at hand should sign besides those that did.
pub fn required_signatures<L: AuthorityLookup>(
    operations: &[Operation],
    signed: &[PublicKey],
    available: &[PublicKey],
    lookup: &L,
    max_depth: u32,
) -> Result<FlatSet<PublicKey>, Rejected> {
    let required = required_authorities(operations);
    let mut approver = Approver::new(lookup, signed, available, max_depth);
    for authority in &required.other {
        approver.check_authority(authority, 0)?;
    }
    for account in &required.owner {
        approver.check_authority(lookup.owner(*account)?, 0)?;
    }
    for account in &required.active {
        approver.check_account(*account)?;
    }
    let is_wanted = |key: &PublicKey| available.contains(key) && !signed.contains(key);
    let used = approver.provided.iter().filter(|(_, is_used)| *is_used);
    Ok(used.map(|(key, _)| *key).filter(is_wanted).collect())
}

/// [`required_signatures`] without those that are not needed once the others have signed.
pub fn minimize_required_signatures<L: AuthorityLookup>(
    operations: &[Operation],
    signed: &[PublicKey],
    available: &[PublicKey],
    lookup: &L,
    max_depth: u32,
) -> Result<FlatSet<PublicKey>, Rejected> {
    let all = required_signatures(operations, signed, available, lookup, max_depth)?;
    let mut needed = all.clone();
    for key in &all {
        needed.remove(key);
        let approvals = Approvals { keys: needed.as_slice(), ..Approvals::default() };
        match verify_authority(operations, &approvals, lookup, max_depth) {
            Ok(()) => {}
            Err(rejected) if is_missing_authority(&rejected) => {
                needed.insert(*key);
            }
            Err(rejected) => return Err(rejected),
        }
    }
    Ok(needed)
}

fn is_missing_authority(rejected: &Rejected) -> bool {
    use crate::code::{MISSING_ACTIVE_AUTHORITY, MISSING_OTHER_AUTHORITY, MISSING_OWNER_AUTHORITY};
    [MISSING_ACTIVE_AUTHORITY, MISSING_OTHER_AUTHORITY, MISSING_OWNER_AUTHORITY]
        .contains(&rejected.code())
}

/// Answers whether authorities are satisfied, and remembers which keys it took for that.
struct Approver<'a, L> {
    lookup: &'a L,
    max_depth: u32,
    /// Keys that signed, or would if asked, and whether they were of use.
    provided: SmallVec<[(PublicKey, bool); 2]>,
    /// Keys that could sign.
    available: &'a [PublicKey],
    /// Accounts that agreed, or were found to.
    approved: SmallVec<[AccountId; 4]>,
}

impl<'a, L: AuthorityLookup> Approver<'a, L> {
    fn new(lookup: &'a L, keys: &[PublicKey], available: &'a [PublicKey], max_depth: u32) -> Self {
        let provided = keys.iter().map(|key| (*key, false)).collect();
        let approved = SmallVec::from_slice(&[TEMP_ACCOUNT]);
        Self { lookup, max_depth, provided, available, approved }
    }

    /// Who must agree, without the active authorities that a custom authority stands in for.
    fn required_without_custom(
        &mut self,
        operations: &[Operation],
    ) -> Result<RequiredAuthorities, Rejected> {
        let mut required = RequiredAuthorities::default();
        let mut active = FlatSet::new();
        for operation in operations {
            operation.stateless().require(&mut required);
            for account in &required.active {
                if !self.check_custom(*account, operation)? {
                    active.insert(*account);
                }
            }
            required.active.clear();
        }
        required.active = active;
        Ok(required)
    }

    fn check_custom(
        &mut self,
        account: AccountId,
        operation: &Operation,
    ) -> Result<bool, Rejected> {
        for authority in self.lookup.custom(account, operation) {
            if self.check_authority(authority, 0)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the active authority of an account agrees, or its owner authority in its place.
    fn check_account(&mut self, account: AccountId) -> Result<bool, Rejected> {
        Ok(self.approved.contains(&account) || self.check_either(account, 0)?)
    }

    fn check_either(&mut self, account: AccountId, depth: u32) -> Result<bool, Rejected> {
        Ok(self.check_authority(self.lookup.active(account)?, depth)?
            || self.check_authority(self.lookup.owner(account)?, depth)?)
    }

    /// Whether an authority is satisfied. Asks keys, addresses, accounts, and stops when the weight
    /// is enough.
    fn check_authority(&mut self, authority: &Authority, depth: u32) -> Result<bool, Rejected> {
        let mut weight = Weight { total: 0, threshold: authority.weight_threshold };
        for (key, more) in &authority.key_auths {
            if self.signed_by(key) && weight.add(*more) {
                return Ok(true);
            }
        }
        for (address, more) in &authority.address_auths {
            if self.signed_by_address(address) && weight.add(*more) {
                return Ok(true);
            }
        }
        for (account, more) in &authority.account_auths {
            if self.member_agrees(*account, depth)? && weight.add(*more) {
                return Ok(true);
            }
        }
        Ok(weight.is_enough())
    }

    /// Whether an account that stands in an authority agrees.
    fn member_agrees(&mut self, account: AccountId, depth: u32) -> Result<bool, Rejected> {
        if self.approved.contains(&account) {
            return Ok(true);
        }
        if depth == self.max_depth || !self.check_either(account, depth + 1)? {
            return Ok(false);
        }
        self.approved.push(account);
        Ok(true)
    }

    /// Whether a key signed, or could; marks it as used.
    fn signed_by(&mut self, key: &PublicKey) -> bool {
        if let Some((_, is_used)) = self.provided.iter_mut().find(|(provided, _)| provided == key) {
            *is_used = true;
            return true;
        }
        let could_sign = self.available.contains(key);
        if could_sign {
            self.provided.push((*key, true));
        }
        could_sign
    }

    /// Whether a key with that address signed, or could. Where none did, the reference reads behind
    /// the end of its list; here nobody agreed.
    fn signed_by_address(&mut self, address: &Address) -> bool {
        let mut keys = self.provided.iter().map(|(key, _)| key).chain(self.available);
        let found = keys.find(|key| has_address(key, address)).copied();
        found.is_some_and(|key| self.signed_by(&key))
    }

    fn unused_key(&self) -> Option<PublicKey> {
        self.provided.iter().find(|(_, is_used)| !is_used).map(|(key, _)| *key)
    }
}

/// Version bytes of the addresses of the chains whose holders the genesis remembers.
const PTS_VERSIONS: [u8; 2] = [56, 0];

/// Whether an address, of this chain or of an older one, is that of a key.
pub(crate) fn has_address(key: &PublicKey, address: &Address) -> bool {
    let old = |compressed, version| {
        key.pts_address(compressed, version).is_ok_and(|old| Address::from(&old) == *address)
    };
    key.address() == *address
        || PTS_VERSIONS.iter().any(|version| old(false, *version) || old(true, *version))
}

/// Weight that comes together.
struct Weight {
    total: u32,
    threshold: u32,
}

impl Weight {
    /// Adds weight and says whether it is enough.
    fn add(&mut self, more: u16) -> bool {
        self.total = self.total.wrapping_add(more.into());
        self.is_enough()
    }

    fn is_enough(&self) -> bool {
        self.total >= self.threshold
    }
}

#[cfg(test)]
mod tests;
