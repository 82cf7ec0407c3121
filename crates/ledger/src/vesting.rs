//! How amounts vest and how the chain pays into vesting balances (reference:
//! `chain/vesting_balance_object.cpp`, `chain/db_balance.cpp`).
//!
//! Invariant: what a policy lets out is never more than what is in the balance, nor more than has
//! vested.

use crate::Ledger;
use crate::ledger::LedgerRefusal;
use crate::objects::{
    CddVesting, LinearVesting, VestingBalance, VestingBalanceType, VestingPolicy,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{
    COMMITTEE_ACCOUNT, CORE, NULL_ACCOUNT, RELAXED_COMMITTEE_ACCOUNT, TEMP_ACCOUNT,
    WITNESS_ACCOUNT, WITNESS_PAY_VESTING_SECONDS,
};
use carbyne_protocol::ids::{AccountId, AssetId, VestingBalanceId, WitnessId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::proportion::{quotient, signed_proportion};
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

impl LinearVesting {
    /// What can be withdrawn at `now` while `balance` is left, in smallest units.
    pub(crate) fn allowed(&self, balance: i64, now: TimePointSec) -> Result<i64, Rejected> {
        let elapsed = now.since(self.begin_timestamp);
        if elapsed <= 0 || elapsed < i64::from(self.vesting_cliff_seconds) {
            return Ok(0);
        }
        let duration = i64::from(self.vesting_duration_seconds);
        let vested = if elapsed < duration {
            signed_proportion(self.begin_balance, elapsed, duration)
        } else {
            self.begin_balance
        };
        vested.minus(self.begin_balance.minus(balance)?)
    }
}

impl CddVesting {
    /// Coin-seconds needed to withdraw one smallest unit.
    fn seconds(&self) -> u32 {
        self.vesting_seconds.max(1)
    }

    /// Coin-seconds at `now`, while `balance` lies there; never more than the whole balance needs.
    fn earned(&self, balance: i64, now: TimePointSec) -> u128 {
        let seconds = now.since(self.coin_seconds_earned_last_update);
        let more = i128::from(balance).wrapping_mul(i128::from(seconds)) as u128;
        let cap = i128::from(balance).wrapping_mul(i128::from(self.seconds())) as u128;
        self.coin_seconds_earned.wrapping_add(more).min(cap)
    }

    fn update(&mut self, balance: i64, now: TimePointSec) {
        self.coin_seconds_earned = self.earned(balance, now);
        self.coin_seconds_earned_last_update = now;
    }

    fn allowed(&self, balance: i64, now: TimePointSec) -> i64 {
        if now <= self.start_claim {
            return 0;
        }
        quotient(self.earned(balance, now), self.seconds().into()) as i64
    }

    fn withdraw(&mut self, balance: i64, amount: i64, now: TimePointSec) {
        self.update(balance, now);
        let used = i128::from(amount).wrapping_mul(i128::from(self.seconds())) as u128;
        self.coin_seconds_earned = self.coin_seconds_earned.wrapping_sub(used);
    }

    /// The coin-seconds of an amount that counts as vested; the reference multiplies 64 bits wide.
    fn vested_coin_seconds(amount: i64, seconds: u32) -> u128 {
        i128::from(amount.wrapping_mul(i64::from(seconds))) as u128
    }
}

impl VestingBalance {
    /// What can be withdrawn at `now`, in smallest units of the balance's asset.
    pub fn allowed_withdraw(&self, now: TimePointSec) -> Result<i64, Rejected> {
        let balance = self.balance.amount;
        match &self.policy {
            VestingPolicy::Linear(policy) => policy.allowed(balance, now),
            VestingPolicy::Cdd(policy) => Ok(policy.allowed(balance, now)),
            VestingPolicy::Instant => Ok(balance),
        }
    }

    /// Adds an amount that has to vest.
    pub fn deposit(&mut self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        if let VestingPolicy::Cdd(policy) = &mut self.policy {
            policy.update(self.balance.amount, now);
        }
        self.balance = self.balance.plus(amount)?;
        Ok(())
    }

    /// Adds an amount that can be withdrawn at once.
    pub fn deposit_vested(&mut self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        match &mut self.policy {
            VestingPolicy::Linear(_) => {
                let what = "a balance that vests over time is paid what has vested";
                return Err(LedgerRefusal::Contradiction { what }.into());
            }
            VestingPolicy::Instant => {}
            VestingPolicy::Cdd(policy) => {
                policy.update(self.balance.amount, now);
                let seconds = CddVesting::vested_coin_seconds(amount.amount, policy.seconds());
                policy.coin_seconds_earned = policy.coin_seconds_earned.wrapping_add(seconds);
            }
        }
        self.balance = self.balance.plus(amount)?;
        Ok(())
    }

    /// Refuses to take out what has not vested, or another asset.
    pub fn check_withdraw(&self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        let (allowed, wanted) = (self.allowed_withdraw(now)?, amount.amount);
        let (asset, other) = (self.balance.asset_id, amount.asset_id);
        let is_cdd = matches!(self.policy, VestingPolicy::Cdd(_));
        ensure!(
            asset == other || !is_cdd,
            VestingRefusal::OtherAsset { has: asset, wanted: other }
        );
        ensure!(asset == other && wanted <= allowed, VestingRefusal::NotVested { allowed, wanted });
        Ok(())
    }

    /// Takes an amount out that [`VestingBalance::check_withdraw`] allows; whoever calls gives it
    /// to the owner.
    pub fn withdraw(&mut self, now: TimePointSec, amount: Asset) -> Result<(), Rejected> {
        let left = self.balance.minus(amount)?;
        if let VestingPolicy::Cdd(policy) = &mut self.policy {
            policy.withdraw(self.balance.amount, amount.amount, now);
        }
        self.balance = left;
        Ok(())
    }
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
    if let Some(known) = payment.known {
        let balance = ledger.get(known)?;
        let fits = matches!(&balance.policy,
            VestingPolicy::Cdd(policy) if policy.vesting_seconds == payment.vesting_seconds);
        if fits && balance.owner == payment.owner {
            ledger.try_modify(known, |balance| match payment.require_vesting {
                true => balance.deposit(now, amount),
                false => balance.deposit_vested(now, amount),
            })?;
            return Ok(None);
        }
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
        (account.cashback_vb, account.statistics)
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
        ledger.modify(account, |account| account.cashback_vb = Some(new))?;
        ledger.modify(statistics, |statistics| statistics.has_cashback_vb = true)?;
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
            ledger.try_modify(known, |balance| balance.deposit_vested(now, amount))
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
            assert!(balance.check_withdraw(now, too_much).is_err(), "at {time}");
            assert!(balance.check_withdraw(now, Asset::new(1, Id(7))).is_err(), "at {time}");
            if *taken > 0 {
                balance.check_withdraw(now, Asset::core(*taken)).unwrap();
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
        vested.deposit_vested(now, more).unwrap();
        assert_eq!(vested.allowed_withdraw(now).unwrap(), 1_100);
        let refused = balance(linear(0, 1)).deposit_vested(now, more).unwrap_err();
        assert_eq!(refused.reason(), "LedgerRefusal::Contradiction");
    }
}
