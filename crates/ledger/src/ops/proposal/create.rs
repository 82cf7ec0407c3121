//! Proposal create: puts operations on the chain for others to approve.
//!
//! Signed by: the fee payer only; the authorities of the proposed operations come with approvals.
//! The fee has a part per 1,024 bytes of the whole operation.

use super::sized_fee;
use crate::authorize::needed_authorities;
use crate::constants::COMMITTEE_ACCOUNT;
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, ProposalId};
use crate::money::Asset;
use crate::objects::{Proposal, ProposedTransaction};
use crate::ops::{Operation, OperationResult, RequiredAuthorities, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Pack, TimePointSec, Wire};

refusals! {
    /// Why a proposal is refused.
    pub enum ProposalCreateRefusal {
        /// Nothing is proposed.
        Empty: "a proposal needs an operation",
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

/// An operation inside another one (reference: `op_wrapper`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OpWrapper {
    /// The operation.
    pub op: Operation,
}

/// Puts operations on the chain for others to approve.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposalCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that proposes and pays.
    pub fee_paying_account: AccountId,
    /// When the proposal ends, approved or not.
    pub expiration_time: TimePointSec,
    /// What is proposed.
    pub proposed_ops: Vec<OpWrapper>,
    /// Seconds before the end in which approvals can only be taken back.
    pub review_period_seconds: Option<u32>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a proposal, in smallest units of the core asset.
    pub struct ProposalCreateFee {
        /// Per proposal.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl ProposalCreate {
    /// Who must approve what is proposed.
    pub fn required(&self) -> RequiredAuthorities {
        needed_authorities(self.proposed_ops.iter().map(|proposed| &proposed.op))
    }

    /// Refuses two approvals in one proposal and flags that no asset may have, in proposals inside
    /// too.
    fn check_content(&self) -> Result<(), Rejected> {
        let mut has_update = false;
        for proposed in &self.proposed_ops {
            match &proposed.op {
                Operation::ProposalCreate(inner) => inner.check_content()?,
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

    fn check_time(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let (end, now) = (self.expiration_time, ledger.head_time()?);
        ensure!(end > now, ProposalCreateRefusal::Expired { end, now });
        let latest = now.wrapping_add(ledger.parameters()?.maximum_proposal_lifetime);
        ensure!(end <= latest, ProposalCreateRefusal::TooFar { end, latest });
        if let Some(review) = self.review_period_seconds {
            let lifetime = end.since(now);
            ensure!(
                i64::from(review) < lifetime,
                ProposalCreateRefusal::ReviewTooLong { review, lifetime }
            );
        }
        Ok(())
    }

    /// What the committee must approve needs a review period.
    fn check_review(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let min = ledger.parameters()?.committee_proposal_review_period;
        let review = self.review_period_seconds;
        let review = review.ok_or(ProposalCreateRefusal::ReviewRequired { min })?;
        ensure!(review >= min, ProposalCreateRefusal::ReviewTooShort { review, min });
        Ok(())
    }

    /// The last of the proposals that are approved or deleted by what is proposed, in proposals
    /// inside too.
    fn last_named(&self) -> Option<ProposalId> {
        let named = self.proposed_ops.iter().filter_map(|proposed| match &proposed.op {
            Operation::ProposalCreate(inner) => inner.last_named(),
            Operation::ProposalUpdate(update) => Some(update.proposal),
            Operation::ProposalDelete(delete) => Some(delete.proposal),
            _ => None,
        });
        named.max()
    }

    fn proposal(&self, required: RequiredAuthorities) -> Proposal {
        let end = self.expiration_time;
        let operations = self.proposed_ops.iter().map(|proposed| proposed.op.clone()).collect();
        Proposal {
            expiration_time: end,
            review_period_time: self
                .review_period_seconds
                .map(|seconds| TimePointSec(end.0.wrapping_sub(seconds))),
            proposed_transaction: ProposedTransaction {
                expiration: end,
                operations,
                ..ProposedTransaction::default()
            },
            required_active_approvals: required.active,
            required_owner_approvals: required.owner,
            proposer: self.fee_paying_account,
            ..Proposal::default()
        }
    }
}

impl Stateless for ProposalCreate {
    const NAME: &'static str = "proposal_create";
    type Fee = ProposalCreateFee;

    paid_by!(fee_paying_account);

    fn calculate_fee(&self, fee: &ProposalCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, self.packed_len(), fee.price_per_kbyte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(!self.proposed_ops.is_empty(), ProposalCreateRefusal::Empty);
        self.proposed_ops.iter().try_for_each(|proposed| proposed.op.stateless().check_stateless())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
        let required = self.required();
        accounts.extend(required.active);
        accounts.extend(required.owner);
        for authority in &required.other {
            accounts.extend(authority.account_auths.keys().copied());
        }
    }
}

impl Evaluate for ProposalCreate {
    /// Who must approve; an owner authority counts for the active one too.
    type Plan = RequiredAuthorities;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<RequiredAuthorities, Rejected> {
        self.check_content()?;
        self.check_time(ledger)?;
        let RequiredAuthorities { mut active, owner, other } = self.required();
        active.retain(|account| !owner.contains(account));
        let count = other.len();
        ensure!(count == 0, ProposalCreateRefusal::OtherAuthorities { count });
        if active.contains(&COMMITTEE_ACCOUNT) || owner.contains(&COMMITTEE_ACCOUNT) {
            self.check_review(ledger)?;
        }
        Ok(RequiredAuthorities { active, owner, other })
    }

    fn apply(
        &self,
        required: RequiredAuthorities,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let own: ProposalId = ledger.create(self.proposal(required));
        if let Some(named) = self.last_named() {
            ensure!(named < own, ProposalCreateRefusal::FutureProposal { named, own });
        }
        Ok(OperationResult::Object(own.into()))
    }
}
