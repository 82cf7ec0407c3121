//! Witnesses, committee, workers, and proposals of anything.

use super::{Draft, Kind};
use crate::genesis::DIALECT;
use carbyne_objects::Proposal;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Id, Json, JsonIn};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The account that the committee decides for.
const COMMITTEE: AccountId = Id(0);

pub(super) const KINDS: &[Kind] = &[
    ("witness_create", witness_create),
    ("witness_update", witness_update),
    ("committee_member_create", member_create),
    ("committee_member_update", member_update),
    ("worker_create", worker_create),
    ("proposal_create", propose),
    ("proposal_create", propose),
    ("proposal_create", propose),
    ("proposal_create", propose_parameters),
    ("proposal_update", approve),
    ("proposal_update", approve),
    ("proposal_update", approve),
    ("proposal_update", approve),
    ("proposal_delete", delete),
];

fn witness_create(draft: &mut Draft<'_>) -> Option<Value> {
    let keys = draft.witnesses;
    Some(json!({
        "witness_account": draft.me()?.to_json(),
        "url": "a witness",
        "block_signing_key": draft.pick(keys),
    }))
}

fn witness_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let witness = draft.any(ledger.tables.witnesses.iter())?;
    let keys = draft.witnesses;
    let mut members = json!({
        "witness": witness.id.to_json(),
        "witness_account": witness.witness_account.to_json(),
        "new_url": "another place",
    });
    if draft.one_of(3) && witness.id.0 > keys.len() as u64 {
        members["new_signing_key"] = json!(draft.pick(keys));
    }
    Some(members)
}

fn member_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({ "committee_member_account": draft.me()?.to_json(), "url": "a member" }))
}

fn member_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let member = draft.any(ledger.tables.committee_members.iter())?;
    Some(json!({
        "committee_member": member.id.to_json(),
        "committee_member_account": member.committee_member_account.to_json(),
        "new_url": "another place",
    }))
}

fn worker_create(draft: &mut Draft<'_>) -> Option<Value> {
    let initializer = match draft.below(3) {
        0 => json!([0, {}]),
        1 => json!([1, { "pay_vesting_period_days": draft.below(3) }]),
        _ => json!([2, {}]),
    };
    Some(json!({
        "owner": draft.me()?.to_json(),
        "work_begin_date": draft.within(20),
        "work_end_date": draft.after(10 * 86_400),
        "daily_pay": 1 + draft.below(100_000),
        "name": "work",
        "url": "",
        "initializer": initializer,
    }))
}

/// One or two operations of any other kind.
fn propose(draft: &mut Draft<'_>) -> Option<Value> {
    let kinds: Vec<Kind> =
        draft.kinds().into_iter().filter(|(name, _)| !name.starts_with("proposal")).collect();
    let mut proposed = Vec::new();
    for _ in 0..1 + draft.below(2) {
        let kind = *draft.pick(&kinds);
        proposed.extend(draft.with_fee(kind).map(|op| json!({ "op": op })));
    }
    if proposed.is_empty() {
        return None;
    }
    Some(json!({
        "fee_paying_account": draft.me()?.to_json(),
        "expiration_time": draft.within(30),
        "proposed_ops": proposed,
    }))
}

/// What only the committee can send.
fn propose_parameters(draft: &mut Draft<'_>) -> Option<Value> {
    let mut parameters = draft.ledger.parameters().ok()?.to_json_in(DIALECT);
    parameters["witness_pay_per_block"] = json!(draft.below(1_000_000));
    parameters["reserve_percent_of_fee"] = json!(draft.below(5_000));
    let members = json!({ "fee": draft.core(super::FEE), "new_parameters": parameters });
    Some(json!({
        "fee_paying_account": draft.me()?.to_json(),
        "expiration_time": draft.after(30),
        "proposed_ops": [{ "op": [31, members] }],
        "review_period_seconds": 5 + draft.below(5),
    }))
}

/// Approvals of those who are asked; for the committee, of all its members.
fn approve(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let proposal = draft.any(ledger.tables.proposals.iter())?;
    let mut asked: BTreeSet<AccountId> = missing(proposal);
    if asked.remove(&COMMITTEE) {
        let committee = ledger.find(COMMITTEE)?;
        asked.extend(committee.active.account_auths.iter().map(|(member, _)| *member));
    }
    asked.retain(|account| !proposal.available_active_approvals.contains(account));
    let add: Vec<Value> = asked.iter().map(Json::to_json).collect();
    let remove: Vec<Value> = match draft.one_of(6) {
        true => proposal.available_active_approvals.iter().take(1).map(Json::to_json).collect(),
        false => Vec::new(),
    };
    if add.is_empty() && remove.is_empty() {
        return None;
    }
    Some(json!({
        "fee_paying_account": draft.me()?.to_json(),
        "proposal": proposal.id.to_json(),
        "active_approvals_to_add": add,
        "active_approvals_to_remove": remove,
    }))
}

/// Whose approval is asked for; owners approve by what they may also approve by.
fn missing(proposal: &Proposal) -> BTreeSet<AccountId> {
    let asked = proposal.required_active_approvals.iter();
    asked.chain(proposal.required_owner_approvals.iter()).copied().collect()
}

fn delete(draft: &mut Draft<'_>) -> Option<Value> {
    if !draft.one_of(3) {
        return None;
    }
    let ledger = draft.ledger;
    let proposal = draft.any(ledger.tables.proposals.iter())?;
    Some(json!({
        "fee_paying_account": proposal.proposer.to_json(),
        "proposal": proposal.id.to_json(),
        "using_owner_authority": false,
    }))
}
