//! Balance claim: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::balance::claim`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{Balance, LinearVesting};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::balance::claim::BalanceClaim;
use carbyne_wire::TimePointSec;

refusals! {
    /// Why a claim is refused.
    pub enum BalanceClaimRefusal {
        /// The balance belongs to another key.
        OwnerMismatch { key: String, owner: String } [BALANCE_CLAIM_OWNER_MISMATCH]:
            "the balance belongs to {owner}, not to {key}",
        /// More than has vested.
        NotVested { claimed: i64, available: i64 } [BALANCE_CLAIM_INVALID_CLAIM_AMOUNT]:
            "{claimed} are claimed, {available} have vested",
        /// A second claim on the same day.
        TooOften { last: TimePointSec, now: TimePointSec } [BALANCE_CLAIM_CLAIMED_TOO_OFTEN]:
            "a balance of the genesis is claimed once a day: the last time was {last}, now is \
             {now}",
        /// A part of a balance that can only be claimed whole.
        NotAll { claimed: i64, balance: i64 }:
            "this balance is claimed whole: {balance}, not {claimed}",
    }
}

fn check_vesting(
    operation: &BalanceClaim,
    balance: &Balance,
    policy: &LinearVesting,
    now: TimePointSec,
) -> Result<(), Rejected> {
    let claimed = operation.total_claimed.amount;
    let available = policy.allowed(balance.balance.amount, now)?;
    ensure!(claimed <= available, BalanceClaimRefusal::NotVested { claimed, available });
    let last = balance.last_claim_date;
    let is_daily = now.since(last) >= i64::from(SECONDS_PER_DAY);
    ensure!(is_daily, BalanceClaimRefusal::TooOften { last, now });
    Ok(())
}

impl Evaluate for BalanceClaim {
    /// Whether a part of the balance stays behind.
    type Plan = bool;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<bool, Rejected> {
        let balance = ledger.get(self.balance_to_claim)?;
        let (key, owner) = (self.balance_owner_key, balance.owner);
        if !key.addresses().any(|address| address == owner) {
            let prefix = ledger.dialect.prefix();
            let (key, owner) = (key.to_text(prefix), owner.to_text(prefix));
            return Err(BalanceClaimRefusal::OwnerMismatch { key, owner }.into());
        }
        let is_part = self.total_claimed.compare(balance.balance)?.is_lt();
        if let Some(policy) = &balance.vesting_policy {
            check_vesting(self, balance, policy, ledger.head_time()?)?;
            return Ok(is_part);
        }
        let (claimed, balance) = (self.total_claimed.amount, balance.balance.amount);
        ensure!(claimed == balance, BalanceClaimRefusal::NotAll { claimed, balance });
        Ok(false)
    }

    fn apply(
        &self,
        is_part: bool,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let now = ledger.head_time()?;
        if is_part {
            ledger.try_modify(self.balance_to_claim, |balance| {
                balance.balance = balance.balance.minus(self.total_claimed)?;
                balance.last_claim_date = now;
                Ok(())
            })?;
        } else {
            ledger.remove(self.balance_to_claim)?;
        }
        ledger.adjust_balance(self.deposit_to_account, self.total_claimed)?;
        Ok(OperationResult::Void)
    }
}
