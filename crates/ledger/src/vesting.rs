//! What may be put into and taken out of vesting balances, and how the chain pays into them
//! (reference: `chain/vesting_balance_object.cpp`, `chain/db_balance.cpp`). The arithmetic of the
//! policies stands with the objects.

use crate::Ledger;
use crate::ledger::LedgerRefusal;
use carbyne_objects::{CddVesting, VestingBalance, VestingBalanceType, VestingPolicy};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{
    COMMITTEE_ACCOUNT, CORE, NULL_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, TEMP_ACCOUNT,
    WITNESS_ACCOUNT, WITNESS_PAY_VESTING_SECONDS,
};
use carbyne_protocol::ids::{AccountId, AssetId, VestingBalanceId, WitnessId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why nothing can be put into or taken out of a vesting balance.
    pub enum VestingRefusal {
        /// More is withdrawn than has vested.
        NotVested { allowed: i64, wanted: i64 }: "{wanted} are withdrawn, {allowed} may be",
        /// Another asset than that of the balance is withdrawn.
        OtherAsset { has: AssetId, wanted: AssetId }: "the balance is of {has}, not of {wanted}",
    }
}

/// Adds an amount that can be withdrawn at once.
fn deposit_vested(
    balance: &mut VestingBalance,
    now: TimePointSec,
    amount: Asset,
) -> Result<(), Rejected> {
    match &mut balance.policy {
        VestingPolicy::Linear(_) => {
            let what = "a balance that vests over time is paid what has vested";
            return Err(LedgerRefusal::Contradiction { what }.into());
        }
        VestingPolicy::Instant => {}
        VestingPolicy::Cdd(policy) => {
            policy.update(balance.balance.amount, now);
            let seconds = CddVesting::vested_coin_seconds(amount.amount, policy.seconds());
            policy.coin_seconds_earned = policy.coin_seconds_earned.wrapping_add(seconds);
        }
    }
    balance.balance = balance.balance.plus(amount)?;
    Ok(())
}

/// Refuses to take out what has not vested, or another asset.
pub(crate) fn check_withdraw(
    balance: &VestingBalance,
    now: TimePointSec,
    amount: Asset,
) -> Result<(), Rejected> {
    let (allowed, wanted) = (balance.allowed_withdraw(now)?, amount.amount);
    let (asset, other) = (balance.balance.asset_id, amount.asset_id);
    let is_cdd = matches!(balance.policy, VestingPolicy::Cdd(_));
    ensure!(asset == other || !is_cdd, VestingRefusal::OtherAsset { has: asset, wanted: other });
    ensure!(asset == other && wanted <= allowed, VestingRefusal::NotVested { allowed, wanted });
    Ok(())
}

/// A payment of the chain into a vesting balance that it makes when needed.
pub(crate) struct LazyVesting {
    /// The balance that was used the last time.
    pub known: Option<VestingBalanceId>,
    /// Smallest units of core.
    pub amount: i64,
    /// Seconds until it is vested; a balance with another period is left alone.
    pub vesting_seconds: u32,
    /// What a new balance is.
    pub balance_type: VestingBalanceType,
    /// Whose a new balance is.
    pub owner: AccountId,
    /// Whether the amount has to vest.
    pub require_vesting: bool,
}

/// Whether payments that vest over a period go into a balance.
fn takes_payments(balance: &VestingBalance, vesting_seconds: u32, owner: AccountId) -> bool {
    let fits = matches!(&balance.policy,
        VestingPolicy::Cdd(policy) if policy.vesting_seconds == vesting_seconds);
    fits && balance.owner == owner
}

/// Pays into the balance known, or into a new one, whose id is returned.
pub(crate) fn deposit_lazy_vesting(
    ledger: &mut Ledger,
    payment: LazyVesting,
) -> Result<Option<VestingBalanceId>, Rejected> {
    if payment.amount == 0 {
        return Ok(None);
    }
    let now = ledger.head_time()?;
    let amount = Asset::core(payment.amount);
    if let Some(known) = payment.known
        && takes_payments(ledger.get(known)?, payment.vesting_seconds, payment.owner)
    {
        ledger.try_modify(known, |balance| match payment.require_vesting {
            true => balance.deposit(now, amount),
            false => deposit_vested(balance, now, amount),
        })?;
        return Ok(None);
    }
    let seconds = if payment.require_vesting { 0 } else { payment.vesting_seconds };
    let policy = VestingPolicy::Cdd(CddVesting {
        vesting_seconds: payment.vesting_seconds,
        coin_seconds_earned: CddVesting::vested_coin_seconds(payment.amount, seconds),
        coin_seconds_earned_last_update: now,
        ..CddVesting::default()
    });
    let (owner, balance_type) = (payment.owner, payment.balance_type);
    let new = VestingBalance { owner, balance: amount, policy, balance_type, ..Default::default() };
    Ok(Some(ledger.create(new)))
}

/// Whether an account is one of the chain's own, which get no cashback. The proxy to oneself is
/// missing here, as in the reference.
fn is_reserved(account: AccountId) -> bool {
    [COMMITTEE_ACCOUNT, WITNESS_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, NULL_ACCOUNT, TEMP_ACCOUNT]
        .contains(&account)
}

/// Whether cashback of an account needs no new balance.
pub(crate) fn has_cashback_balance(ledger: &Ledger, account: AccountId) -> Result<bool, Rejected> {
    if is_reserved(account) {
        return Ok(true);
    }
    let Some(known) = ledger.get(account)?.extras.cashback_vb else { return Ok(false) };
    let seconds = ledger.parameters()?.cashback_vesting_period_seconds;
    Ok(takes_payments(ledger.get(known)?, seconds, account))
}

/// Pays a part of a fee, in smallest units of core, to an account; what a reserved account would
/// get goes back to the reserve.
pub(crate) fn deposit_cashback(
    ledger: &mut Ledger,
    account: AccountId,
    amount: i64,
    require_vesting: bool,
) -> Result<(), Rejected> {
    if amount == 0 {
        return Ok(());
    }
    if is_reserved(account) {
        let core = ledger.get(CORE)?.dynamic_asset_data_id;
        return ledger.try_modify(core, |core| {
            core.current_supply = core.current_supply.minus(amount)?;
            Ok(())
        });
    }
    let (known, statistics) = {
        let account = ledger.get(account)?;
        (account.extras.cashback_vb, account.statistics)
    };
    let payment = LazyVesting {
        known,
        amount,
        vesting_seconds: ledger.parameters()?.cashback_vesting_period_seconds,
        balance_type: VestingBalanceType::Cashback,
        owner: account,
        require_vesting,
    };
    if let Some(new) = deposit_lazy_vesting(ledger, payment)? {
        ledger.modify(account, |account| account.extras.cashback_vb = Some(new))?;
        ledger.modify(statistics, |statistics| statistics.voting.has_cashback_vb = true)?;
    }
    Ok(())
}

/// Pays a witness for a block, in smallest units of core.
pub(crate) fn deposit_witness_pay(
    ledger: &mut Ledger,
    witness: WitnessId,
    amount: i64,
) -> Result<(), Rejected> {
    if amount == 0 {
        return Ok(());
    }
    let row = ledger.get(witness)?;
    let payment = LazyVesting {
        known: row.pay_vb,
        amount,
        vesting_seconds: WITNESS_PAY_VESTING_SECONDS,
        balance_type: VestingBalanceType::Witness,
        owner: row.witness_account,
        require_vesting: true,
    };
    if let Some(new) = deposit_lazy_vesting(ledger, payment)? {
        ledger.modify(witness, |witness| witness.pay_vb = Some(new))?;
    }
    Ok(())
}

/// Pays an account its part of market fees, which it can withdraw at once.
pub(crate) fn deposit_market_fee_vesting_balance(
    ledger: &mut Ledger,
    owner: AccountId,
    amount: Asset,
) -> Result<(), Rejected> {
    let what = "a part of market fees is negative";
    ensure!(amount.amount >= 0, LedgerRefusal::Contradiction { what });
    if amount.amount == 0 {
        return Ok(());
    }
    match ledger.tables.vesting_balances.index().market_fees(owner, amount.asset_id) {
        Some(known) => {
            let now = ledger.head_time()?;
            ledger.try_modify(known, |balance| deposit_vested(balance, now, amount))
        }
        None => {
            let _: VestingBalanceId = ledger.create(VestingBalance {
                owner,
                balance: amount,
                policy: VestingPolicy::Instant,
                balance_type: VestingBalanceType::MarketFeeSharing,
                ..VestingBalance::default()
            });
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_objects::LinearVesting;
    use carbyne_wire::Id;

    const DAY: u32 = 86_400;

    fn linear(cliff: u32, duration: u32) -> VestingPolicy {
        VestingPolicy::Linear(LinearVesting {
            begin_timestamp: TimePointSec(DAY),
            vesting_cliff_seconds: cliff,
            vesting_duration_seconds: duration,
            begin_balance: 1_000,
        })
    }

    fn cdd(vesting_seconds: u32, start_claim: u32) -> VestingPolicy {
        VestingPolicy::Cdd(CddVesting {
            vesting_seconds,
            start_claim: TimePointSec(start_claim),
            coin_seconds_earned: 0,
            coin_seconds_earned_last_update: TimePointSec(DAY),
        })
    }

    /// A balance of 1,000 with a policy; then steps: at that time so much can be withdrawn, and so
    /// much is.
    #[track_caller]
    fn check(policy: VestingPolicy, steps: &[(u32, i64, i64)]) {
        let mut balance =
            VestingBalance { balance: Asset::core(1_000), policy, ..VestingBalance::default() };
        for (time, allowed, taken) in steps {
            let now = TimePointSec(*time);
            assert_eq!(balance.allowed_withdraw(now).unwrap(), *allowed, "at {time}");
            let too_much = Asset::core(allowed + 1);
            assert!(check_withdraw(&balance, now, too_much).is_err(), "at {time}");
            assert!(check_withdraw(&balance, now, Asset::new(1, Id(7))).is_err(), "at {time}");
            if *taken > 0 {
                check_withdraw(&balance, now, Asset::core(*taken)).unwrap();
                balance.withdraw(now, Asset::core(*taken)).unwrap();
            }
        }
    }

    #[test]
    fn a_linear_balance_vests_evenly_after_its_cliff() {
        let steps = [(0, 0, 0), (DAY, 0, 0), (DAY + 9, 0, 0), (DAY + 10, 100, 40)];
        check(
            linear(10, 100),
            &[&steps[..], &[(DAY + 55, 510, 510)], &[(DAY + 100, 450, 450)]].concat(),
        );
        check(linear(0, 0), &[(DAY, 0, 0), (DAY + 1, 1_000, 1_000)]);
    }

    #[test]
    fn coin_seconds_are_used_up_by_what_is_withdrawn() {
        let steps = [(DAY, 0, 0), (DAY + 50, 500, 100), (DAY + 60, 490, 490), (DAY + 100, 164, 0)];
        check(cdd(100, 0), &[&steps[..], &[(10 * DAY, 410, 410)]].concat());
        check(cdd(0, 0), &[(DAY + 1, 1_000, 1_000)]);
        check(cdd(100, DAY + 50), &[(DAY + 50, 0, 0), (DAY + 51, 510, 0)]);
    }

    #[test]
    fn an_instant_balance_is_open() {
        check(VestingPolicy::Instant, &[(0, 1_000, 400), (0, 600, 600)]);
    }

    #[test]
    fn deposits_wait_unless_they_are_vested() {
        let (now, more) = (TimePointSec(DAY + 10), Asset::core(1_000));
        let balance = |policy| VestingBalance {
            balance: Asset::core(1_000),
            policy,
            ..VestingBalance::default()
        };
        let mut waiting = balance(cdd(100, 0));
        waiting.deposit(now, more).unwrap();
        assert_eq!(waiting.allowed_withdraw(now).unwrap(), 100);
        let mut vested = balance(cdd(100, 0));
        deposit_vested(&mut vested, now, more).unwrap();
        assert_eq!(vested.allowed_withdraw(now).unwrap(), 1_100);
        let refused = deposit_vested(&mut balance(linear(0, 1)), now, more).unwrap_err();
        assert_eq!(refused.reason(), "LedgerRefusal::Contradiction");
    }
}
