//! SameT funds, credit offers and deals, and tickets: lists by id or by what they belong to.

use crate::answer::{Answer, Written};
use crate::limits::limited;
use crate::methods::{Method, gather};
use crate::{ApiError, Arguments, View};
use carbyne_ledger::tables::Stored;
use carbyne_objects::Run;
use carbyne_protocol::ids::{CreditDealId, CreditOfferId, SametFundId, TicketId};
use carbyne_wire::{Id, Json};

pub(super) const METHODS: &[Method] = &[
    gather(
        "list_samet_funds(limit: uint32<=get_samet_funds = most, start_id: 1.20.x = 1.20.0) \
         -> [samet_fund_object]",
        "All SameT funds from an id on.",
        |view, arguments| {
            every::<SametFundId>(view, arguments, view.settings.limits.get_samet_funds)
        },
    ),
    gather(
        "get_samet_funds_by_owner(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_samet_funds = most, start_id: 1.20.x = 1.20.0) -> [samet_fund_object]",
        "SameT funds of an owner.",
        |view, arguments| {
            let index = view.ledger.tables.samet_funds.index();
            let ids = index.of_owner(arguments.account(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_samet_funds, ids)
        },
    ),
    gather(
        "get_samet_funds_by_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_samet_funds = most, start_id: 1.20.x = 1.20.0) -> [samet_fund_object]",
        "SameT funds of an asset.",
        |view, arguments| {
            let index = view.ledger.tables.samet_funds.index();
            let ids = index.of_asset(arguments.asset(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_samet_funds, ids)
        },
    ),
    gather(
        "list_credit_offers(limit: uint32<=get_credit_offers = most, start_id: 1.21.x = 1.21.0) \
         -> [credit_offer_object]",
        "All credit offers from an id on.",
        |view, arguments| {
            every::<CreditOfferId>(view, arguments, view.settings.limits.get_credit_offers)
        },
    ),
    gather(
        "get_credit_offers_by_owner(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.21.x = 1.21.0) \
         -> [credit_offer_object]",
        "Credit offers of an owner.",
        |view, arguments| {
            let index = view.ledger.tables.credit_offers.index();
            let ids = index.of_owner(arguments.account(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "get_credit_offers_by_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.21.x = 1.21.0) \
         -> [credit_offer_object]",
        "Credit offers of an asset.",
        |view, arguments| {
            let index = view.ledger.tables.credit_offers.index();
            let ids = index.of_asset(arguments.asset(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "list_credit_deals(limit: uint32<=get_credit_offers = most, start_id: 1.22.x = 1.22.0) \
         -> [credit_deal_object]",
        "All credit deals from an id on.",
        |view, arguments| {
            every::<CreditDealId>(view, arguments, view.settings.limits.get_credit_offers)
        },
    ),
    gather(
        "get_credit_deals_by_offer_id(offer_id: 1.21.x, limit: uint32<=get_credit_offers = most, \
         start_id: 1.22.x = 1.22.0) -> [credit_deal_object]",
        "Credit deals of an offer.",
        |view, arguments| {
            let ids = view.ledger.tables.credit_deals.index().of_offer(arguments.get(0)?);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "get_credit_deals_by_offer_owner(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.22.x = 1.22.0) \
         -> [credit_deal_object]",
        "Deals by owner of the offer.",
        |view, arguments| {
            let index = view.ledger.tables.credit_deals.index();
            let ids = index.of_offer_owner(arguments.account(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "get_credit_deals_by_borrower(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.22.x = 1.22.0) \
         -> [credit_deal_object]",
        "Credit deals of a borrower.",
        |view, arguments| {
            let index = view.ledger.tables.credit_deals.index();
            let ids = index.of_borrower(arguments.account(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "get_credit_deals_by_debt_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.22.x = 1.22.0) \
         -> [credit_deal_object]",
        "Deals by what is owed.",
        |view, arguments| {
            let index = view.ledger.tables.credit_deals.index();
            let ids = index.of_debt_asset(arguments.asset(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "get_credit_deals_by_collateral_asset(asset_symbol_or_id: symbol|1.3.x, \
         limit: uint32<=get_credit_offers = most, start_id: 1.22.x = 1.22.0) \
         -> [credit_deal_object]",
        "Deals by collateral.",
        |view, arguments| {
            let index = view.ledger.tables.credit_deals.index();
            let ids = index.of_collateral_asset(arguments.asset(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_credit_offers, ids)
        },
    ),
    gather(
        "list_tickets(limit: uint32<=get_tickets = most, start_id: 1.18.x = 1.18.0) \
         -> [ticket_object]",
        "All tickets from an id on.",
        |view, arguments| every::<TicketId>(view, arguments, view.settings.limits.get_tickets),
    ),
    gather(
        "get_tickets_by_account(account_name_or_id: name|1.2.x, \
         limit: uint32<=get_tickets = most, start_id: 1.18.x = 1.18.0) -> [ticket_object]",
        "Tickets of an account.",
        |view, arguments| {
            let index = view.ledger.tables.tickets.index();
            let ids = index.of_account(arguments.account(view, 0)?.id);
            some(view, arguments, view.settings.limits.get_tickets, ids)
        },
    ),
];

/// How many are wanted, and the first of them.
fn page<I: Stored + Json>(
    arguments: &Arguments<'_>,
    first: usize,
    most: u32,
) -> Result<(usize, I), ApiError> {
    let limit = arguments.or(first, most)?;
    let start = arguments.or(first + 1, I::from_number(0))?;
    Ok((limited(limit, most)?, start))
}

/// All objects of a kind, from an id on.
fn every<I: Stored + Json>(
    view: &View<'_>,
    arguments: &Arguments<'_>,
    most: u32,
) -> Result<Answer, ApiError>
where
    I::Object: Written,
{
    let (limit, start): (usize, I) = page(arguments, 0, most)?;
    view.rows(I::table(&view.ledger.tables).iter_from(start.number()).cloned(), limit)
}

/// What an index has under the first argument, from an id on.
fn some<K: Ord + Copy, const SPACE: u8, const TYPE: u8>(
    view: &View<'_>,
    arguments: &Arguments<'_>,
    most: u32,
    ids: Run<'_, K, SPACE, TYPE>,
) -> Result<Answer, ApiError>
where
    Id<SPACE, TYPE>: Stored,
    <Id<SPACE, TYPE> as Stored>::Object: Written,
{
    let (limit, start) = page(arguments, 1, most)?;
    view.objects(ids.from(start), limit)
}
