//! SameT fund delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::samet::delete`].

use super::{SametFundRefusal, check_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::samet::delete::SametFundDelete;

impl Evaluate for SametFundDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_owner(fund, self.owner_account)?;
        let unpaid = fund.unpaid_amount;
        let change = "delete";
        ensure!(unpaid == 0, SametFundRefusal::Unpaid { fund: fund.id, unpaid, change });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let fund = ledger.remove(self.fund_id)?;
        let released = Asset::new(fund.balance, fund.asset_type);
        ledger.adjust_balance(self.owner_account, released)?;
        Ok(OperationResult::Amount(released))
    }
}
