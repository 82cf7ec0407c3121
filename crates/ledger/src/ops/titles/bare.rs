//! Whether an account is bare: whether nothing binds it that a buyer could not see in its name.
//!
//! Invariant: each question is one look-up, however much others sent to the account: what they
//! send (balances, contracts in which it only receives, objects, lender sides, vesting, proposals)
//! hinders nothing and goes along.

use super::TitleRefusal;
use crate::Ledger;
use carbyne_objects::{Account, ContractIndex};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_wire::Id;

/// Something that an account may have, by name.
type Question = (&'static str, fn(&Ledger, &Account) -> bool);

fn has_any(mut ids: impl Iterator) -> bool {
    ids.next().is_some()
}

fn binds(index: &ContractIndex, account: &Account) -> bool {
    index.binds(account.id)
}

/// What makes it more than a name: offices and authorities.
const OFFICES: &[Question] = &[
    ("a witness", |l, a| l.tables.witnesses.index().by_account(a.id).is_some()),
    ("a committee member", |l, a| l.tables.committee_members.index().by_account(a.id).is_some()),
    ("a worker", |l, a| has_any(l.tables.workers.index().by_account(a.id))),
    ("an asset", |l, a| has_any(l.tables.assets.index().of_issuer(a.id, Id(0)))),
    ("an asset to buy back", |_, a| a.extras.allowed_assets.is_some()),
    ("a special authority", |_, a| a.has_special_authority()),
    ("a custom authority", |l, a| has_any(l.tables.custom_authorities.index().of_account(a.id))),
    ("given a permission", |l, a| has_any(l.tables.withdraw_permissions.index().given_by(a.id))),
    ("listed an account", |_, a| {
        !a.extras.whitelisted_accounts.is_empty() || !a.extras.blacklisted_accounts.is_empty()
    }),
];

/// What it promised by operations of the reference.
const PROMISES: &[Question] = &[
    ("an order", |l, a| has_any(l.tables.limit_orders.index().of_account(a.id, Id(0)))),
    ("a debt", |l, a| has_any(l.tables.call_orders.index().of_account(a.id, Id(0)))),
    ("a bid for debt", |l, a| has_any(l.tables.collateral_bids.index().of_bidder(a.id))),
    ("a settlement", |l, a| has_any(l.tables.force_settlements.index().of_account(a.id))),
    ("a ticket", |l, a| has_any(l.tables.tickets.index().of_account(a.id))),
    ("a fund", |l, a| has_any(l.tables.samet_funds.index().of_owner(a.id))),
    ("a credit offer", |l, a| has_any(l.tables.credit_offers.index().of_owner(a.id))),
    ("given credit", |l, a| has_any(l.tables.credit_deals.index().of_offer_owner(a.id))),
    ("taken credit", |l, a| has_any(l.tables.credit_deals.index().of_borrower(a.id))),
    ("a locked transfer", |l, a| has_any(l.tables.htlcs.index().from(a.id))),
];

/// What it promised by contracts.
const CONTRACTS: &[Question] = &[
    ("a recurring payment", |l, a| binds(l.tables.recurring.index(), a)),
    ("an escrow", |l, a| binds(l.tables.escrows.index(), a)),
    ("a bond offer", |l, a| binds(l.tables.bond_offers.index(), a)),
    ("a bond", |l, a| binds(l.tables.bonds.index(), a)),
    ("written options", |l, a| binds(l.tables.option_positions.index(), a)),
    ("a listing or a bid", |l, a| binds(l.tables.listings.index(), a)),
];

/// Refuses an account that has more than what others sent to it.
pub(super) fn check_bare(ledger: &Ledger, id: AccountId) -> Result<(), Rejected> {
    let account = ledger.get(id)?;
    for (has, question) in OFFICES.iter().chain(PROMISES).chain(CONTRACTS) {
        ensure!(!question(ledger, account), TitleRefusal::NotBare { account: id, has });
    }
    Ok(())
}
