//! Withdraw permissions in a small chain.

use crate::ops::sandbox::{START, amount, check, ledger, op, with};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Json, TimePointSec, Value};
use serde_json::json;

fn after_start(seconds: u32) -> Value {
    TimePointSec(START.0 + seconds).to_json()
}

/// Account 1.2.2 may take ten of asset 1.3.1 from 1.2.1 in the ten seconds after the next.
fn create(changes: Value) -> Operation {
    let plain = json!({
        "withdraw_from_account": "1.2.1",
        "authorized_account": "1.2.2",
        "withdrawal_limit": amount(10, 1),
        "withdrawal_period_sec": 10,
        "periods_until_expiration": 1,
        "period_start_time": after_start(1),
    });
    op("withdraw_permission_create", with(plain, changes))
}

fn claim(changes: Value) -> Operation {
    let plain = json!({
        "withdraw_permission": "1.12.0",
        "withdraw_from_account": "1.2.1",
        "withdraw_to_account": "1.2.2",
        "amount_to_withdraw": amount(10, 1),
    });
    op("withdraw_permission_claim", with(plain, changes))
}

#[test]
fn a_permission_is_for_another_account_and_for_periods_to_come() {
    let forever = json!({"withdrawal_period_sec": 1, "periods_until_expiration": u32::MAX});
    check(
        &mut ledger(1_000),
        &[
            (create(json!({"authorized_account": "1.2.1"})), "WithdrawRefusal::ToItself"),
            (
                create(json!({"withdrawal_limit": amount(0, 1)})),
                "WithdrawRefusal::AmountNotPositive",
            ),
            (create(json!({"withdrawal_period_sec": 0})), "WithdrawRefusal::NoPeriod"),
            (create(json!({"periods_until_expiration": 0})), "WithdrawRefusal::NoPeriods"),
            (
                create(json!({"period_start_time": after_start(0)})),
                "WithdrawRefusal::StartsInThePast",
            ),
            (create(forever), "WithdrawRefusal::EndsInThePast"),
            (create(json!({"withdrawal_period_sec": 4})), "WithdrawRefusal::PeriodTooShort"),
            (create(json!({})), "ok"),
        ],
    );
}

#[test]
fn what_the_limit_leaves_is_taken_while_the_permission_lasts() {
    let mut ledger = ledger(1_000);
    let other_from = json!({"withdraw_from_account": "1.2.3"});
    let other_to = json!({"withdraw_to_account": "1.2.3"});
    check(
        &mut ledger,
        &[(create(json!({})), "ok"), (claim(json!({})), "WithdrawRefusal::NotStarted")],
    );
    ledger.modify_dynamic(|dynamic| dynamic.time.0 += 1).unwrap();
    check(
        &mut ledger,
        &[
            (claim(other_from), "WithdrawRefusal::WrongFrom"),
            (claim(other_to), "WithdrawRefusal::WrongAuthorized"),
            (claim(json!({"amount_to_withdraw": amount(11, 1)})), "WithdrawRefusal::OverLimit"),
            (claim(json!({})), "ok"),
            (claim(json!({})), "WithdrawRefusal::OverLimit"),
        ],
    );
    ledger.modify_dynamic(|dynamic| dynamic.time.0 += 10).unwrap();
    check(&mut ledger, &[(claim(json!({})), "WithdrawRefusal::Expired")]);
}
