//! Withdraw permission claim: takes an amount that a withdraw permission allows, with an optional
//! encrypted memo.
//!
//! Signed by: the active authority of `withdraw_to_account`, who pays the fee. The fee has a part
//! per 1,024 bytes of memo.

use super::{WithdrawRefusal, check_accounts, check_fee};
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::{AccountId, WithdrawPermissionId};
use crate::money::{Asset, Shares};
use crate::objects::{Account, AssetObject, WithdrawPermission};
use crate::ops::transfer::Memo;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, TimePointSec, Wire};

/// Takes an amount that a withdraw permission allows.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermissionClaim {
    /// Fee.
    pub fee: Asset,
    /// The permission.
    pub withdraw_permission: WithdrawPermissionId,
    /// Account that gives.
    pub withdraw_from_account: AccountId,
    /// Account that takes.
    pub withdraw_to_account: AccountId,
    /// What is taken.
    pub amount_to_withdraw: Asset,
    /// A message for the account that gives.
    pub memo: Option<Box<Memo>>,
}

fee_parameters! {
    /// Fee of a withdrawal, in smallest units of the core asset.
    pub struct WithdrawPermissionClaimFee {
        /// Per withdrawal.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of memo.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for WithdrawPermissionClaim {
    const NAME: &'static str = "withdraw_permission_claim";
    type Fee = WithdrawPermissionClaimFee;

    paid_by!(withdraw_to_account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(memo_fee(&self.memo, fee.price_per_kbyte)?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let (account, amount) = (self.withdraw_to_account, self.amount_to_withdraw.amount);
        let asked = asked::withdraw::CLAIM_PARTIES;
        ensure!(
            account != self.withdraw_from_account,
            WithdrawRefusal::ToItself { account, asked }
        );
        let asked = asked::withdraw::CLAIM_AMOUNT;
        ensure!(amount > 0, WithdrawRefusal::AmountNotPositive { amount, asked });
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_to_account, self.withdraw_from_account]);
    }
}

/// Refuses an account that may not hold the asset, which `condition` asks.
fn check_authorized(
    condition: Asked,
    account: &Account,
    verb: &'static str,
    asset: &AssetObject,
) -> Result<(), Rejected> {
    ensure!(
        is_authorized_asset(account, asset),
        WithdrawRefusal::Unauthorized {
            condition,
            account: account.id,
            name: account.name.clone(),
            verb,
            asset: asset.id,
            symbol: asset.symbol.clone(),
        }
    );
    Ok(())
}

impl WithdrawPermissionClaim {
    fn check_permit(&self, permit: &WithdrawPermission, now: TimePointSec) -> Result<(), Rejected> {
        let (start, end) = (permit.period_start_time, permit.expiration);
        ensure!(end > now, WithdrawRefusal::Expired { end, now });
        let (from, to) = (self.withdraw_from_account, self.withdraw_to_account);
        check_accounts(permit, from, to, "withdraw_to_account")?;
        ensure!(start <= now, WithdrawRefusal::NotStarted { start, now });
        let available = permit.available(now);
        ensure!(
            self.amount_to_withdraw.compare(available)?.is_le(),
            WithdrawRefusal::OverLimit {
                amount: self.amount_to_withdraw.amount,
                available: available.amount
            }
        );
        Ok(())
    }

    fn check_asset(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let (from, to) = (self.withdraw_from_account, self.withdraw_to_account);
        let asset = ledger.get(self.amount_to_withdraw.asset_id)?;
        ensure!(
            !asset.is_transfer_restricted() || asset.issuer == to || asset.issuer == from,
            WithdrawRefusal::Restricted { asset: asset.id, symbol: asset.symbol.clone() }
        );
        check_authorized(asked::withdraw::CLAIM_RECEIVER, ledger.get(to)?, "transact", asset)?;
        check_authorized(asked::withdraw::CLAIM_GIVER, ledger.get(from)?, "withdraw", asset)
    }
}

impl Evaluate for WithdrawPermissionClaim {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        self.check_permit(ledger.get(self.withdraw_permission)?, ledger.head_time()?)?;
        let account = self.withdraw_from_account;
        let needs = self.amount_to_withdraw.amount;
        let has = ledger.balance(account, self.amount_to_withdraw.asset_id);
        ensure!(has >= needs, WithdrawRefusal::InsufficientBalance { account, has, needs });
        self.check_asset(ledger)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let now = ledger.head_time()?;
        let amount = self.amount_to_withdraw;
        ledger.try_modify(self.withdraw_permission, |permit| {
            let period = i64::from(permit.withdrawal_period_sec);
            let passed = now.since(permit.period_start_time).checked_div(period).unwrap_or(0);
            let seconds = passed.wrapping_mul(period) as u32;
            permit.period_start_time = permit.period_start_time.wrapping_add(seconds);
            let before = if passed == 0 { permit.claimed_this_period } else { 0 };
            permit.claimed_this_period = before.plus(amount.amount)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.withdraw_from_account, amount.negated())?;
        ledger.adjust_balance(self.withdraw_to_account, amount)?;
        Ok(OperationResult::Void)
    }
}
