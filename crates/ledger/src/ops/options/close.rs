//! Option close: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::options::close`].

use super::{change_position, check_window, issue_longs, position, tidy, times};
use crate::Ledger;
use crate::contracts::{at_most, has};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::OptionPositionId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::options::OptionClose;

impl Evaluate for OptionClose {
    /// What was written, and what is freed.
    type Plan = (OptionPositionId, Asset);

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let series = ledger.get(self.series)?;
        check_window(ledger, series)?;
        let position = position(ledger, self.series, (self.tranche, self.writer))?;
        at_most(self.contracts, position.contracts)?;
        at_most(self.contracts, ledger.get(self.tranche)?.open)?;
        has(ledger, self.writer, Asset::new(self.contracts, series.long))?;
        Ok((position.id, times(series.terms.locked(), self.contracts)?))
    }

    fn apply(
        &self,
        (position, freed): Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let gone = self.contracts.checked_neg().unwrap_or_default();
        issue_longs(ledger, self.series, (self.writer, gone))?;
        change_position(ledger, position, gone)?;
        ledger.try_modify(self.tranche, |tranche| {
            tranche.written = tranche.written.plus(gone)?;
            tranche.open = tranche.open.plus(gone)?;
            tranche.locked = tranche.locked.minus(freed)?;
            Ok(())
        })?;
        ledger.try_modify(self.series, |series| {
            series.open = series.open.plus(gone)?;
            Ok(())
        })?;
        tidy(ledger, self.tranche)?;
        ledger.adjust_balance(self.writer, freed)?;
        Ok(OperationResult::Void)
    }
}
