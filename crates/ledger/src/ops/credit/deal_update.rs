//! Credit deal update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::deal_update`].

use super::CreditRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::credit::deal_update::CreditDealUpdate;

impl Evaluate for CreditDealUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let deal = ledger.get(self.deal_id)?;
        let (account, borrower) = (self.account, deal.borrower);
        ensure!(
            account == borrower,
            CreditRefusal::NotBorrower { account, borrower, change: "updated" }
        );
        let auto_repay = self.auto_repay;
        ensure!(deal.auto_repay != auto_repay, CreditRefusal::SameAutoRepay { auto_repay });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.deal_id, |deal| deal.auto_repay = self.auto_repay)?;
        Ok(OperationResult::Void)
    }
}
