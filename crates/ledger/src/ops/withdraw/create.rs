//! Withdraw permission create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::withdraw::create`].

use super::{check_exists, check_time};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::WithdrawPermission;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::WithdrawPermissionId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::withdraw::create::WithdrawPermissionCreate;

impl Evaluate for WithdrawPermissionCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_exists(ledger, self.authorized_account, "authorized_account")?;
        check_exists(ledger, self.withdrawal_limit.asset_id, "withdrawal_limit.asset_id")?;
        check_time(&self.terms(), ledger, true)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let permit = WithdrawPermission {
            withdraw_from_account: self.withdraw_from_account,
            authorized_account: self.authorized_account,
            withdrawal_limit: self.withdrawal_limit,
            withdrawal_period_sec: self.withdrawal_period_sec,
            period_start_time: self.period_start_time,
            expiration: self.terms().end(),
            ..WithdrawPermission::default()
        };
        let id: WithdrawPermissionId = ledger.create(permit);
        Ok(OperationResult::Object(id.into()))
    }
}
