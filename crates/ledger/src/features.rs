//! Whether a chain has the contracts that an operation is about: what its genesis opted in to, and
//! what its committee opened and paused.
//!
//! On a chain that did not opt in an operation with a later tag is unknown, whoever let it in.

use crate::Ledger;
use crate::ops::{options, titles};
use carbyne_objects::{FeatureSettings, FeatureTerms};
use carbyne_protocol::Rejected;
use carbyne_protocol::features::{ContractLimits, Family};
use carbyne_protocol::ids::FeatureSettingsId;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::proposal::create::ProposalCreate;
use carbyne_wire::{FIRST_LATER_TAG, Id};

refusals! {
    /// Why a chain does not have an operation.
    pub enum FeatureRefusal {
        /// The chain did not opt in.
        UnknownOperation { tag: u64 }: "this chain has no operation {tag}",
        /// The family is not open.
        NotOpen { family: Family }: "the family {family:?} is not open on this chain",
        /// Nothing new begins in the family.
        Paused { family: Family }: "in the family {family:?} nothing new begins at the moment",
    }
}
own_words!(FeatureRefusal);

const SETTINGS: FeatureSettingsId = Id(0);

/// What the chain opted in to, if it did.
fn terms(ledger: &Ledger) -> Option<&FeatureTerms> {
    ledger.find(SETTINGS).map(|settings| &settings.current)
}

/// Whether a family is open.
pub fn is_open(ledger: &Ledger, family: Family) -> bool {
    terms(ledger).is_some_and(|terms| terms.open.contains(&family))
}

/// The limits for new contracts.
pub(crate) fn limits(ledger: &Ledger) -> Result<&ContractLimits, Rejected> {
    let unknown = FeatureRefusal::UnknownOperation { tag: FIRST_LATER_TAG };
    terms(ledger).map(|terms| &terms.limits).ok_or_else(|| unknown.into())
}

/// Refuses an operation that the chain does not have, or does not let anything new begin with.
pub(crate) fn check_applied(ledger: &Ledger, operation: &Operation) -> Result<(), Rejected> {
    let tag = operation.tag();
    if tag >= FIRST_LATER_TAG {
        check_known(ledger, tag)?;
        check_begins(ledger, operation)?;
    }
    if !ledger.tables.opted_in() {
        return Ok(());
    }
    options::check_kept(ledger, operation)?;
    titles::check_free(ledger, operation)
}

/// Refuses that something new begins in a family that is paused.
fn check_begins(ledger: &Ledger, operation: &Operation) -> Result<(), Rejected> {
    if let (Some(family), Some(terms)) = (begins(operation), terms(ledger)) {
        ensure!(!terms.paused.contains(&family), FeatureRefusal::Paused { family });
    }
    Ok(())
}

/// Refuses a proposal of operations that the chain does not have, in proposals inside too.
pub(crate) fn check_proposed(ledger: &Ledger, proposal: &ProposalCreate) -> Result<(), Rejected> {
    proposal.proposed_ops.iter().try_for_each(|proposed| match &proposed.op {
        Operation::ProposalCreate(inner) => check_proposed(ledger, inner),
        operation if operation.tag() >= FIRST_LATER_TAG => check_known(ledger, operation.tag()),
        _ => Ok(()),
    })
}

fn check_known(ledger: &Ledger, tag: u64) -> Result<(), Rejected> {
    let terms = terms(ledger).ok_or(FeatureRefusal::UnknownOperation { tag })?;
    let Some(family) = Family::of(tag) else { return Ok(()) };
    ensure!(terms.open.contains(&family), FeatureRefusal::NotOpen { family });
    Ok(())
}

/// The family in which something new begins by an operation.
fn begins(operation: &Operation) -> Option<Family> {
    match operation {
        Operation::RecurringCreate(_) => Some(Family::Recurring),
        Operation::EscrowCreate(_) => Some(Family::Escrow),
        Operation::BondOfferCreate(_) | Operation::BondOfferTake(_) => Some(Family::Bonds),
        Operation::OptionSeriesCreate(_) | Operation::OptionWrite(_) => Some(Family::Options),
        Operation::TitleOffer(_) => Some(Family::Titles),
        Operation::ObjectCreate(_) | Operation::ListingCreate(_) => Some(Family::Objects),
        _ => None,
    }
}

/// Changes what is to be in force from the next maintenance on.
pub(crate) fn change_pending(
    ledger: &mut Ledger,
    change: impl FnOnce(&mut FeatureTerms),
) -> Result<(), Rejected> {
    ledger.modify(SETTINGS, |settings| {
        let FeatureSettings { current, pending, .. } = settings;
        change(pending.get_or_insert_with(|| Box::new(current.clone())));
    })
}

/// Puts in force what the committee decided.
pub(crate) fn update_settings(ledger: &mut Ledger) -> Result<(), Rejected> {
    if ledger.find(SETTINGS).is_none_or(|settings| settings.pending.is_none()) {
        return Ok(());
    }
    ledger.modify(SETTINGS, |settings| {
        if let Some(pending) = settings.pending.take() {
            settings.current = *pending;
        }
    })
}
