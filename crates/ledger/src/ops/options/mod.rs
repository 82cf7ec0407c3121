//! Options: what the operations do to the state, and what the chain does when a series is over.
//! What they say is [`carbyne_protocol::ops::options`].
//!
//! Invariant: in a tranche that nobody redeemed from, what is locked is the open contracts' and
//! what was paid is the exercised ones'. There are no more longs than open contracts.

pub mod close;
pub mod exercise;
mod kept;
pub mod redeem;
pub mod series_create;
pub mod write;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

pub(crate) use kept::{check_alive, check_kept};

use crate::Ledger;
use crate::contracts::{ContractRefusal, before};
use carbyne_objects::{OptionPosition, OptionSeries};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::options::{OptionEvent, OptionOutcome};
use carbyne_wire::TimePointSec;

/// So many times an amount, refused above what there can be.
fn times(amount: Asset, contracts: i64) -> Result<Asset, Rejected> {
    let value = amount.amount.checked_mul(contracts).unwrap_or(i64::MAX);
    let (what, most) = ("the amount of the contracts", MAX_SHARE_SUPPLY);
    crate::contracts::within(what, value as u64, most as u64)?;
    Ok(Asset::new(value, amount.asset_id))
}

/// Refuses a series of which nothing is exercised any more.
fn check_window(ledger: &Ledger, series: &OptionSeries) -> Result<(), Rejected> {
    before(ledger, series.window_end())
}

/// What an account wrote in a tranche of a series.
fn position(
    ledger: &Ledger,
    series: OptionSeriesId,
    (tranche, writer): (OptionTrancheId, AccountId),
) -> Result<&OptionPosition, Rejected> {
    let id: Option<OptionPositionId> =
        ledger.tables.option_positions.index().find(&(tranche, writer));
    let found = id.and_then(|id| ledger.find(id)).filter(|found| found.series == series);
    found.ok_or_else(|| ContractRefusal::NotParty { account: writer }.into())
}

/// Makes longs, or takes some from their holder and out of the world.
fn issue_longs(
    ledger: &mut Ledger,
    series: OptionSeriesId,
    (holder, contracts): (AccountId, i64),
) -> Result<(), Rejected> {
    let long = ledger.get(series)?.long;
    let data = ledger.get(long)?.dynamic_asset_data_id;
    ledger.try_modify(data, |data| {
        data.current_supply = data.current_supply.plus(contracts)?;
        Ok(())
    })?;
    ledger.adjust_balance(holder, Asset::new(contracts, long))
}

/// Removes what is empty: a tranche of which nothing is open from its series, one of which nothing
/// is written from the world.
fn tidy(ledger: &mut Ledger, id: OptionTrancheId) -> Result<(), Rejected> {
    let tranche = ledger.get(id)?;
    let (series, is_closed, is_empty) = (tranche.series, tranche.open == 0, tranche.written == 0);
    if is_closed {
        ledger.modify(series, |series| series.tranches.retain(|other| *other != id))?;
    }
    if is_empty { ledger.remove(id).map(drop) } else { Ok(()) }
}

/// Changes what an account wrote, and removes what is nothing.
fn change_position(ledger: &mut Ledger, id: OptionPositionId, by: i64) -> Result<(), Rejected> {
    let left = ledger.try_modify(id, |position| {
        position.contracts = position.contracts.plus(by)?;
        Ok::<_, Rejected>(position.contracts)
    })?;
    if left == 0 { ledger.remove(id).map(drop) } else { Ok(()) }
}

/// Ends the series whose window passed first; false if none is due.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let Some((time, id)) = ledger.tables.option_series.index().first_due() else {
        return Ok(false);
    };
    if time > now {
        return Ok(false);
    }
    ledger.modify(id, |series: &mut OptionSeries| series.is_over = true)?;
    ledger.run.push_virtual(OptionEvent::new(id, OptionOutcome::Over, []));
    Ok(true)
}
