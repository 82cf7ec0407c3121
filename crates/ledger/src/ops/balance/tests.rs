//! Claims of balances of the genesis, in a small chain.

use crate::Ledger;
use crate::ops::sandbox::{DIALECT, START, amount, check, ledger, op, with};
use carbyne_crypto::PrivateKey;
use carbyne_objects::{Balance, LinearVesting};
use carbyne_protocol::ids::BalanceId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, JsonIn, Value};
use serde_json::json;

/// A chain with a balance of 100 core, taken from account 1.2.8.
fn chain(vesting_policy: Option<LinearVesting>) -> Ledger {
    let mut ledger = ledger(1_000);
    let balance = Asset::core(100);
    ledger.adjust_balance(Id(8), balance.negated()).unwrap();
    let owner = PrivateKey::from_seed("holder").public_key().address();
    let row = Balance { owner, balance, vesting_policy, ..Balance::default() };
    let _: BalanceId = ledger.create(row);
    ledger
}

fn claim(changes: Value) -> Operation {
    let plain = json!({
        "deposit_to_account": "1.2.1",
        "balance_to_claim": "1.15.0",
        "balance_owner_key": PrivateKey::from_seed("holder").public_key().to_json_in(DIALECT),
        "total_claimed": amount(100, 0),
    });
    op("balance_claim", with(plain, changes))
}

#[test]
fn a_balance_is_claimed_whole_with_its_key() {
    let thief = PrivateKey::from_seed("thief").public_key().to_json_in(DIALECT);
    let nobody = carbyne_crypto::PublicKey::NULL.to_json_in(DIALECT);
    check(
        &mut chain(None),
        &[
            (claim(json!({"balance_owner_key": nobody})), "BalanceClaimRefusal::NoKey"),
            (claim(json!({"balance_owner_key": thief})), "BalanceClaimRefusal::OwnerMismatch"),
            (claim(json!({"total_claimed": amount(100, 1)})), "MoneyRefusal::AssetMismatch"),
            (claim(json!({"total_claimed": amount(99, 0)})), "BalanceClaimRefusal::NotAll"),
            (claim(json!({})), "ok"),
        ],
    );
}

#[test]
fn a_balance_that_vests_is_claimed_once_a_day() {
    let policy = LinearVesting {
        begin_timestamp: carbyne_wire::TimePointSec(START.0 - 50),
        vesting_duration_seconds: 100,
        begin_balance: 100,
        ..LinearVesting::default()
    };
    let part = |part: i64| claim(json!({"total_claimed": amount(part, 0)}));
    check(
        &mut chain(Some(policy)),
        &[
            (part(51), "BalanceClaimRefusal::NotVested"),
            (part(30), "ok"),
            (part(20), "BalanceClaimRefusal::TooOften"),
        ],
    );
}
