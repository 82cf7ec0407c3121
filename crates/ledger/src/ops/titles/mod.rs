//! Titles: what the operations do to the state, what the chain does when an offer is over, and what
//! of the time before a sale is void. What they say is [`carbyne_protocol::ops::titles`].
//!
//! Invariant: whether something is void is a comparison with the title of the account; nothing that
//! others gave to it is ever looked for.

pub mod accept;
mod bare;
mod frozen;
pub mod offer;
pub mod withdraw;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

pub(crate) use frozen::check_free;

use crate::Ledger;
use carbyne_objects::{AccountStatistics, Title};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_protocol::ops::titles::{TitleEvent, TitleOutcome};
use carbyne_wire::{FlatSet, TimePointSec};
use std::borrow::Cow;

refusals! {
    /// Why the state refuses an operation about a title, or one of an account that is for sale.
    pub enum TitleRefusal {
        /// The account has something that a buyer would not get, or would have to answer for.
        NotBare { account: AccountId, has: &'static str }: "{account} is not bare, it has {has}",
        /// The account is for sale, and does nothing else meanwhile.
        Frozen { account: AccountId, until: TimePointSec }:
            "{account} is for sale until {until} and does nothing else",
        /// Somebody who had the account before could still act for it.
        OldKey { account: AccountId }: "a key of {account} is one that it had before",
        /// The permission was given to who had the account before.
        Void { permission: WithdrawPermissionId, since: TimePointSec }:
            "{permission} is void, the account was sold at {since}",
    }
}
own_words!(TitleRefusal);

/// The title of an account; none if it was never sold.
fn title(ledger: &Ledger, account: AccountId) -> Option<&Title> {
    let id: Option<TitleId> = ledger.tables.titles.index().find(&account);
    id.and_then(|id| ledger.find(id))
}

/// The approvals of a proposal that stand: not those of accounts that were sold since.
pub(crate) fn standing<'a>(
    ledger: &Ledger,
    proposal: ProposalId,
    approvals: &'a FlatSet<AccountId>,
) -> Cow<'a, [AccountId]> {
    if ledger.tables.titles.is_empty() {
        return Cow::Borrowed(approvals.as_slice());
    }
    let is_void = |account| title(ledger, account).is_some_and(|one| proposal < one.first_proposal);
    approvals.iter().copied().filter(|account| !is_void(*account)).collect()
}

/// Whether a voter chose a proxy that was sold since. His core counts for nobody until he votes
/// again.
pub(crate) fn is_void_proxy(ledger: &Ledger, proxy: AccountId, voter: &AccountStatistics) -> bool {
    title(ledger, proxy).is_some_and(|title| voter.voting.last_vote_time <= title.since)
}

/// Ends an offer that nobody accepted.
fn expire(ledger: &mut Ledger, id: TitleOfferId) -> Result<(), Rejected> {
    let offer = ledger.remove(id)?;
    let parties = [offer.account, offer.payout].into_iter().chain(offer.buyer);
    ledger.run.push_virtual(TitleEvent::new(id, TitleOutcome::Expired, parties));
    Ok(())
}

/// Ends the offer that is over first; false if none is.
pub(crate) fn due(ledger: &mut Ledger, now: TimePointSec) -> Result<bool, Rejected> {
    let Some((time, id)) = ledger.tables.title_offers.index().first_due() else {
        return Ok(false);
    };
    if time > now {
        return Ok(false);
    }
    expire(ledger, id)?;
    Ok(true)
}
