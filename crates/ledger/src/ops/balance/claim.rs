//! Balance claim: moves a balance of the genesis, or what has vested of it, to an account.
//!
//! Signed by: the active authority of `deposit_to_account`, and the key the balance belongs to.
//! There is no fee: a claim frees memory and cannot be repeated.

use crate::authority::Authority;
use crate::constants::SECONDS_PER_DAY;
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, BalanceId};
use crate::money::Asset;
use crate::objects::{Balance, LinearVesting};
use crate::ops::{OperationResult, RequiredAuthorities, Stateless};
use crate::{Ledger, Rejected};
use carbyne_crypto::PublicKey;
use carbyne_wire::{FlatSet, TimePointSec, Wire, address_prefix};

refusals! {
    /// Why a claim is refused.
    pub enum BalanceClaimRefusal {
        /// A fee that is not zero of the core asset.
        Fee { fee: i64 }: "a claim has no fee, not {fee}",
        /// No key.
        NoKey: "a claim needs the key the balance belongs to",
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

/// Moves a balance of the genesis, or what has vested of it, to an account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BalanceClaim {
    /// Zero of the core asset.
    pub fee: Asset,
    /// Account that receives.
    pub deposit_to_account: AccountId,
    /// The balance.
    pub balance_to_claim: BalanceId,
    /// Key the balance belongs to.
    pub balance_owner_key: PublicKey,
    /// What is claimed: all of it, or what has vested.
    pub total_claimed: Asset,
}

fee_parameters! {
    /// A claim has no fee.
    pub struct BalanceClaimFee {}
}

impl Stateless for BalanceClaim {
    const NAME: &'static str = "balance_claim";
    type Fee = BalanceClaimFee;

    paid_by!(deposit_to_account);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(self.fee == Asset::core(0), BalanceClaimRefusal::Fee { fee });
        ensure!(!self.balance_owner_key.is_null(), BalanceClaimRefusal::NoKey);
        Ok(())
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.other.push(Authority::key(self.balance_owner_key));
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.deposit_to_account);
    }
}

impl BalanceClaim {
    fn check_vesting(
        &self,
        balance: &Balance,
        policy: &LinearVesting,
        now: TimePointSec,
    ) -> Result<(), Rejected> {
        let claimed = self.total_claimed.amount;
        let available = policy.allowed(balance.balance.amount, now)?;
        ensure!(claimed <= available, BalanceClaimRefusal::NotVested { claimed, available });
        let last = balance.last_claim_date;
        let is_daily = now.since(last) >= i64::from(SECONDS_PER_DAY);
        ensure!(is_daily, BalanceClaimRefusal::TooOften { last, now });
        Ok(())
    }
}

impl Evaluate for BalanceClaim {
    /// Whether a part of the balance stays behind.
    type Plan = bool;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<bool, Rejected> {
        let balance = ledger.get(self.balance_to_claim)?;
        let (key, owner) = (self.balance_owner_key, balance.owner);
        if !key.addresses().any(|address| address == owner) {
            let prefix = address_prefix();
            let (key, owner) = (key.to_text(prefix), owner.to_text(prefix));
            return Err(BalanceClaimRefusal::OwnerMismatch { key, owner }.into());
        }
        let is_part = self.total_claimed.compare(balance.balance)?.is_lt();
        if let Some(policy) = &balance.vesting_policy {
            self.check_vesting(balance, policy, ledger.head_time()?)?;
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
