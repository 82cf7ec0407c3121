//! Custom authority create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::custom_authority::create`].

use super::{CustomAuthorityRefusal, check_count, check_end, check_members, options};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::CustomAuthority;
use carbyne_protocol::ids::CustomAuthorityId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::custom_authority::create::CustomAuthorityCreate;
use carbyne_protocol::{Rejected, restriction};

/// Refuses one more custom authority than an account may have.
fn check_number(operation: &CustomAuthorityCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let options = options(ledger)?;
    let index = ledger.tables.custom_authorities.index();
    let count = index.of_account(operation.account).count();
    let max = options.max_custom_authorities_per_account;
    ensure!(count < max as usize, CustomAuthorityRefusal::TooManyOfAccount { count, max });
    let count = index.of_operation(operation.account, operation.operation_type.0).count();
    let max = options.max_custom_authorities_per_account_op;
    ensure!(count < max as usize, CustomAuthorityRefusal::TooManyOfOperation { count, max });
    Ok(())
}

impl Evaluate for CustomAuthorityCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        options(ledger)?;
        check_end(ledger, self.valid_to, asked::custom_authority::CREATE_VALID_TO)?;
        let asked = asked::custom_authority::CREATE_RESTRICTIONS;
        check_count(ledger, restriction::count(&self.restrictions), asked)?;
        check_members(ledger, &self.auth)?;
        check_number(self, ledger)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let mut created = CustomAuthority {
            account: self.account,
            enabled: self.enabled,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            operation_type: self.operation_type,
            auth: self.auth.clone(),
            ..CustomAuthority::default()
        };
        created.add(&self.restrictions);
        let id: CustomAuthorityId = ledger.create(created);
        Ok(OperationResult::Object(id.into()))
    }
}
