//! Withdraw permission claim: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::withdraw::claim`].

use super::{WithdrawRefusal, check_accounts};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::reference_words as asked;
use carbyne_objects::{Account, AssetObject, WithdrawPermission};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::withdraw::claim::WithdrawPermissionClaim;
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::TimePointSec;

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

fn check_permit(
    operation: &WithdrawPermissionClaim,
    permit: &WithdrawPermission,
    now: TimePointSec,
) -> Result<(), Rejected> {
    let (start, end) = (permit.period_start_time, permit.expiration);
    ensure!(end > now, WithdrawRefusal::Expired { end, now });
    let (from, to) = (operation.withdraw_from_account, operation.withdraw_to_account);
    check_accounts(permit, from, to, "withdraw_to_account")?;
    ensure!(start <= now, WithdrawRefusal::NotStarted { start, now });
    let available = permit.available(now);
    ensure!(
        operation.amount_to_withdraw.compare(available)?.is_le(),
        WithdrawRefusal::OverLimit {
            amount: operation.amount_to_withdraw.amount,
            available: available.amount
        }
    );
    Ok(())
}

fn check_asset(operation: &WithdrawPermissionClaim, ledger: &Ledger) -> Result<(), Rejected> {
    let (from, to) = (operation.withdraw_from_account, operation.withdraw_to_account);
    let asset = ledger.get(operation.amount_to_withdraw.asset_id)?;
    ensure!(
        !asset.is_transfer_restricted() || asset.issuer == to || asset.issuer == from,
        WithdrawRefusal::Restricted { asset: asset.id, symbol: asset.symbol.clone() }
    );
    check_authorized(asked::withdraw::CLAIM_RECEIVER, ledger.get(to)?, "transact", asset)?;
    check_authorized(asked::withdraw::CLAIM_GIVER, ledger.get(from)?, "withdraw", asset)
}

impl Evaluate for WithdrawPermissionClaim {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_permit(self, ledger.get(self.withdraw_permission)?, ledger.head_time()?)?;
        let account = self.withdraw_from_account;
        let needs = self.amount_to_withdraw.amount;
        let has = ledger.balance(account, self.amount_to_withdraw.asset_id);
        ensure!(has >= needs, WithdrawRefusal::InsufficientBalance { account, has, needs });
        check_asset(self, ledger)
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
