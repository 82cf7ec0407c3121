//! Whether signatures and approvals are enough for operations (reference:
//! `protocol/transaction.cpp`).
//!
//! Invariant: keys are marked as used in the reference's order of questions, because a signature
//! that no question needed is refused. A member of authorities that did not agree is not asked
//! again before that could change its answer, so that a check costs what the authorities are large,
//! each counted once per depth, and not the product of all that stand in each other. Never knows
//! where keys come from, nor whether a transaction or a proposal asks.

mod keys;
mod refused;

use self::keys::Keys;
use self::refused::Refused;
use crate::Ledger;
use carbyne_crypto::PublicKey;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, TEMP_ACCOUNT};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::{Operation, RequiredAuthorities};
use carbyne_protocol::required::{Collected, required_authorities};
use carbyne_protocol::restriction::complies;
use carbyne_wire::FlatSet;
use std::collections::BTreeSet;

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

    /// A key that is enough alone where nothing but the active authority of an account is needed;
    /// none if it is not clear without asking further.
    fn sole_key(&self, _account: AccountId) -> Option<PublicKey> {
        None
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

    #[inline]
    fn sole_key(&self, account: AccountId) -> Option<PublicKey> {
        let tables = &self.tables;
        let brief = tables.accounts.index().brief(account)?;
        brief.sole_key.filter(|_| !tables.custom_authorities.index().has_any(account))
    }
}

/// Who agreed to operations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approvals<'a> {
    /// Keys that signed, each once.
    pub keys: &'a [PublicKey],
    /// Accounts whose active authority agreed to a proposal, in order.
    pub active: &'a [AccountId],
    /// Accounts whose owner authority agreed to a proposal, in order.
    pub owner: &'a [AccountId],
    /// Whether the committee account may act: in proposals only.
    pub allow_committee: bool,
}

/// Refuses unless the approvals are what the operations need, no more and no less. Accounts may
/// stand in the authorities of others `max_depth` deep. Costs, in questions about keys, at most
/// what the authorities of every account within that depth hold, and again for every account
/// found to agree in the authorities that it stands in.
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
        let is_approved = approvals.owner.binary_search(account).is_ok()
            || approver.check_authority(lookup.owner(*account)?, 0)?;
        ensure!(is_approved, AuthorityRefusal::MissingOwner { account: *account });
    }
    for account in &required.active {
        let is_approved = approver.check_account(*account)?;
        ensure!(is_approved, AuthorityRefusal::MissingActive { account: *account });
    }
    match approver.keys.first_unused() {
        Some(key) => Err(AuthorityRefusal::IrrelevantSignature { key }.into()),
        None => Ok(()),
    }
}

/// Whether the one key that signed is enough for the one account whose active authority is all that
/// is needed, so that [`verify_authority`] could say nothing else. Nobody approved besides: where
/// an account did, as in a proposal, its key would not be needed.
pub fn agrees_alone<L: AuthorityLookup>(lookup: &L, account: AccountId, key: &PublicKey) -> bool {
    let is_special = account == COMMITTEE_ACCOUNT || account == TEMP_ACCOUNT;
    !is_special && lookup.sole_key(account) == Some(*key)
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
    Ok(approver.keys.used_available().collect())
}

/// [`required_signatures`] without those that are not needed once the others have signed. Costs as
/// much as verifying once per key: nothing that anybody can ask for calls it.
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
    use carbyne_protocol::code::{
        MISSING_ACTIVE_AUTHORITY, MISSING_OTHER_AUTHORITY, MISSING_OWNER_AUTHORITY,
    };
    [MISSING_ACTIVE_AUTHORITY, MISSING_OTHER_AUTHORITY, MISSING_OWNER_AUTHORITY]
        .contains(&rejected.code())
}

/// Answers whether authorities are satisfied, and remembers which keys it took for that.
struct Approver<'a, L> {
    lookup: &'a L,
    max_depth: u32,
    keys: Keys<'a>,
    /// Accounts that agreed, or were found to.
    approved: BTreeSet<AccountId>,
    refused: Refused,
}

impl<'a, L: AuthorityLookup> Approver<'a, L> {
    fn new(
        lookup: &'a L,
        signed: &'a [PublicKey],
        available: &'a [PublicKey],
        max_depth: u32,
    ) -> Self {
        let keys = Keys::new(signed, available);
        Self { lookup, max_depth, keys, approved: BTreeSet::new(), refused: Refused::default() }
    }

    /// Who must agree, without the active authorities that a custom authority stands in for.
    fn required_without_custom(
        &mut self,
        operations: &[Operation],
    ) -> Result<RequiredAuthorities, Rejected> {
        let mut required = Collected::default();
        for operation in operations {
            for account in required.take(operation) {
                if !self.check_custom(account, operation)? {
                    required.active.push(account);
                }
            }
        }
        Ok(required.sorted())
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

    /// Whether the active authority of an account agrees, or its owner authority in its place. The
    /// owner authority is asked once more, after those who were found to agree meanwhile.
    fn check_account(&mut self, account: AccountId) -> Result<bool, Rejected> {
        Ok(self.has_agreed(account)
            || self.check_either(account, 0)?
            || self.check_authority(self.lookup.owner(account)?, 0)?)
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
            if self.keys.agree(key) && weight.add(*more) {
                return Ok(true);
            }
        }
        for (address, more) in &authority.address_auths {
            if self.keys.agree_by_address(address) && weight.add(*more) {
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

    /// Whether an account agreed before. Anybody is the account for temporary use.
    fn has_agreed(&self, account: AccountId) -> bool {
        account == TEMP_ACCOUNT || self.approved.contains(&account)
    }

    /// Whether an account that stands in an authority agrees.
    fn member_agrees(&mut self, account: AccountId, depth: u32) -> Result<bool, Rejected> {
        if self.has_agreed(account) {
            return Ok(true);
        }
        let below = depth.saturating_add(1);
        if depth == self.max_depth || self.refused.contains(account, below) {
            return Ok(false);
        }
        let agreed_before = self.approved.len();
        if self.check_either(account, below)? {
            self.approved.insert(account);
            self.refused.forget_above(account);
            return Ok(true);
        }
        if self.approved.len() == agreed_before {
            let (lookup, refused) = (self.lookup, &mut self.refused);
            let authorities = [lookup.active(account)?, lookup.owner(account)?];
            let members = authorities.into_iter().flat_map(|one| one.account_auths.keys());
            refused.insert(account, below, members.copied());
        }
        Ok(false)
    }
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
