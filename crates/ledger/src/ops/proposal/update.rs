//! Proposal update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::proposal::update`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Proposal;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, ProposalId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::proposal::update::ProposalUpdate;
use carbyne_wire::{FlatSet, Text};
use std::collections::BTreeSet;

refusals! {
    /// Why an update of a proposal is refused.
    pub enum ProposalUpdateRefusal {
        /// An approval in the review period.
        InReview { proposal: ProposalId }:
            "{proposal} is in its review period and takes no new approvals",
        /// An approval that is not there is taken back.
        NotApproved { account: AccountId, proposal: ProposalId, list: &'static str }:
            "there is no {list} approval of {account} in {proposal} to take back",
    }
}

fn check_removals(
    proposal: ProposalId,
    removals: &FlatSet<AccountId>,
    available: &FlatSet<AccountId>,
    list: &'static str,
) -> Result<(), Rejected> {
    match removals.iter().find(|account| !available.contains(account)).copied() {
        Some(account) => Err(ProposalUpdateRefusal::NotApproved { account, proposal, list }.into()),
        None => Ok(()),
    }
}

fn change(operation: &ProposalUpdate, proposal: &mut Proposal) {
    let Proposal {
        available_active_approvals: active,
        available_owner_approvals: owner,
        available_key_approvals: keys,
        ..
    } = proposal;
    active.extend(operation.active_approvals_to_add.iter().copied());
    owner.extend(operation.owner_approvals_to_add.iter().copied());
    keys.extend(operation.key_approvals_to_add.iter().copied());
    active.retain(|account| !operation.active_approvals_to_remove.contains(account));
    owner.retain(|account| !operation.owner_approvals_to_remove.contains(account));
    let removed: BTreeSet<[u8; 33]> =
        operation.key_approvals_to_remove.iter().map(|key| key.0).collect();
    keys.retain(|key| !removed.contains(&key.0));
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
        check_removals(proposal.id, &self.active_approvals_to_remove, active, "active")?;
        check_removals(proposal.id, &self.owner_approvals_to_remove, owner, "owner")
    }

    /// A proposal with a review period waits for its end; any other is executed as soon as it is
    /// authorized, and if that is refused it waits too, with the reason.
    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let waits = ledger.modify(self.proposal, |proposal| {
            change(self, proposal);
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
