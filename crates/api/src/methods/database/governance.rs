//! Witnesses, committee members, workers, and what votes name.

use crate::answer::{Answer, Written, pair};
use crate::limits::{at_most, limited};
use crate::methods::{Method, gather, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_ledger::tables::Stored;
use carbyne_protocol::ids::{AccountId, CommitteeMemberId, WitnessId, WorkerId};
use carbyne_wire::{Json, Text, TimePointSec, VoteId, VoteKind};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_witnesses(witness_ids: [1.6.x]<=get_witnesses) -> [witness_object?]",
        "Witnesses by id, null where there is none.",
        by_ids::<WitnessId>,
    ),
    gather(
        "get_witness_by_account(account_name_or_id: name|1.2.x) -> witness_object?",
        "The witness an account is.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            view.maybe(view.ledger.tables.witnesses.index().by_account(account))
        },
    ),
    gather(
        "lookup_witness_accounts(lower_bound_name: string, \
         limit: uint32<=lookup_witness_accounts) -> [(name, 1.6.x)]",
        "Names of witnesses from a text on.",
        lookup_witness_accounts,
    ),
    read("get_witness_count() -> uint64", "Number of witnesses.", |view, _| {
        Ok((view.ledger.tables.witnesses.len() as u64).to_json())
    }),
    gather(
        "get_committee_members(committee_member_ids: [1.5.x]<=get_committee_members) -> \
         [committee_member_object?]",
        "Committee members by id, null where there is none.",
        by_ids::<CommitteeMemberId>,
    ),
    gather(
        "get_committee_member_by_account(account_name_or_id: name|1.2.x) \
         -> committee_member_object?",
        "The committee member an account is.",
        |view, args| {
            let account = args.account(view, 0)?.id;
            view.maybe(view.ledger.tables.committee_members.index().by_account(account))
        },
    ),
    gather(
        "lookup_committee_member_accounts(lower_bound_name: string, \
         limit: uint32<=lookup_committee_member_accounts) -> [(name, 1.5.x)]",
        "Names of committee members from a text on.",
        lookup_committee_member_accounts,
    ),
    read("get_committee_count() -> uint64", "Number of committee members.", |view, _| {
        Ok((view.ledger.tables.committee_members.len() as u64).to_json())
    }),
    gather(
        "get_all_workers(is_expired: bool = null) -> [worker_object]",
        "Workers: all, expired or not expired.",
        get_all_workers,
    ),
    gather(
        "get_workers_by_account(account_name_or_id: name|1.2.x) -> [worker_object]",
        "The workers of an account.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            let ids = view.ledger.tables.workers.index().by_account(account);
            view.objects(ids, usize::MAX)
        },
    ),
    read("get_worker_count() -> uint64", "Number of workers.", |view, _| {
        Ok((view.ledger.tables.workers.len() as u64).to_json())
    }),
    gather(
        "lookup_vote_ids(votes: [vote]<=lookup_vote_ids) -> [any?]",
        "What votes name, null for nothing.",
        |view, arguments| {
            let votes: Vec<VoteId> = arguments.get(0)?;
            by_vote_ids(view, &votes)
        },
    ),
];

fn by_ids<I: Stored + Json>(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError>
where
    I::Object: Written,
{
    let ids: Vec<I> = arguments.get(0)?;
    view.list(ids.into_iter().map(|id| view.maybe(Some(id))))
}

fn lookup_witness_accounts(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let most = view.settings.limits.lookup_witness_accounts;
    lookup(view, arguments, most, witnesses_by_name(view))
}

/// Ids of witnesses by name.
pub(crate) fn witnesses_by_name<'v>(view: &View<'v>) -> BTreeMap<&'v Text, Value> {
    let witnesses = view.ledger.tables.witnesses.iter();
    by_name(view, witnesses.map(|w| (w.witness_account, w.id.to_json())))
}

fn lookup_committee_member_accounts(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let most = view.settings.limits.lookup_committee_member_accounts;
    lookup(view, arguments, most, committee_members_by_name(view))
}

/// Ids of committee members by name.
pub(crate) fn committee_members_by_name<'v>(view: &View<'v>) -> BTreeMap<&'v Text, Value> {
    let members = view.ledger.tables.committee_members.iter();
    by_name(view, members.map(|m| (m.committee_member_account, m.id.to_json())))
}

/// What accounts are, by their names.
fn by_name<'v>(
    view: &View<'v>,
    all: impl Iterator<Item = (AccountId, Value)>,
) -> BTreeMap<&'v Text, Value> {
    let mut by_name = BTreeMap::new();
    for (account, id) in all {
        if let Some(account) = view.ledger.find(account) {
            by_name.entry(&account.name).or_insert(id);
        }
    }
    by_name
}

/// Names of accounts with the ids of what they are, from a text on.
fn lookup(
    view: &View<'_>,
    arguments: &Arguments<'_>,
    most: u32,
    by_name: BTreeMap<&Text, Value>,
) -> Result<Answer, ApiError> {
    let (from, limit): (Text, u32) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(limit, most)?;
    let wanted = by_name.into_iter().skip_while(|(name, _)| **name < from).take(limit);
    view.list(wanted.map(|(name, id)| Ok(pair(name.to_json(), id))))
}

fn get_all_workers(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (ledger, now) = (view.ledger, view.ledger.head_time()?);
    let index = ledger.tables.workers.index();
    match arguments.optional(0)? {
        None => view.rows(ledger.tables.workers.iter().cloned(), usize::MAX),
        Some(false) => view.objects(index.ending_from(now), usize::MAX),
        Some(true) => {
            let is_expired =
                |id: &WorkerId| ledger.find(*id).is_some_and(|worker| worker.work_end_date <= now);
            let all = index.ending_from(TimePointSec::default());
            view.objects(all.take_while(is_expired), usize::MAX)
        }
    }
}

/// What votes name, null for nothing.
pub(super) fn by_vote_ids(view: &View<'_>, votes: &[VoteId]) -> Result<Answer, ApiError> {
    at_most(votes.len(), view.settings.limits.lookup_vote_ids, "votes")?;
    let tables = &view.ledger.tables;
    let mut found = Vec::with_capacity(votes.len());
    for vote in votes {
        found.push(match (vote.vote_kind(), vote.kind_number()) {
            (Some(VoteKind::Committee), _) => {
                view.maybe(tables.committee_members.index().by_vote(*vote))?
            }
            (Some(VoteKind::Witness), _) => view.maybe(tables.witnesses.index().by_vote(*vote))?,
            (Some(VoteKind::Worker), _) => {
                let index = tables.workers.index();
                view.maybe(index.by_vote_for(*vote).or_else(|| index.by_vote_against(*vote)))?
            }
            // The reference counts its kinds with a fourth and passes over it.
            (None, 3) => continue,
            (None, _) => return Err(ApiRefusal::UnknownVoteKind { vote: *vote }.into()),
        });
    }
    Ok(Answer::List(found))
}
