//! Bond claim: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::claim`].

use super::{check_open, settle};
use crate::Ledger;
use crate::contracts::{concerns, is_party, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondClaim;

impl Evaluate for BondClaim {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let bond = ledger.get(self.bond)?;
        is_party(self.lender, bond.lender)?;
        check_open(ledger, bond)?;
        // Where the chain is to repay it, that comes first.
        let is_due = bond.is_overdue || (!bond.auto_repay && ledger.head_time()? >= bond.due);
        only_if(is_due, "the bond is not due")
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let borrower = ledger.get(self.bond)?.borrower;
        settle(ledger, self.bond, 0)?;
        Ok(concerns([borrower]))
    }
}
