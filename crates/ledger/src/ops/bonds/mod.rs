//! Bonds: what the operations do to the state, and what the chain does when one is due. What they
//! say is [`carbyne_protocol::ops::bonds`].
//!
//! Invariant: how often a bond is touched changes nothing of what is owed; what a payer pays goes
//! to the lender, and what it frees to the borrower, whoever pays.

pub mod amend;
pub mod claim;
pub mod close;
pub mod offer_cancel;
pub mod offer_create;
pub mod offer_take;
pub mod repay;
pub mod transfer;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use crate::Ledger;
use crate::contracts::{before, free, only_if};
use carbyne_objects::Bond;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::ids::{AccountId, BondId, BondOfferId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::bonds::{BondEvent, BondOutcome};
use carbyne_wire::TimePointSec;

/// Refuses to change a bond that is for sale, or that the lender was to get when it was due.
fn check_open(ledger: &Ledger, bond: &Bond) -> Result<(), Rejected> {
    only_if(!bond.is_listed, "the bond is for sale")?;
    check_running(ledger, bond)
}

/// Refuses what comes after the collateral was to go to the lender.
fn check_running(ledger: &Ledger, bond: &Bond) -> Result<(), Rejected> {
    if bond.auto_claim { before(ledger, bond.due) } else { Ok(()) }
}

/// Counts the interest of the days that have begun.
fn accrue(ledger: &mut Ledger, id: BondId) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    ledger.modify(id, |bond| *bond = accrued(bond.clone(), now))
}

/// A bond with the interest of the days that have begun at `now`.
fn accrued(mut bond: Bond, now: TimePointSec) -> Bond {
    let begun = now.0.saturating_sub(bond.start.0) / SECONDS_PER_DAY;
    let days = begun.saturating_add(1).max(bond.days);
    let new = u128::from(days.saturating_sub(bond.days));
    let of_a_day = (bond.principal.amount as u128).saturating_mul(bond.apr_bps.into());
    bond.accrued = bond.accrued.saturating_add(of_a_day.saturating_mul(new));
    bond.days = days;
    bond
}

/// Pays to the lender side, which is held while it is for sale.
fn pay_lender(ledger: &mut Ledger, id: BondId, amount: Asset) -> Result<(), Rejected> {
    let bond = ledger.get(id)?;
    if !bond.is_listed {
        return ledger.adjust_balance(bond.lender, amount);
    }
    ledger.try_modify(id, |bond| {
        let mut held = bond.held.iter_mut();
        match held.find(|held| held.asset_id == amount.asset_id) {
            Some(held) => held.amount = held.amount.plus(amount.amount)?,
            None => bond.held.push(amount),
        }
        Ok(())
    })
}

/// Takes collateral out of a bond.
fn take_collateral(ledger: &mut Ledger, id: BondId, units: i64) -> Result<Asset, Rejected> {
    let (borrower, taken) = ledger.try_modify(id, |bond| {
        bond.collateral.amount = bond.collateral.amount.minus(units)?;
        let taken = Asset::new(units, bond.collateral.asset_id);
        Ok::<_, Rejected>((bond.borrower, taken))
    })?;
    crate::contracts::count_core(ledger, borrower, taken.negated())?;
    Ok(taken)
}

/// Gives collateral to the borrower and all of the rest to the lender: no debt is left.
fn settle(ledger: &mut Ledger, id: BondId, to_borrower: i64) -> Result<(), Rejected> {
    let bond = ledger.get(id)?;
    let (borrower, rest) = (bond.borrower, bond.collateral.amount.minus(to_borrower)?);
    let back = take_collateral(ledger, id, to_borrower)?;
    ledger.adjust_balance(borrower, back)?;
    let won = take_collateral(ledger, id, rest)?;
    if won.amount > 0 {
        pay_lender(ledger, id, won)?;
    }
    finish(ledger, id)
}

/// Removes a bond without a debt, unless it is for sale: then it stays until the listing ends.
fn finish(ledger: &mut Ledger, id: BondId) -> Result<(), Rejected> {
    if !ledger.get(id)?.is_listed {
        return ledger.remove(id).map(drop);
    }
    ledger.modify(id, |bond| {
        (bond.principal.amount, bond.is_overdue) = (0, true);
        (bond.accrued, bond.interest_paid) = (0, 0);
    })
}

/// Does what is to be done about the offer or bond that has been due longest; false if nothing is.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let offer = ledger.tables.bond_offers.index().first_due().filter(|(time, _)| *time <= now);
    let bond = ledger.tables.bonds.index().first_due().filter(|(time, _)| *time <= now);
    match (offer, bond) {
        (None, None) => return Ok(false),
        (Some((time, id)), other) if other.is_none_or(|(later, _)| time <= later) => {
            expire_offer(ledger, id)?;
        }
        (_, Some((_, id))) => fall_due(ledger, id)?,
        (Some((_, id)), None) => expire_offer(ledger, id)?,
    }
    Ok(true)
}

/// Returns what was not taken, and removes the offer.
fn return_offer(ledger: &mut Ledger, id: BondOfferId) -> Result<(AccountId, Asset), Rejected> {
    let offer = ledger.remove(id)?;
    free(ledger, offer.creator, offer.creator, offer.amount)?;
    Ok((offer.creator, offer.amount))
}

fn expire_offer(ledger: &mut Ledger, id: BondOfferId) -> Result<(), Rejected> {
    let returned = return_offer(ledger, id)?;
    let mut event = BondEvent::new(id.into(), BondOutcome::OfferExpired, [returned.0]);
    event.moved.push(returned);
    ledger.run.push_virtual(event);
    Ok(())
}

/// Repays all of the debt from the borrower's balance if that was agreed and is possible; else the
/// lender gets the collateral, at once or when he claims it.
fn fall_due(ledger: &mut Ledger, id: BondId) -> Result<(), Rejected> {
    let bond = ledger.get(id)?.clone();
    let repaid = match bond.auto_repay {
        true => ledger.nested(|ledger| repay::repay_all(ledger, id)).ok(),
        false => None,
    };
    // What is held for whoever buys the lender side has nobody yet.
    let to_lender = |amount: Asset| (!bond.is_listed).then_some((bond.lender, amount));
    let (what, moved) = match repaid {
        Some(paid) => {
            let gave = (bond.borrower, paid.negated());
            let moved = [gave].into_iter().chain(to_lender(paid));
            (BondOutcome::Repaid, moved.chain([(bond.borrower, bond.collateral)]).collect())
        }
        None if bond.auto_claim => {
            settle(ledger, id, 0)?;
            (BondOutcome::Claimed, to_lender(bond.collateral).into_iter().collect())
        }
        None => {
            ledger.modify(id, |bond| bond.is_overdue = true)?;
            (BondOutcome::Overdue, Vec::new())
        }
    };
    let event = BondEvent::new(id.into(), what, [bond.lender, bond.borrower]);
    ledger.run.push_virtual(BondEvent { moved, ..event });
    Ok(())
}
