//! Object transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::transfer`].

use super::own_object;
use crate::Ledger;
use crate::contracts::only_if;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ObjectTransfer;

impl Evaluate for ObjectTransfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let object = own_object(ledger, self.owner, self.object)?;
        only_if(object.transferable, "the object cannot have another owner")?;
        ledger.get(self.to).map(drop)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.object, |object| object.owner = self.to)?;
        Ok(OperationResult::Void)
    }
}
