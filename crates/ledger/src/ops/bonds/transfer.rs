//! Bond transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::transfer`].

use super::{check_open, settle};
use crate::Ledger;
use crate::contracts::{concerns, is_party, may_move};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Bond;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, BondId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondTransfer;

/// Refuses a lender who may not hold what the bond is about.
pub(crate) fn check_lender(ledger: &Ledger, bond: &Bond, to: AccountId) -> Result<(), Rejected> {
    may_move(ledger, (to, bond.borrower), bond.principal.asset_id)?;
    may_move(ledger, (to, bond.borrower), bond.collateral.asset_id)
}

/// Gives the lender side to an account; one that comes to the borrower closes the bond.
pub(crate) fn move_lender(ledger: &mut Ledger, id: BondId, to: AccountId) -> Result<(), Rejected> {
    let bond = ledger.get(id)?;
    if to == bond.borrower {
        let all = bond.collateral.amount;
        return settle(ledger, id, all);
    }
    ledger.modify(id, |bond| bond.lender = to)
}

impl Evaluate for BondTransfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let bond = ledger.get(self.bond)?;
        is_party(self.lender, bond.lender)?;
        check_open(ledger, bond)?;
        check_lender(ledger, bond, self.to)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let borrower = ledger.get(self.bond)?.borrower;
        move_lender(ledger, self.bond, self.to)?;
        Ok(concerns([borrower]))
    }
}
