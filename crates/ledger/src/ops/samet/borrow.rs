//! SameT fund borrow: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::samet::borrow`].

use super::{SametFundRefusal, check_asset, concerns_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::samet::borrow::SametFundBorrow;

impl Evaluate for SametFundBorrow {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_asset(fund, self.borrow_amount.asset_id, asked::samet::BORROW_ASSET)?;
        let (has, needs) = (fund.balance, fund.unpaid_amount.plus(self.borrow_amount.amount)?);
        let asked = asked::samet::BORROW_BALANCE;
        ensure!(has >= needs, SametFundRefusal::InsufficientBalance { has, needs, asked });
        check_authorized(ledger, self.borrower, fund.asset_type, asked::samet::ACCOUNT)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.try_modify(self.fund_id, |fund| {
            fund.unpaid_amount = fund.unpaid_amount.plus(self.borrow_amount.amount)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.borrower, self.borrow_amount)?;
        concerns_owner(ledger, self.fund_id)
    }
}
