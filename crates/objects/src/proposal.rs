//! Proposals: transactions that wait for approvals (reference: `chain/proposal_object.hpp`).

use super::{Run, all_of};
use carbyne_crypto::PublicKey;
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Extensions, FlatSet, Id, Text, TimePointSec, Wire};
use std::collections::BTreeSet;

/// What is proposed, in the form of a transaction without signatures.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposedTransaction {
    /// Zero: it builds on no block.
    pub ref_block_num: u16,
    /// Zero: it builds on no block.
    pub ref_block_prefix: u32,
    /// When the proposal ends.
    pub expiration: TimePointSec,
    /// The operations.
    pub operations: Vec<Operation>,
    /// No extension is defined.
    pub extensions: Extensions,
}

/// A proposal.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Proposal {
    /// Id.
    pub id: ProposalId,
    /// When it ends, approved or not.
    pub expiration_time: TimePointSec,
    /// From when on no approval can be added; it is executed only at its end then.
    pub review_period_time: Option<TimePointSec>,
    /// What is proposed.
    pub proposed_transaction: ProposedTransaction,
    /// Accounts whose active authority must approve.
    pub required_active_approvals: FlatSet<AccountId>,
    /// Accounts whose active authority has approved.
    pub available_active_approvals: FlatSet<AccountId>,
    /// Accounts whose owner authority must approve.
    pub required_owner_approvals: FlatSet<AccountId>,
    /// Accounts whose owner authority has approved.
    pub available_owner_approvals: FlatSet<AccountId>,
    /// Keys that have approved.
    pub available_key_approvals: FlatSet<PublicKey>,
    /// Who proposed it.
    pub proposer: AccountId,
    /// Why it was refused when it was approved; empty if it was not.
    pub fail_reason: Text,
}
object! {
    Proposal, ProposalIndex,
    holds [],
    concerns |proposal, accounts| {
        proposal.proposed_transaction.operations.iter().for_each(|operation| {
            operation.stateless().touch(accounts);
        });
    }
}

impl Proposal {
    /// Every account that must approve or has approved.
    fn accounts(&self) -> BTreeSet<AccountId> {
        let active = self.required_active_approvals.iter().chain(&self.available_active_approvals);
        let owner = self.required_owner_approvals.iter().chain(&self.available_owner_approvals);
        active.chain(owner).copied().collect()
    }
}

/// Proposals by end, and by the accounts that must approve or have approved.
#[derive(Clone, Debug, Default)]
pub struct ProposalIndex {
    by_expiration: BTreeSet<(TimePointSec, u64)>,
    by_account: BTreeSet<(AccountId, u64)>,
}

impl ProposalIndex {
    /// The proposal that ends first, and when.
    pub fn first_to_expire(&self) -> Option<(TimePointSec, ProposalId)> {
        self.by_expiration.first().map(|(expiration, n)| (*expiration, Id(*n)))
    }

    /// Proposals that an account must approve or has approved, in order of number.
    pub fn of_account(&self, account: AccountId) -> Run<'_, AccountId, 1, 10> {
        all_of(&self.by_account, account)
    }
}

impl Index<Proposal> for ProposalIndex {
    type Keys = (TimePointSec, BTreeSet<AccountId>);
    fn keys(row: &Proposal) -> Self::Keys {
        (row.expiration_time, row.accounts())
    }
    fn insert(&mut self, instance: u64, (expiration, accounts): Self::Keys) {
        self.by_expiration.insert((expiration, instance));
        self.by_account.extend(accounts.into_iter().map(|account| (account, instance)));
    }
    fn remove(&mut self, instance: u64, (expiration, accounts): Self::Keys) {
        self.by_expiration.remove(&(expiration, instance));
        for account in accounts {
            self.by_account.remove(&(account, instance));
        }
    }
}
