//! Option exercise: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::options::exercise`].

use super::{check_window, issue_longs, tidy, times};
use crate::Ledger;
use crate::contracts::{at_most, has, may_hold, only_if, pinned};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::OptionTrancheId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::options::{OptionExercise, OptionStyle};

/// Exercises against one tranche as many as are open in it, and says how many those were.
fn exercise_against(
    operation: &OptionExercise,
    ledger: &mut Ledger,
    id: OptionTrancheId,
    wanted: i64,
) -> Result<i64, Rejected> {
    let terms = ledger.get(operation.series)?.terms.clone();
    let count = ledger.get(id)?.open.min(wanted);
    let (paid, got) = (times(terms.paid(), count)?, times(terms.locked(), count)?);
    ledger.try_modify(id, |tranche| {
        tranche.open = tranche.open.minus(count)?;
        tranche.paid = tranche.paid.plus(paid)?;
        tranche.locked = tranche.locked.minus(got)?;
        tranche.is_exercised = true;
        Ok(())
    })?;
    tidy(ledger, id)?;
    Ok(count)
}

impl Evaluate for OptionExercise {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let series = ledger.get(self.series)?;
        check_window(ledger, series)?;
        let is_time = series.terms.style == OptionStyle::American
            || ledger.head_time()? >= series.terms.expiry;
        only_if(is_time, "the options are exercised from their expiry on")?;
        at_most(self.contracts, series.open)?;
        pinned("price", self.pays, times(series.terms.paid(), self.contracts)?)?;
        pinned("size", self.gets, times(series.terms.locked(), self.contracts)?)?;
        may_hold(ledger, self.holder, self.pays.asset_id)?;
        may_hold(ledger, self.holder, self.gets.asset_id)?;
        has(ledger, self.holder, Asset::new(self.contracts, series.long))?;
        has(ledger, self.holder, self.pays)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let gone = self.contracts.checked_neg().unwrap_or_default();
        issue_longs(ledger, self.series, (self.holder, gone))?;
        ledger.adjust_balance(self.holder, self.pays.negated())?;
        let mut left = self.contracts;
        for tranche in ledger.get(self.series)?.tranches.clone() {
            if left > 0 {
                left = left.minus(exercise_against(self, ledger, tranche, left)?)?;
            }
        }
        at_most(left, 0)?;
        ledger.try_modify(self.series, |series| {
            series.open = series.open.plus(gone)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.holder, self.gets)?;
        Ok(OperationResult::Void)
    }
}
