//! Vesting balances in a small chain.

use crate::ops::sandbox::{START, check, ledger};
use carbyne_protocol::constants::{CORE, TEMP_ACCOUNT};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::vesting::create::{
    CddVestingInitializer, LinearVestingInitializer, VestingBalanceCreate, VestingPolicyInitializer,
};
use carbyne_protocol::ops::vesting::withdraw::VestingBalanceWithdraw;
use carbyne_wire::{Id, TimePointSec};

const ANN: AccountId = Id(6);
const BOB: AccountId = Id(7);

/// Ann locks core for Bob.
fn lock(amount: i64, policy: VestingPolicyInitializer) -> Operation {
    let amount = Asset::core(amount);
    VestingBalanceCreate { creator: ANN, owner: BOB, amount, policy, ..Default::default() }.into()
}

fn take(owner: AccountId, balance: u64, amount: i64, asset: AssetId) -> Operation {
    let amount = Asset::new(amount, asset);
    VestingBalanceWithdraw { vesting_balance: Id(balance), owner, amount, ..Default::default() }
        .into()
}

#[test]
fn only_the_owner_takes_what_has_vested() {
    let instant = || VestingPolicyInitializer::Instant;
    let cdd = || {
        VestingPolicyInitializer::Cdd(CddVestingInitializer {
            vesting_seconds: 10,
            ..Default::default()
        })
    };
    let linear = || {
        VestingPolicyInitializer::Linear(LinearVestingInitializer {
            begin_timestamp: TimePointSec(START.0 - 5),
            vesting_duration_seconds: 10,
            ..Default::default()
        })
    };
    let mut ledger = ledger(5_000);
    check(
        &mut ledger,
        &[
            (lock(0, instant()), "VestingBalanceCreateRefusal::AmountNotPositive"),
            (lock(5_001, instant()), "BalanceRefusal::Insufficient"),
            (lock(1_000, instant()), "ok"),
            (lock(1_000, cdd()), "ok"),
            (lock(1_000, linear()), "ok"),
            (take(BOB, 0, 0, CORE), "VestingBalanceWithdrawRefusal::AmountNotPositive"),
            (take(TEMP_ACCOUNT, 0, 1, CORE), "VestingBalanceWithdrawRefusal::TempAccount"),
            (take(ANN, 0, 1, CORE), "VestingBalanceWithdrawRefusal::NotOwner"),
            (take(BOB, 3, 1, CORE), "LedgerRefusal::UnknownObject"),
            (take(BOB, 0, 1_001, CORE), "VestingRefusal::NotVested"),
            (take(BOB, 0, 1, Id(1)), "VestingRefusal::NotVested"),
            (take(BOB, 0, 1_000, CORE), "ok"),
            (take(BOB, 1, 1, CORE), "VestingRefusal::NotVested"),
            (take(BOB, 1, 1, Id(1)), "VestingRefusal::OtherAsset"),
            (take(BOB, 2, 501, CORE), "VestingRefusal::NotVested"),
            (take(BOB, 2, 500, CORE), "ok"),
        ],
    );
    ledger.modify_dynamic(|dynamic| dynamic.time.0 += 3).unwrap();
    check(
        &mut ledger,
        &[
            (take(BOB, 1, 301, CORE), "VestingRefusal::NotVested"),
            (take(BOB, 1, 300, CORE), "ok"),
            (take(BOB, 2, 300, CORE), "ok"),
        ],
    );
    assert_eq!(ledger.balance(BOB, CORE), 5_000 + 1_000 + 500 + 300 + 300);
}

#[test]
fn both_sides_must_be_allowed_to_hold_what_is_locked() {
    let mut ledger = ledger(5_000);
    let lock = || lock(1, VestingPolicyInitializer::Instant);
    ledger.modify(ANN, |ann| ann.extras.blacklisting_accounts.extend([Id(9)])).unwrap();
    ledger.modify(CORE, |core| core.options.blacklist_authorities.extend([Id(9)])).unwrap();
    check(&mut ledger, &[(lock(), "EvaluateRefusal::FeeAssetUnauthorized")]);
    let swap = |from: AccountId, to: AccountId, ledger: &mut crate::Ledger| {
        ledger.modify(from, |row| row.extras.blacklisting_accounts.clear()).unwrap();
        ledger.modify(to, |row| row.extras.blacklisting_accounts.extend([Id(9)])).unwrap();
    };
    swap(ANN, BOB, &mut ledger);
    check(&mut ledger, &[(lock(), "VestingBalanceCreateRefusal::OwnerUnauthorized")]);
    ledger.modify(CORE, |core| core.options.flags = flag::TRANSFER_RESTRICTED).unwrap();
    check(&mut ledger, &[(lock(), "VestingBalanceCreateRefusal::Restricted")]);
}
