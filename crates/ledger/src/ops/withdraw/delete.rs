//! Withdraw permission delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::withdraw::delete`].

use super::check_accounts;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::withdraw::delete::WithdrawPermissionDelete;

impl Evaluate for WithdrawPermissionDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let permit = ledger.get(self.withdrawal_permission)?;
        let (from, authorized) = (self.withdraw_from_account, self.authorized_account);
        check_accounts(permit, from, authorized, "authorized_account")
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.remove(self.withdrawal_permission)?;
        Ok(OperationResult::Void)
    }
}
