//! Proposal create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::proposal::create`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{Proposal, ProposedTransaction};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::COMMITTEE_ACCOUNT;
use carbyne_protocol::ids::ProposalId;
use carbyne_protocol::ops::proposal::create::ProposalCreate;
use carbyne_protocol::ops::{Operation, OperationResult, RequiredAuthorities};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why a proposal is refused.
    pub enum ProposalCreateRefusal {
        /// An end that has passed.
        Expired { end: TimePointSec, now: TimePointSec }:
            "the proposal ends at {end}, now is {now}",
        /// A longer life than the committee allows.
        TooFar { end: TimePointSec, latest: TimePointSec }:
            "the proposal ends at {end}, the latest possible is {latest}",
        /// A review period as long as the life, or longer.
        ReviewTooLong { review: u32, lifetime: i64 }:
            "a review of {review} seconds is not shorter than the {lifetime} seconds the proposal \
             lives",
        /// The committee must have time for a review.
        ReviewRequired { min: u32 } [PROPOSAL_CREATE_REVIEW_PERIOD_REQUIRED]:
            "the committee must have a review period of at least {min} seconds",
        /// The committee must have more time for a review.
        ReviewTooShort { review: u32, min: u32 } [PROPOSAL_CREATE_REVIEW_PERIOD_INSUFFICIENT]:
            "a review period of {review} seconds is below the {min} that are required",
        /// More than one approval in a proposal.
        TwoUpdates: "a proposal may hold one update of another at most",
        /// An operation that needs keys, which cannot approve a proposal.
        OtherAuthorities { count: usize }:
            "{count} operations need keys, which cannot approve a proposal",
        /// A proposal that does not exist yet is approved or deleted by what is proposed.
        FutureProposal { named: ProposalId, own: ProposalId }:
            "{named} is not older than this proposal, {own}",
    }
}

/// Refuses two approvals in one proposal and flags that no asset may have, in proposals inside
/// too.
fn check_content(operation: &ProposalCreate) -> Result<(), Rejected> {
    let mut has_update = false;
    for proposed in &operation.proposed_ops {
        match &proposed.op {
            Operation::ProposalCreate(inner) => check_content(inner)?,
            Operation::AssetCreate(create) => {
                create.common_options.validate_flags(create.bitasset_opts.is_some())?;
            }
            Operation::AssetUpdate(update) => update.new_options.validate_flags(true)?,
            Operation::ProposalUpdate(_) => {
                ensure!(!has_update, ProposalCreateRefusal::TwoUpdates);
                has_update = true;
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_time(operation: &ProposalCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let (end, now) = (operation.expiration_time, ledger.head_time()?);
    ensure!(end > now, ProposalCreateRefusal::Expired { end, now });
    let latest = now.wrapping_add(ledger.parameters()?.maximum_proposal_lifetime);
    ensure!(end <= latest, ProposalCreateRefusal::TooFar { end, latest });
    if let Some(review) = operation.review_period_seconds {
        let lifetime = end.since(now);
        ensure!(
            i64::from(review) < lifetime,
            ProposalCreateRefusal::ReviewTooLong { review, lifetime }
        );
    }
    Ok(())
}

/// What the committee must approve needs a review period.
fn check_review(operation: &ProposalCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let min = ledger.parameters()?.committee_proposal_review_period;
    let review = operation.review_period_seconds;
    let review = review.ok_or(ProposalCreateRefusal::ReviewRequired { min })?;
    ensure!(review >= min, ProposalCreateRefusal::ReviewTooShort { review, min });
    Ok(())
}

/// The last of the proposals that are approved or deleted by what is proposed, in proposals
/// inside too.
fn last_named(operation: &ProposalCreate) -> Option<ProposalId> {
    let named = operation.proposed_ops.iter().filter_map(|proposed| match &proposed.op {
        Operation::ProposalCreate(inner) => last_named(inner),
        Operation::ProposalUpdate(update) => Some(update.proposal),
        Operation::ProposalDelete(delete) => Some(delete.proposal),
        _ => None,
    });
    named.max()
}

fn proposal(operation: &ProposalCreate, required: RequiredAuthorities) -> Proposal {
    let end = operation.expiration_time;
    let operations = operation.proposed_ops.iter().map(|proposed| proposed.op.clone()).collect();
    Proposal {
        expiration_time: end,
        review_period_time: operation
            .review_period_seconds
            .map(|seconds| TimePointSec(end.0.wrapping_sub(seconds))),
        proposed_transaction: ProposedTransaction {
            expiration: end,
            operations,
            ..ProposedTransaction::default()
        },
        required_active_approvals: required.active,
        required_owner_approvals: required.owner,
        proposer: operation.fee_paying_account,
        ..Proposal::default()
    }
}

impl Evaluate for ProposalCreate {
    /// Who must approve; an owner authority counts for the active one too.
    type Plan = RequiredAuthorities;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<RequiredAuthorities, Rejected> {
        check_content(self)?;
        crate::features::check_proposed(ledger, self)?;
        check_time(self, ledger)?;
        let RequiredAuthorities { mut active, owner, other } = self.required();
        active.retain(|account| !owner.contains(account));
        let count = other.len();
        ensure!(count == 0, ProposalCreateRefusal::OtherAuthorities { count });
        if active.contains(&COMMITTEE_ACCOUNT) || owner.contains(&COMMITTEE_ACCOUNT) {
            check_review(self, ledger)?;
        }
        Ok(RequiredAuthorities { active, owner, other })
    }

    fn apply(
        &self,
        required: RequiredAuthorities,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let own: ProposalId = ledger.create(proposal(self, required));
        if let Some(named) = last_named(self) {
            ensure!(named < own, ProposalCreateRefusal::FutureProposal { named, own });
        }
        Ok(OperationResult::Object(own.into()))
    }
}
