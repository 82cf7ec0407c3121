//! SameT fund repay: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::samet::repay`].

use super::{SametFundRefusal, check_asset, concerns_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ops::lending::lending_fee;
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::samet::repay::SametFundRepay;

impl Evaluate for SametFundRepay {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_asset(fund, self.repay_amount.asset_id, asked::samet::REPAY_ASSET)?;
        check_authorized(ledger, self.account, fund.asset_type, asked::samet::ACCOUNT)?;
        let (repay, unpaid) = (self.repay_amount.amount, fund.unpaid_amount);
        ensure!(repay <= unpaid, SametFundRefusal::RepaysTooMuch { repay, unpaid });
        let (required, offered) = (lending_fee(repay as u128, fund.fee_rate), self.fund_fee.amount);
        ensure!(
            offered as u128 >= required,
            SametFundRefusal::InsufficientFundFee { required, offered }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let total = self.repay_amount.plus(self.fund_fee)?;
        ledger.adjust_balance(self.account, total.negated())?;
        ledger.try_modify(self.fund_id, |fund| {
            fund.balance = fund.balance.plus(self.fund_fee.amount)?;
            fund.unpaid_amount = fund.unpaid_amount.minus(self.repay_amount.amount)?;
            Ok(())
        })?;
        concerns_owner(ledger, self.fund_id)
    }
}
