//! Recurring cancel: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::recurring::cancel`].

use crate::Ledger;
use crate::contracts::{ContractRefusal, before, concerns};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::recurring::RecurringCancel;

impl Evaluate for RecurringCancel {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let (order, account) = (ledger.get(self.recurring)?, self.account);
        let is_party = account == order.from || account == order.to;
        ensure!(is_party, ContractRefusal::NotParty { account });
        before(ledger, order.next)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let order = ledger.remove(self.recurring)?;
        Ok(concerns([order.from, order.to]))
    }
}
