//! What an account that is for sale may not do, and what an account that was sold may not take.
//!
//! This is asked of every operation, whether it comes from a transaction, a proposal or the
//! chain, before its own rules, on chains that opted in; where nothing is for sale and nothing was
//! sold it costs two comparisons.

use super::{TitleRefusal, title};
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, TitleOfferId};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::withdraw::claim::WithdrawPermissionClaim;
use carbyne_protocol::required::needed_authorities;

/// Refuses what an account that is for sale may not do, and a claim that is void.
pub(crate) fn check_free(ledger: &Ledger, operation: &Operation) -> Result<(), Rejected> {
    if let Operation::WithdrawPermissionClaim(claim) = operation {
        check_claim(ledger, claim)?;
    }
    let is_excepted = matches!(operation, Operation::TitleWithdraw(_));
    if ledger.tables.title_offers.is_empty() || is_excepted {
        return Ok(());
    }
    let needed = needed_authorities([operation]);
    let mut accounts = needed.active.iter().chain(&needed.owner);
    accounts.try_for_each(|account| not_frozen(ledger, *account))
}

/// Refuses to act for an account that is for sale.
fn not_frozen(ledger: &Ledger, account: AccountId) -> Result<(), Rejected> {
    let id: Option<TitleOfferId> = ledger.tables.title_offers.index().find(&account);
    let Some(offer) = id.and_then(|id| ledger.find(id)) else { return Ok(()) };
    let until = offer.expiry;
    ensure!(ledger.head_time()? >= until, TitleRefusal::Frozen { account, until });
    Ok(())
}

/// Refuses to take from an account that is for sale, and by a permission that was given to who had
/// the account before.
fn check_claim(ledger: &Ledger, claim: &WithdrawPermissionClaim) -> Result<(), Rejected> {
    not_frozen(ledger, claim.withdraw_from_account)?;
    let Some(title) = title(ledger, claim.withdraw_to_account) else { return Ok(()) };
    let (permission, since) = (claim.withdraw_permission, title.since);
    ensure!(permission >= title.first_permission, TitleRefusal::Void { permission, since });
    Ok(())
}
