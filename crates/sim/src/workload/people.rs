//! Accounts, what they give each other, and what they promise.

use super::{Draft, Kind};
use carbyne_crypto::hash::sha256;
use carbyne_objects::Account;
use carbyne_wire::{Id, Json};
use serde_json::{Value, json};

/// The first thing people do: they take what the genesis gave them.
pub(super) const CLAIM: Kind = ("balance_claim", claim);

pub(super) const KINDS: &[Kind] = &[
    CLAIM,
    ("transfer", transfer),
    ("transfer", give),
    ("account_create", account_create),
    ("account_update", account_update),
    ("account_whitelist", account_whitelist),
    ("account_upgrade", account_upgrade),
    ("withdraw_permission_create", permission_create),
    ("withdraw_permission_update", permission_update),
    ("withdraw_permission_claim", permission_claim),
    ("withdraw_permission_delete", permission_delete),
    ("vesting_balance_create", vesting_create),
    ("vesting_balance_withdraw", vesting_withdraw),
    ("custom", custom),
    ("assert", assert),
    ("htlc_create", htlc_create),
    ("htlc_redeem", htlc_redeem),
    ("htlc_extend", htlc_extend),
    ("custom_authority_create", custom_authority_create),
    ("custom_authority_update", custom_authority_update),
    ("custom_authority_delete", custom_authority_delete),
    ("ticket_create", ticket_create),
    ("ticket_update", ticket_update),
];

fn claim(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let balance = draft.any(ledger.tables.claims.iter())?;
    Some(json!({
        "deposit_to_account": draft.poor()?.to_json(),
        "balance_to_claim": balance.id.to_json(),
        "balance_owner_key": draft.key,
        "total_claimed": balance.balance.to_json(),
    }))
}

fn transfer(draft: &mut Draft<'_>) -> Option<Value> {
    let from = draft.me()?;
    let (asset, has) = draft.owned(from)?;
    let most = (has as u64 / 4).max(1);
    // Now and then to the committee, which pays for what it decides.
    let receiver = if draft.one_of(12) { Id(0) } else { draft.anybody()? };
    Some(json!({
        "from": from.to_json(),
        "to": receiver.to_json(),
        "amount": draft.some(most, asset),
    }))
}

/// Gives somebody who has nothing what some operations cost.
fn give(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "from": draft.me()?.to_json(),
        "to": draft.poor()?.to_json(),
        "amount": draft.core(1_000 * super::FEE),
    }))
}

fn account_create(draft: &mut Draft<'_>) -> Option<Value> {
    let me = draft.me()?.to_json();
    Some(json!({
        "registrar": me,
        "referrer": me,
        "referrer_percent": draft.below(5_000),
        "name": format!("a{}1", draft.letters().to_lowercase()),
        "owner": draft.authority(),
        "active": draft.authority(),
        "options": { "memo_key": draft.key, "voting_account": "1.2.5" },
    }))
}

/// Votes for some of what can be voted for.
fn account_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    // Only for those of the genesis, each of which has a machine of its own: if one machine made
    // all blocks of a branch, they would be irreversible there at once.
    let first = draft.witnesses.len() as u64;
    let witnesses = ledger.tables.witnesses.iter().filter(|one| one.id.0 <= first);
    let votes = [
        draft.any(witnesses.map(|witness| witness.vote_id)),
        draft.any(ledger.tables.committee_members.iter().map(|member| member.vote_id)),
        draft.any(ledger.tables.workers.iter().map(|worker| worker.vote_for)),
    ];
    let votes: Vec<Value> = votes.iter().flatten().map(Json::to_json).collect();
    let voting_account = if draft.one_of(3) { draft.me()?.to_json() } else { json!("1.2.5") };
    Some(json!({
        "account": draft.me()?.to_json(),
        "new_options": {
            "memo_key": draft.key,
            "voting_account": voting_account,
            "num_witness": draft.below(2),
            "num_committee": draft.below(2),
            "votes": votes,
        },
    }))
}

fn account_whitelist(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "authorizing_account": draft.me()?.to_json(),
        "account_to_list": draft.anybody()?.to_json(),
        "new_listing": draft.below(4),
    }))
}

fn account_upgrade(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let basic = |account: &&Account| account.lifetime_referrer != account.id;
    let accounts = ledger.tables.accounts.iter().filter(basic).map(|account| account.id);
    let member = draft.any(accounts)?;
    Some(json!({
        "account_to_upgrade": member.to_json(),
        "upgrade_to_lifetime_member": true,
    }))
}

fn permission_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "withdraw_from_account": draft.me()?.to_json(),
        "authorized_account": draft.me()?.to_json(),
        "withdrawal_limit": draft.some(1_000, Id(0)),
        "withdrawal_period_sec": 5 + draft.below(20),
        "periods_until_expiration": 1 + draft.below(10),
        "period_start_time": draft.within(10),
    }))
}

fn permission_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let permission = draft.any(ledger.tables.withdraw_permissions.iter())?;
    Some(json!({
        "withdraw_from_account": permission.withdraw_from_account.to_json(),
        "authorized_account": permission.authorized_account.to_json(),
        "permission_to_update": permission.id.to_json(),
        "withdrawal_limit": draft.some(1_000, Id(0)),
        "withdrawal_period_sec": 5 + draft.below(20),
        "period_start_time": draft.within(10),
        "periods_until_expiration": 1 + draft.below(10),
    }))
}

fn permission_claim(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let permission = draft.any(ledger.tables.withdraw_permissions.iter())?;
    Some(json!({
        "withdraw_permission": permission.id.to_json(),
        "withdraw_from_account": permission.withdraw_from_account.to_json(),
        "withdraw_to_account": permission.authorized_account.to_json(),
        "amount_to_withdraw": draft.some(200, Id(0)),
    }))
}

fn permission_delete(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let permission = draft.any(ledger.tables.withdraw_permissions.iter())?;
    Some(json!({
        "withdraw_from_account": permission.withdraw_from_account.to_json(),
        "authorized_account": permission.authorized_account.to_json(),
        "withdrawal_permission": permission.id.to_json(),
    }))
}

fn vesting_create(draft: &mut Draft<'_>) -> Option<Value> {
    let policy = match draft.below(3) {
        0 => json!([0, {
            "begin_timestamp": draft.after(0),
            "vesting_cliff_seconds": draft.below(5),
            "vesting_duration_seconds": 5 + draft.below(60),
        }]),
        1 => json!([1, { "start_claim": draft.after(0), "vesting_seconds": draft.below(60) }]),
        _ => json!([2, {}]),
    };
    Some(json!({
        "creator": draft.me()?.to_json(),
        "owner": draft.me()?.to_json(),
        "amount": draft.some(100_000, Id(0)),
        "policy": policy,
    }))
}

fn vesting_withdraw(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let vesting = draft.any(ledger.tables.vesting_balances.iter())?;
    Some(json!({
        "vesting_balance": vesting.id.to_json(),
        "owner": vesting.owner.to_json(),
        "amount": draft.some(100, vesting.balance.asset_id),
    }))
}

fn custom(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({ "payer": draft.me()?.to_json(), "id": draft.below(9), "data": "beef" }))
}

fn assert(draft: &mut Draft<'_>) -> Option<Value> {
    let symbol = if draft.one_of(4) { "STB" } else { "BTS" };
    Some(json!({
        "fee_paying_account": draft.me()?.to_json(),
        "predicates": [[1, { "asset_id": "1.3.0", "symbol": symbol }]],
    }))
}

/// One of a few secrets, so that they are found again.
fn secret(number: u64) -> [u8; 8] {
    number.to_le_bytes()
}

/// How many secrets there are.
const SECRETS: u64 = 4;

fn hash(number: u64) -> String {
    hex::encode(sha256(&secret(number)))
}

fn htlc_create(draft: &mut Draft<'_>) -> Option<Value> {
    let secret = draft.below(SECRETS);
    Some(json!({
        "from": draft.me()?.to_json(),
        "to": draft.me()?.to_json(),
        "amount": draft.some(1_000, Id(0)),
        "preimage_hash": [2, hash(secret)],
        "preimage_size": 8,
        "claim_period_seconds": 5 + draft.below(60),
    }))
}

fn htlc_redeem(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let htlc = draft.any(ledger.tables.htlcs.iter())?;
    let wanted = htlc.conditions.hash_lock.preimage_hash.to_json();
    let known = (0..SECRETS).find(|number| wanted == json!([2, hash(*number)]));
    Some(json!({
        "htlc_id": htlc.id.to_json(),
        "redeemer": htlc.transfer.to.to_json(),
        "preimage": hex::encode(secret(known.unwrap_or_default())),
    }))
}

fn htlc_extend(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let htlc = draft.any(ledger.tables.htlcs.iter())?;
    Some(json!({
        "htlc_id": htlc.id.to_json(),
        "update_issuer": htlc.transfer.from.to_json(),
        "seconds_to_add": 1 + draft.below(60),
    }))
}

fn custom_authority_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "account": draft.me()?.to_json(),
        "enabled": !draft.one_of(4),
        "valid_from": draft.after(0),
        "valid_to": draft.within(600),
        "operation_type": draft.below(3),
        "auth": draft.authority(),
        "restrictions": [],
    }))
}

fn custom_authority_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let authority = draft.any(ledger.tables.custom_authorities.iter())?;
    Some(json!({
        "account": authority.account.to_json(),
        "authority_to_update": authority.id.to_json(),
        "new_enabled": !authority.enabled,
        "restrictions_to_remove": [],
        "restrictions_to_add": [],
    }))
}

fn custom_authority_delete(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let authority = draft.any(ledger.tables.custom_authorities.iter())?;
    Some(json!({
        "account": authority.account.to_json(),
        "authority_to_delete": authority.id.to_json(),
    }))
}

fn ticket_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "account": draft.me()?.to_json(),
        "target_type": 1 + draft.below(4),
        "amount": draft.some(1_000_000, Id(0)),
    }))
}

fn ticket_update(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let ticket = draft.any(ledger.tables.tickets.iter())?;
    let part = if draft.one_of(2) { draft.some(1_000, Id(0)) } else { Value::Null };
    let mut members = json!({
        "ticket": ticket.id.to_json(),
        "account": ticket.account.to_json(),
        "target_type": draft.below(5),
    });
    if !part.is_null() {
        members["amount_for_new_target"] = part;
    }
    Some(members)
}
