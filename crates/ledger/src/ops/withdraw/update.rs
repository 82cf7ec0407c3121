//! Withdraw permission update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::withdraw::update`].

use super::{check_accounts, check_exists, check_time};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::withdraw::update::WithdrawPermissionUpdate;

impl Evaluate for WithdrawPermissionUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let permit = ledger.get(self.permission_to_update)?;
        let (from, authorized) = (self.withdraw_from_account, self.authorized_account);
        check_accounts(permit, from, authorized, "authorized_account")?;
        check_exists(ledger, self.withdrawal_limit.asset_id, "withdrawal_limit.asset_id")?;
        check_time(&self.terms(), ledger, false)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.permission_to_update, |permit| {
            permit.period_start_time = self.period_start_time;
            permit.expiration = self.terms().end();
            permit.withdrawal_limit = self.withdrawal_limit;
            permit.withdrawal_period_sec = self.withdrawal_period_sec;
        })?;
        Ok(OperationResult::Void)
    }
}
