//! Object update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::update`].

use super::create::check_size;
use super::own_object;
use crate::Ledger;
use crate::contracts::only_if;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ObjectUpdate;

impl Evaluate for ObjectUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let object = own_object(ledger, self.owner, self.object)?;
        only_if(object.mutable, "the content of the object does not change")?;
        check_size(ledger, &self.data)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.object, |object| object.data = self.data.clone())?;
        Ok(OperationResult::Void)
    }
}
