//! Object destroy: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::destroy`].

use super::own_object;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ObjectDestroy;

impl Evaluate for ObjectDestroy {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        own_object(ledger, self.owner, self.object).map(drop)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.remove(self.object)?;
        Ok(OperationResult::Void)
    }
}
