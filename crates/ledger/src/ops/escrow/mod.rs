//! Escrow: what the operations do to the state, and what the chain does when time decides. What
//! they say is [`carbyne_protocol::ops::escrow`].
//!
//! Invariant: the agent is paid when it is over, never before, and not for a dispute that ended
//! without his word.

pub mod amend;
pub mod create;
pub mod dispute;
pub mod ratify;
pub mod release;
pub mod rule;
pub mod split;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use crate::Ledger;
use crate::contracts::{ContractRefusal, at_most, free, only_if};
use crate::ledger::LedgerRefusal;
use carbyne_objects::{Escrow, EscrowState};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, EscrowId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::escrow::{EscrowEvent, EscrowOutcome};
use carbyne_protocol::proportion::basis_points;
use carbyne_wire::TimePointSec;

/// Refuses what needs the approval of everybody.
fn check_running(escrow: &Escrow) -> Result<(), Rejected> {
    only_if(escrow.state != EscrowState::Pending, "not everybody has approved the escrow")
}

/// Refuses more of an asset than is left.
fn check_left(escrow: &Escrow, asked: Asset) -> Result<(), Rejected> {
    let mut amounts = escrow.amounts.iter();
    let left = amounts.find(|left| left.asset_id == asked.asset_id);
    at_most(asked.amount, left.map_or(0, |left| left.amount))
}

/// Takes an amount out of the escrow and pays it.
fn pay(ledger: &mut Ledger, id: EscrowId, to: AccountId, part: Asset) -> Result<(), Rejected> {
    let from = ledger.try_modify(id, |escrow| {
        let mut amounts = escrow.amounts.iter_mut();
        let left = amounts.find(|left| left.asset_id == part.asset_id && part.amount > 0);
        let (asked, refused) = (part.amount, 0);
        let left = left.ok_or(ContractRefusal::MoreThanLeft { asked, left: refused })?;
        at_most(asked, left.amount)?;
        left.amount = left.amount.minus(asked)?;
        Ok::<_, Rejected>(escrow.from)
    })?;
    free(ledger, from, to, part)
}

/// Pays all that is left to one account and says what that is.
fn pay_rest(
    ledger: &mut Ledger,
    id: EscrowId,
    to: AccountId,
) -> Result<Vec<(AccountId, Asset)>, Rejected> {
    let mut rest = ledger.get(id)?.amounts.clone();
    rest.retain(|amount| amount.amount > 0);
    for amount in &rest {
        pay(ledger, id, to, *amount)?;
    }
    Ok(rest.into_iter().map(|amount| (to, amount)).collect())
}

/// How an escrow comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It never began.
    NeverBegan,
    /// The agent ruled.
    Ruled,
    /// The parties agreed, or time decided.
    WithoutWord,
}

/// Removes an escrow of which nothing is left, and pays the agent or gives his fee back. Says what
/// that moved.
fn close(
    ledger: &mut Ledger,
    id: EscrowId,
    end: End,
) -> Result<Option<(AccountId, Asset)>, Rejected> {
    let escrow = ledger.remove(id)?;
    let what = "an escrow ends with something in it";
    ensure!(escrow.is_empty(), LedgerRefusal::Contradiction { what });
    let is_earned = match end {
        End::NeverBegan => false,
        End::Ruled => true,
        End::WithoutWord => escrow.state != EscrowState::Disputed,
    };
    let receiver = escrow.agent.filter(|_| is_earned).unwrap_or(escrow.from);
    if escrow.agent_fee.amount == 0 {
        return Ok(None);
    }
    free(ledger, escrow.from, receiver, escrow.agent_fee)?;
    Ok(Some((receiver, escrow.agent_fee)))
}

/// Ends an escrow if nothing is left for the parties.
fn close_if_empty(ledger: &mut Ledger, id: EscrowId) -> Result<(), Rejected> {
    if ledger.get(id)?.is_empty() {
        close(ledger, id, End::WithoutWord)?;
    }
    Ok(())
}

/// Lets time decide about the escrow that has been due longest; false if none is due.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let Some((time, id)) = ledger.tables.escrows.index().first_due() else { return Ok(false) };
    if time > now {
        return Ok(false);
    }
    expire(ledger, id)?;
    Ok(true)
}

fn expire(ledger: &mut Ledger, id: EscrowId) -> Result<(), Rejected> {
    let escrow = ledger.get(id)?.clone();
    let (what, end) = match escrow.state {
        EscrowState::Pending => (EscrowOutcome::Returned, End::NeverBegan),
        EscrowState::Active => (EscrowOutcome::Delivered, End::WithoutWord),
        EscrowState::Disputed => (EscrowOutcome::NotRuled, End::WithoutWord),
    };
    let mut event = EscrowEvent::new(id, what, escrow.parties());
    if end != End::NeverBegan {
        event.moved = pay_default(ledger, &escrow)?;
    }
    event.moved.extend(pay_rest(ledger, id, escrow.from)?);
    event.moved.extend(close(ledger, id, end)?);
    ledger.run.push_virtual(event);
    Ok(())
}

/// Pays the part of the rest that the receiver gets at the end, rounded down.
fn pay_default(ledger: &mut Ledger, escrow: &Escrow) -> Result<Vec<(AccountId, Asset)>, Rejected> {
    let mut moved = Vec::new();
    for left in &escrow.amounts {
        let part = basis_points(left.amount as u64, escrow.default_bps) as i64;
        if part > 0 {
            let part = Asset::new(part, left.asset_id);
            pay(ledger, escrow.id, escrow.to, part)?;
            moved.push((escrow.to, part));
        }
    }
    Ok(moved)
}
