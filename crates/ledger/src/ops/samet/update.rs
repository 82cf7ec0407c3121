//! SameT fund update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::samet::update`].

use super::{SametFundRefusal, check_asset, check_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ops::lending::taken_out;
use crate::reference_words as asked;
use carbyne_objects::SametFund;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::samet::update::SametFundUpdate;

/// Only what leaves an account needs the issuer's consent; something must stay in the fund.
fn check_delta(
    operation: &SametFundUpdate,
    ledger: &Ledger,
    fund: &SametFund,
    delta: Asset,
) -> Result<(), Rejected> {
    check_asset(fund, delta.asset_id, asked::samet::DELTA_ASSET)?;
    let (unpaid, change) = (fund.unpaid_amount, "update the balance of");
    ensure!(unpaid == 0, SametFundRefusal::Unpaid { fund: fund.id, unpaid, change });
    if delta.amount > 0 {
        return check_authorized(
            ledger,
            operation.owner_account,
            fund.asset_type,
            asked::samet::ACCOUNT,
        );
    }
    let (has, needs) = (fund.balance, taken_out(delta.amount)?);
    let asked = asked::samet::DELTA_BALANCE;
    ensure!(has > needs, SametFundRefusal::InsufficientBalance { has, needs, asked });
    Ok(())
}

impl Evaluate for SametFundUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_owner(fund, self.owner_account)?;
        if let Some(delta) = self.delta_amount {
            check_delta(self, ledger, fund, delta)?;
        }
        let fee_rate = fund.fee_rate;
        ensure!(self.new_fee_rate != Some(fee_rate), SametFundRefusal::SameFeeRate { fee_rate });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        if let Some(delta) = self.delta_amount {
            ledger.adjust_balance(self.owner_account, delta.negated())?;
        }
        ledger.try_modify(self.fund_id, |fund| {
            if let Some(delta) = self.delta_amount {
                fund.balance = fund.balance.plus(delta.amount)?;
            }
            fund.fee_rate = self.new_fee_rate.unwrap_or(fund.fee_rate);
            Ok(())
        })?;
        Ok(OperationResult::Void)
    }
}
