//! Bond close: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::close`].

use super::{check_open, settle};
use crate::Ledger;
use crate::contracts::{at_most, is_party};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondClose;

impl Evaluate for BondClose {
    /// What the borrower gets, in smallest units.
    type Plan = i64;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<i64, Rejected> {
        let bond = ledger.get(self.bond)?;
        is_party(self.borrower, bond.borrower)?;
        is_party(self.lender, bond.lender)?;
        check_open(ledger, bond)?;
        at_most(self.to_lender, bond.collateral.amount)?;
        bond.collateral.amount.minus(self.to_lender)
    }

    fn apply(
        &self,
        to_borrower: i64,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        settle(ledger, self.bond, to_borrower)?;
        Ok(OperationResult::Void)
    }
}
