//! Contracts that the reference does not have: all of a kind, those of an account or about an
//! asset, oldest first, and in the order in which something is due. A kind is one row.

use super::{List, list};
use carbyne_protocol::ids::*;
use carbyne_wire::TimePointSec;

/// The four lists of each kind of contract.
macro_rules! contract_lists {
    ($($plural:literal of $object:literal: $table:ident, $id:ty;)*) => {
        pub(super) const LISTS: &[List] = &[$(
            list(concat!("list_", $plural, "() -> ", $object), |view, _, page| {
                let first: $id = page.first()?.unwrap_or_default();
                let rows = view.ledger.tables.$table.iter_from(first.0);
                page.objects(view, rows.map(|row| row.id))
            }),
            list(
                concat!(
                    "get_", $plural, "_by_account(account_name_or_id: name|1.2.x) -> ", $object
                ),
                |view, of, page| {
                    let account = of.account(view, 0)?.id;
                    let first: $id = page.first()?.unwrap_or_default();
                    let index = view.ledger.tables.$table.index();
                    page.objects(view, index.of_account(account).from(first))
                },
            ),
            list(
                concat!(
                    "get_", $plural, "_by_asset(asset_symbol_or_id: symbol|1.3.x) -> ", $object
                ),
                |view, of, page| {
                    let asset = of.asset(view, 0)?.id;
                    let first: $id = page.first()?.unwrap_or_default();
                    let index = view.ledger.tables.$table.index();
                    page.objects(view, index.of_asset(asset).from(first))
                },
            ),
            list(concat!("get_", $plural, "_by_due() -> ", $object), |view, _, page| {
                let first: (TimePointSec, $id) = page.first()?.unwrap_or_default();
                let due = view.ledger.tables.$table.index().by_due(first);
                page.of(view, due.map(|place| (place, place.1)), |id| view.maybe(Some(id)))
            }),
        )*];
    };
}
contract_lists! {
    "recurring_payments" of "recurring_object": recurring, RecurringId;
    "escrows" of "escrow_object": escrows, EscrowId;
    "bond_offers" of "bond_offer_object": bond_offers, BondOfferId;
    "bonds" of "bond_object": bonds, BondId;
    "option_series" of "option_series_object": option_series, OptionSeriesId;
    "option_positions" of "option_position_object": option_positions, OptionPositionId;
    "option_tranches" of "option_tranche_object": option_tranches, OptionTrancheId;
    "titles" of "title_object": titles, TitleId;
    "title_offers" of "title_for_sale": title_offers, TitleOfferId;
    "owned_objects" of "owned_object": owned_objects, OwnedObjectId;
    "listings" of "listing_object": listings, ListingId;
}
