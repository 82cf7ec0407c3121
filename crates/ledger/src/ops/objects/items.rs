//! What can be listed: objects that have another owner one day, and lender sides of bonds.

use crate::Ledger;
use crate::contracts::{ContractRefusal, before, is_party, only_if};
use crate::ledger::LedgerRefusal;
use crate::ops::bonds::transfer::{check_lender, move_lender};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, BondId, OwnedObjectId};
use carbyne_wire::ObjectId;

/// An item of a listing.
#[derive(Clone, Copy, Debug)]
enum Item {
    Object(OwnedObjectId),
    Bond(BondId),
}

impl Item {
    fn of(id: ObjectId) -> Result<Self, Rejected> {
        if let Ok(object) = OwnedObjectId::try_from(id) {
            return Ok(Self::Object(object));
        }
        let bond = BondId::try_from(id).map(Self::Bond);
        bond.map_err(|id| LedgerRefusal::UnknownObject { id }.into())
    }
}

/// Who gets which part of a price, in basis points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Royalty {
    pub(super) creator: Option<AccountId>,
    pub(super) bps: u16,
}

/// Refuses items that the seller cannot sell, and says who made them.
pub(super) fn check_items(
    ledger: &Ledger,
    seller: AccountId,
    items: &[ObjectId],
) -> Result<Royalty, Rejected> {
    let mut royalty = Royalty::default();
    for id in items {
        match Item::of(*id)? {
            Item::Bond(bond) => check_bond(ledger, seller, bond)?,
            Item::Object(object) => add_object(ledger, seller, object, &mut royalty)?,
        }
    }
    Ok(royalty)
}

fn check_bond(ledger: &Ledger, seller: AccountId, id: BondId) -> Result<(), Rejected> {
    let bond = ledger.get(id)?;
    is_party(seller, bond.lender)?;
    only_if(!bond.is_listed, "the bond is for sale")?;
    if bond.auto_claim { before(ledger, bond.due) } else { Ok(()) }
}

fn add_object(
    ledger: &Ledger,
    seller: AccountId,
    id: OwnedObjectId,
    royalty: &mut Royalty,
) -> Result<(), Rejected> {
    let object = super::own_object(ledger, seller, id)?;
    only_if(object.transferable, "the object cannot have another owner")?;
    if object.royalty_bps == 0 {
        return Ok(());
    }
    // The highest part is that of all: a bundle does not thin it.
    let account = royalty.creator.unwrap_or(object.creator);
    ensure!(account == object.creator, ContractRefusal::OtherTerms { what: "creator" });
    *royalty = Royalty { creator: Some(account), bps: royalty.bps.max(object.royalty_bps) };
    Ok(())
}

/// Refuses a buyer who may not hold what the bonds are about.
pub(super) fn check_buyer(
    ledger: &Ledger,
    buyer: AccountId,
    items: &[ObjectId],
) -> Result<(), Rejected> {
    for id in items {
        if let Item::Bond(bond) = Item::of(*id)? {
            check_lender(ledger, ledger.get(bond)?, buyer)?;
        }
    }
    Ok(())
}

/// Freezes the items while they are for sale.
pub(super) fn freeze(ledger: &mut Ledger, items: &[ObjectId]) -> Result<(), Rejected> {
    items.iter().try_for_each(|id| set_listed(ledger, Item::of(*id)?, true))
}

fn set_listed(ledger: &mut Ledger, item: Item, is_listed: bool) -> Result<(), Rejected> {
    match item {
        Item::Object(id) => ledger.modify(id, |object| object.is_listed = is_listed),
        Item::Bond(id) => ledger.modify(id, |bond| bond.is_listed = is_listed),
    }
}

/// Thaws the items and gives them to whom they belong now, and what bonds held meanwhile.
pub(super) fn deliver(
    ledger: &mut Ledger,
    items: &[ObjectId],
    to: AccountId,
) -> Result<(), Rejected> {
    for id in items {
        let item = Item::of(*id)?;
        set_listed(ledger, item, false)?;
        match item {
            Item::Object(id) => ledger.modify(id, |object| object.owner = to)?,
            Item::Bond(id) => deliver_bond(ledger, id, to)?,
        }
    }
    Ok(())
}

fn deliver_bond(ledger: &mut Ledger, id: BondId, to: AccountId) -> Result<(), Rejected> {
    let held = ledger.modify(id, |bond| std::mem::take(&mut bond.held))?;
    for amount in held {
        ledger.adjust_balance(to, amount)?;
    }
    if ledger.get(id)?.principal.amount == 0 {
        return ledger.remove(id).map(drop);
    }
    move_lender(ledger, id, to)
}
