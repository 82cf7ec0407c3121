//! Bond amend: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::amend`].

use super::{accrue, check_open, take_collateral};
use crate::Ledger;
use crate::contracts::{from_now, in_time, is_party, lock, may_move};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondAmend;

impl Evaluate for BondAmend {
    /// What the borrower adds to the collateral.
    type Plan = Asset;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Asset, Rejected> {
        let bond = ledger.get(self.bond)?;
        is_party(self.borrower, bond.borrower)?;
        is_party(self.lender, bond.lender)?;
        check_open(ledger, bond)?;
        let latest = from_now(ledger, limits(ledger)?.bond_max_term_sec)?;
        // Who keeps the time keeps what was agreed before a limit was lowered.
        let latest = if self.due == bond.due { self.due.0.into() } else { latest };
        in_time("due", self.due, from_now(ledger, 1)?, latest)?;
        let more = self.collateral.minus(bond.collateral.amount)?;
        if more > 0 {
            may_move(ledger, (self.borrower, self.lender), bond.collateral.asset_id)?;
        }
        Ok(Asset::new(more, bond.collateral.asset_id))
    }

    fn apply(
        &self,
        more: Asset,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        accrue(ledger, self.bond)?;
        if more.amount > 0 {
            lock(ledger, self.borrower, more)?;
            ledger.modify(self.bond, |bond| bond.collateral.amount = self.collateral)?;
        } else {
            let back = take_collateral(ledger, self.bond, more.negated().amount)?;
            ledger.adjust_balance(self.borrower, back)?;
        }
        ledger.modify(self.bond, |bond| {
            (bond.due, bond.min_until) = (self.due, self.min_until);
            (bond.apr_bps, bond.auto_repay) = (self.apr_bps, self.auto_repay);
            bond.is_overdue = false;
        })?;
        Ok(OperationResult::Void)
    }
}
