//! Proposal update: adds approvals to a proposal or takes them back.
//!
//! Signed by: the fee payer, and everybody whose approval is added or taken back. The fee has a
//! part per 1,024 bytes of the whole operation.

use super::sized_fee;
use crate::authority::Authority;
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, ProposalId};
use crate::money::Asset;
use crate::objects::Proposal;
use crate::ops::{OperationResult, RequiredAuthorities, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::{Ledger, Rejected};
use carbyne_crypto::PublicKey;
use carbyne_wire::{Extensions, FlatMap, FlatSet, Pack, Text, Wire};
use std::collections::BTreeSet;

refusals! {
    /// Why an update of a proposal is refused.
    pub enum ProposalUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// No approval is added or taken back.
        Empty: "an update needs an approval to add or to remove",
        /// An account's approval is added and taken back.
        AccountTwice { account: AccountId, asked: Asked }:
            "the approval of {account} is added and taken back",
        /// A key's approval is added and taken back.
        KeyTwice { key: PublicKey }: "the approval of {key:?} is added and taken back",
        /// An approval in the review period.
        InReview { proposal: ProposalId }:
            "{proposal} is in its review period and takes no new approvals",
        /// An approval that is not there is taken back.
        NotApproved { account: AccountId, proposal: ProposalId, list: &'static str }:
            "there is no {list} approval of {account} in {proposal} to take back",
    }
}

/// Adds approvals to a proposal or takes them back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposalUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that pays.
    pub fee_paying_account: AccountId,
    /// The proposal.
    pub proposal: ProposalId,
    /// Accounts whose active authority approves.
    pub active_approvals_to_add: FlatSet<AccountId>,
    /// Accounts whose active authority approves no more.
    pub active_approvals_to_remove: FlatSet<AccountId>,
    /// Accounts whose owner authority approves.
    pub owner_approvals_to_add: FlatSet<AccountId>,
    /// Accounts whose owner authority approves no more.
    pub owner_approvals_to_remove: FlatSet<AccountId>,
    /// Keys that approve.
    pub key_approvals_to_add: FlatSet<PublicKey>,
    /// Keys that approve no more.
    pub key_approvals_to_remove: FlatSet<PublicKey>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an update of a proposal, in smallest units of the core asset.
    pub struct ProposalUpdateFee {
        /// Per update.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl ProposalUpdate {
    fn accounts_to_add(&self) -> impl Iterator<Item = &AccountId> {
        self.active_approvals_to_add.iter().chain(self.owner_approvals_to_add.iter())
    }

    fn accounts_to_remove(&self) -> impl Iterator<Item = &AccountId> {
        self.active_approvals_to_remove.iter().chain(self.owner_approvals_to_remove.iter())
    }

    fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.key_approvals_to_add.iter().chain(self.key_approvals_to_remove.iter())
    }

    fn is_empty(&self) -> bool {
        self.accounts_to_add().chain(self.accounts_to_remove()).next().is_none()
            && self.keys().next().is_none()
    }
}

/// The first member of both sets. They are compared by their bytes: the order of keys is that of
/// their addresses, which are hashes.
fn in_both<T: Copy, B: Ord>(
    one: &FlatSet<T>,
    other: &FlatSet<T>,
    bytes: impl Fn(&T) -> B,
) -> Option<T> {
    let other: BTreeSet<B> = other.iter().map(&bytes).collect();
    one.iter().find(|item| other.contains(&bytes(item))).copied()
}

impl Stateless for ProposalUpdate {
    const NAME: &'static str = "proposal_update";
    type Fee = ProposalUpdateFee;

    paid_by!(fee_paying_account);

    fn calculate_fee(&self, fee: &ProposalUpdateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, self.packed_len(), fee.price_per_kbyte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, ProposalUpdateRefusal::NegativeFee { fee });
        ensure!(!self.is_empty(), ProposalUpdateRefusal::Empty);
        let active =
            in_both(&self.active_approvals_to_add, &self.active_approvals_to_remove, |id| *id);
        let owner =
            in_both(&self.owner_approvals_to_add, &self.owner_approvals_to_remove, |id| *id);
        for (both, asked) in
            [(active, asked::proposal::ACTIVE_TWICE), (owner, asked::proposal::OWNER_TWICE)]
        {
            if let Some(account) = both {
                return Err(ProposalUpdateRefusal::AccountTwice { account, asked }.into());
            }
        }
        match in_both(&self.key_approvals_to_add, &self.key_approvals_to_remove, |key| key.0) {
            Some(key) => Err(ProposalUpdateRefusal::KeyTwice { key }.into()),
            None => Ok(()),
        }
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.extend(self.active_approvals_to_add.iter().copied());
        required.active.extend(self.active_approvals_to_remove.iter().copied());
        required.owner.extend(self.owner_approvals_to_add.iter().copied());
        required.owner.extend(self.owner_approvals_to_remove.iter().copied());
        let key_auths: FlatMap<PublicKey, u16> = self.keys().map(|key| (*key, 1)).collect();
        let weight_threshold = key_auths.len() as u32;
        if weight_threshold > 0 {
            required.other.push(Authority { weight_threshold, key_auths, ..Authority::default() });
        }
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
    }
}

impl ProposalUpdate {
    fn check_removals(
        &self,
        proposal: ProposalId,
        removals: &FlatSet<AccountId>,
        available: &FlatSet<AccountId>,
        list: &'static str,
    ) -> Result<(), Rejected> {
        match removals.iter().find(|account| !available.contains(account)).copied() {
            Some(account) => {
                Err(ProposalUpdateRefusal::NotApproved { account, proposal, list }.into())
            }
            None => Ok(()),
        }
    }

    fn change(&self, proposal: &mut Proposal) {
        let Proposal {
            available_active_approvals: active,
            available_owner_approvals: owner,
            available_key_approvals: keys,
            ..
        } = proposal;
        active.extend(self.active_approvals_to_add.iter().copied());
        owner.extend(self.owner_approvals_to_add.iter().copied());
        keys.extend(self.key_approvals_to_add.iter().copied());
        active.retain(|account| !self.active_approvals_to_remove.contains(account));
        owner.retain(|account| !self.owner_approvals_to_remove.contains(account));
        let removed: BTreeSet<[u8; 33]> =
            self.key_approvals_to_remove.iter().map(|key| key.0).collect();
        keys.retain(|key| !removed.contains(&key.0));
    }
}

impl Evaluate for ProposalUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let proposal = ledger.get(self.proposal)?;
        let now = ledger.head_time()?;
        let in_review = proposal.review_period_time.is_some_and(|review| now >= review);
        ensure!(
            !in_review || self.accounts_to_add().next().is_none(),
            ProposalUpdateRefusal::InReview { proposal: proposal.id }
        );
        let (active, owner) =
            (&proposal.available_active_approvals, &proposal.available_owner_approvals);
        self.check_removals(proposal.id, &self.active_approvals_to_remove, active, "active")?;
        self.check_removals(proposal.id, &self.owner_approvals_to_remove, owner, "owner")
    }

    /// A proposal with a review period waits for its end; any other is executed as soon as it is
    /// authorized, and if that is refused it waits too, with the reason.
    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let waits = ledger.modify(self.proposal, |proposal| {
            self.change(proposal);
            proposal.review_period_time.is_some()
        })?;
        if !waits
            && ledger.is_authorized_to_execute(self.proposal)?
            && let Err(rejected) = ledger.push_proposal(self.proposal)
        {
            let reason = Text::from(rejected.words());
            ledger.modify(self.proposal, |proposal| proposal.fail_reason = reason)?;
        }
        Ok(OperationResult::Void)
    }
}
