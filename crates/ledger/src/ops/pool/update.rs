//! Liquidity pool update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::update`].

use super::{LiquidityPoolRefusal, check_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::pool::update::LiquidityPoolUpdate;

impl Evaluate for LiquidityPoolUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let pool = ledger.get(self.pool)?;
        check_owner(ledger, pool, self.account)?;
        let percent = self.withdrawal_fee_percent.unwrap_or(pool.withdrawal_fee_percent);
        ensure!(
            self.taker_fee_percent.is_none() || percent == 0,
            LiquidityPoolRefusal::WithdrawalFeeStands { percent }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.pool, |pool| {
            pool.taker_fee_percent = self.taker_fee_percent.unwrap_or(pool.taker_fee_percent);
            pool.withdrawal_fee_percent =
                self.withdrawal_fee_percent.unwrap_or(pool.withdrawal_fee_percent);
        })?;
        Ok(OperationResult::Void)
    }
}
