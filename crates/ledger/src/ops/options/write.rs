//! Option write: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::options::write`].

use super::series_create::check_pair;
use super::{change_position, issue_longs, times};
use crate::Ledger;
use crate::contracts::{before, has, may_hold, pinned};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{OptionPosition, OptionTranche};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{OptionPositionId, OptionSeriesId, OptionTrancheId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::options::OptionWrite;

/// The tranche in which is written now: the newest, or one that begins because that was exercised
/// against, so that nobody shares older proceeds.
fn current_tranche(ledger: &mut Ledger, id: OptionSeriesId) -> Result<OptionTrancheId, Rejected> {
    let series = ledger.get(id)?;
    if let Some(newest) = series.tranches.last()
        && !ledger.get(*newest)?.is_exercised
    {
        return Ok(*newest);
    }
    let (locked, paid) = (series.terms.locked().asset_id, series.terms.paid().asset_id);
    let tranche: OptionTrancheId = ledger.create(OptionTranche {
        series: id,
        locked: Asset::new(0, locked),
        paid: Asset::new(0, paid),
        ..OptionTranche::default()
    });
    ledger.modify(id, |series| series.tranches.push(tranche))?;
    Ok(tranche)
}

impl Evaluate for OptionWrite {
    /// What is locked.
    type Plan = Asset;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Asset, Rejected> {
        let series = ledger.get(self.series)?;
        pinned("terms", &self.terms, &series.terms)?;
        before(ledger, series.terms.expiry)?;
        check_pair(ledger, &series.terms)?;
        may_hold(ledger, self.writer, series.terms.underlying)?;
        may_hold(ledger, self.writer, series.terms.quote)?;
        let open = series.open.plus(self.contracts)?;
        times(series.terms.paid(), open)?;
        times(series.terms.locked(), open)?;
        let locked = times(series.terms.locked(), self.contracts)?;
        has(ledger, self.writer, locked)?;
        Ok(locked)
    }

    fn apply(
        &self,
        locked: Asset,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.writer, locked.negated())?;
        let tranche = current_tranche(ledger, self.series)?;
        ledger.try_modify(tranche, |tranche| {
            tranche.written = tranche.written.plus(self.contracts)?;
            tranche.open = tranche.open.plus(self.contracts)?;
            tranche.locked = tranche.locked.plus(locked)?;
            Ok(())
        })?;
        ledger.try_modify(self.series, |series| {
            series.open = series.open.plus(self.contracts)?;
            Ok(())
        })?;
        let key = (tranche, self.writer);
        let known: Option<OptionPositionId> = ledger.tables.option_positions.index().find(&key);
        match known {
            Some(position) => change_position(ledger, position, self.contracts)?,
            None => {
                let (series, writer, contracts) = (self.series, self.writer, self.contracts);
                let position =
                    OptionPosition { series, tranche, writer, contracts, ..Default::default() };
                ledger.create::<OptionPositionId>(position);
            }
        }
        issue_longs(ledger, self.series, (self.writer, self.contracts))?;
        Ok(OperationResult::Object(tranche.into()))
    }
}
