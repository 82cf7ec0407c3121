//! Custom: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::misc::custom`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::misc::custom::Custom;

impl Evaluate for Custom {
    type Plan = ();

    fn check(&self, _: &Ledger, _: &Context) -> Result<(), Rejected> {
        Ok(())
    }

    fn apply(&self, (): (), _: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        Ok(OperationResult::Void)
    }
}
