//! Custom authority delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::custom_authority::delete`].

use super::check_owner;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::custom_authority::delete::CustomAuthorityDelete;

impl Evaluate for CustomAuthorityDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_owner(self.account, ledger.get(self.authority_to_delete)?.account, "delete")
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.remove(self.authority_to_delete)?;
        Ok(OperationResult::Void)
    }
}
