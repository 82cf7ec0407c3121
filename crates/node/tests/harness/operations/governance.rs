//! Who stands for election, and what the committee decides.

use super::Turn;
use serde_json::json;

pub const TURNS: &[Turn] = &[
    &[(
        "witness_create",
        |s| json!({"witness_account": s.friend(), "url": "", "block_signing_key": s.key}),
    )],
    &[("witness_update", |s| {
        json!({
            "witness": s.id(1, 6), "witness_account": s.friend(),
            "new_url": "https://example.com", "new_signing_key": s.key,
        })
    })],
    &[("committee_member_create", |s| json!({"committee_member_account": s.friend(), "url": ""}))],
    &[("committee_member_update", |s| {
        json!({
            "committee_member": s.id(1, 5), "committee_member_account": s.friend(),
            "new_url": "https://example.com",
        })
    })],
    &[("worker_create", |s| {
        json!({
            "owner": s.me, "work_begin_date": s.after(10), "work_end_date": s.after(86_400),
            "daily_pay": 1_000, "name": s.letters(), "url": "",
            "initializer": [1, {"pay_vesting_period_days": 1}],
        })
    })],
    // Is carried out when it ends.
    &[("proposal_create", |s| {
        let mut parameters = s.parameters.clone();
        parameters["witness_pay_per_block"] = json!(1_000_000 + s.turn);
        let name = "committee_member_update_global_parameters";
        let update = s.tagged(name, json!({"new_parameters": parameters}));
        json!({
            "fee_paying_account": s.me, "proposed_ops": [{"op": update}],
            "expiration_time": s.after(30), "review_period_seconds": 10,
        })
    })],
    &[("proposal_update", |s| {
        json!({
            "fee_paying_account": s.me, "proposal": s.id(1, 10),
            "active_approvals_to_add": s.committee,
        })
    })],
];
