//! Lists in order of id: all objects of a type, or those that belong to something.

use super::{List, list};
use crate::answer::{Answer, Written};
use crate::methods::carbyne::page::Page;
use crate::methods::database::{
    accounts_naming, extend_asset, extend_pool, naming, pools_of_one_asset,
};
use crate::{ApiError, Arguments, View};
use carbyne_crypto::{Address, PublicKey};
use carbyne_ledger::tables::Stored;
use carbyne_objects::{Balance, Member};
use carbyne_protocol::ids::{
    CreditDealId, CreditOfferId, HtlcId, LiquidityPoolId, SametFundId, TicketId, WorkerId,
};
use carbyne_wire::{Json, JsonIn};

pub(super) const LISTS: &[List] = &[
    list(
        "list_liquidity_pools(with_statistics: bool = false) \
         -> extended_liquidity_pool_object",
        |view, of, page| {
            let all = view.ledger.tables.liquidity_pools.iter_from(first(page)?.0);
            pools(view, page, all.map(|pool| pool.id), of.or(0, false)?)
        },
    ),
    list(
        "get_liquidity_pools_by_asset_a(asset_symbol_or_id: symbol|1.3.x, \
         with_statistics: bool = false) -> extended_liquidity_pool_object",
        |view, of, page| {
            let index = view.ledger.tables.liquidity_pools.index();
            pools(
                view,
                page,
                index.of_asset_a(of.asset(view, 0)?.id).from(first(page)?),
                of.or(1, false)?,
            )
        },
    ),
    list(
        "get_liquidity_pools_by_asset_b(asset_symbol_or_id: symbol|1.3.x, \
         with_statistics: bool = false) -> extended_liquidity_pool_object",
        |view, of, page| {
            let index = view.ledger.tables.liquidity_pools.index();
            pools(
                view,
                page,
                index.of_asset_b(of.asset(view, 0)?.id).from(first(page)?),
                of.or(1, false)?,
            )
        },
    ),
    list(
        "get_liquidity_pools_by_one_asset(asset_symbol_or_id: symbol|1.3.x, \
         with_statistics: bool = false) -> extended_liquidity_pool_object",
        |view, of, page| {
            let first = first(page)?;
            let all = pools_of_one_asset(view, of.asset(view, 0)?.id, first, page.limit + 1);
            pools(view, page, all, of.or(1, false)?)
        },
    ),
    list(
        "get_liquidity_pools_by_both_assets(asset_symbol_or_id_a: symbol|1.3.x, \
         asset_symbol_or_id_b: symbol|1.3.x, with_statistics: bool = false) \
         -> extended_liquidity_pool_object",
        |view, of, page| {
            let (a, b) = (of.asset(view, 0)?.id, of.asset(view, 1)?.id);
            let index = view.ledger.tables.liquidity_pools.index();
            pools(
                view,
                page,
                index.of_assets(a.min(b), a.max(b)).from(first(page)?),
                of.or(2, false)?,
            )
        },
    ),
    list(
        "get_liquidity_pools_by_owner(account_name_or_id: name|1.2.x, \
         with_statistics: bool = false) -> extended_liquidity_pool_object",
        pools_by_owner,
    ),
    list("list_samet_funds() -> samet_fund_object", |view, _, page| {
        every::<SametFundId>(view, page)
    }),
    list(
        "get_samet_funds_by_owner(account_name_or_id: name|1.2.x) -> samet_fund_object",
        |view, of, page| {
            let index = view.ledger.tables.samet_funds.index();
            page.run(view, index.of_owner(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_samet_funds_by_asset(asset_symbol_or_id: symbol|1.3.x) -> samet_fund_object",
        |view, of, page| {
            let index = view.ledger.tables.samet_funds.index();
            page.run(view, index.of_asset(of.asset(view, 0)?.id))
        },
    ),
    list("list_credit_offers() -> credit_offer_object", |view, _, page| {
        every::<CreditOfferId>(view, page)
    }),
    list(
        "get_credit_offers_by_owner(account_name_or_id: name|1.2.x) -> credit_offer_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_offers.index();
            page.run(view, index.of_owner(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_credit_offers_by_asset(asset_symbol_or_id: symbol|1.3.x) -> credit_offer_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_offers.index();
            page.run(view, index.of_asset(of.asset(view, 0)?.id))
        },
    ),
    list("list_credit_deals() -> credit_deal_object", |view, _, page| {
        every::<CreditDealId>(view, page)
    }),
    list(
        "get_credit_deals_by_offer_id(offer_id: 1.21.x) -> credit_deal_object",
        |view, of, page| {
            page.run(view, view.ledger.tables.credit_deals.index().of_offer(of.get(0)?))
        },
    ),
    list(
        "get_credit_deals_by_offer_owner(account_name_or_id: name|1.2.x) \
         -> credit_deal_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_deals.index();
            page.run(view, index.of_offer_owner(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_credit_deals_by_borrower(account_name_or_id: name|1.2.x) -> credit_deal_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_deals.index();
            page.run(view, index.of_borrower(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_credit_deals_by_debt_asset(asset_symbol_or_id: symbol|1.3.x) \
         -> credit_deal_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_deals.index();
            page.run(view, index.of_debt_asset(of.asset(view, 0)?.id))
        },
    ),
    list(
        "get_credit_deals_by_collateral_asset(asset_symbol_or_id: symbol|1.3.x) \
         -> credit_deal_object",
        |view, of, page| {
            let index = view.ledger.tables.credit_deals.index();
            page.run(view, index.of_collateral_asset(of.asset(view, 0)?.id))
        },
    ),
    list("list_tickets() -> ticket_object", |view, _, page| every::<TicketId>(view, page)),
    list(
        "get_tickets_by_account(account_name_or_id: name|1.2.x) -> ticket_object",
        |view, of, page| {
            let index = view.ledger.tables.tickets.index();
            page.run(view, index.of_account(of.account(view, 0)?.id))
        },
    ),
    list("list_htlcs() -> htlc_object", |view, _, page| every::<HtlcId>(view, page)),
    list("get_htlc_by_from(account_name_or_id: name|1.2.x) -> htlc_object", |view, of, page| {
        page.run(view, view.ledger.tables.htlcs.index().from(of.account(view, 0)?.id))
    }),
    list("get_htlc_by_to(account_name_or_id: name|1.2.x) -> htlc_object", |view, of, page| {
        page.run(view, view.ledger.tables.htlcs.index().to(of.account(view, 0)?.id))
    }),
    list(
        "get_withdraw_permissions_by_giver(account_name_or_id: name|1.2.x) \
         -> withdraw_permission_object",
        |view, of, page| {
            let index = view.ledger.tables.withdraw_permissions.index();
            page.run(view, index.given_by(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_withdraw_permissions_by_recipient(account_name_or_id: name|1.2.x) \
         -> withdraw_permission_object",
        |view, of, page| {
            let index = view.ledger.tables.withdraw_permissions.index();
            page.run(view, index.given_to(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_proposed_transactions(account_name_or_id: name|1.2.x) -> proposal_object",
        |view, of, page| {
            page.run(view, view.ledger.tables.proposals.index().of_account(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_vesting_balances(account_name_or_id: name|1.2.x) -> vesting_balance_object",
        |view, of, page| {
            let index = view.ledger.tables.vesting_balances.index();
            page.run(view, index.of_account(of.account(view, 0)?.id))
        },
    ),
    list("get_balance_objects(address: address) -> balance_object", |view, of, page| {
        let owner: Address = of.get(0)?;
        let ids = view.ledger.tables.claims.index().of_owner(owner);
        let balances = ids.filter_map(|id| view.ledger.find(id));
        let place = |balance: &Balance| (balance.balance.asset_id, balance.id);
        page.of(view, balances.map(|balance| (place(balance), balance)), |one| {
            Ok(one.to_json_in(view.ledger.dialect))
        })
    }),
    list("get_all_workers() -> worker_object", |view, _, page| every::<WorkerId>(view, page)),
    list(
        "get_workers_by_account(account_name_or_id: name|1.2.x) -> worker_object",
        |view, of, page| {
            page.run(view, view.ledger.tables.workers.index().by_account(of.account(view, 0)?.id))
        },
    ),
    list(
        "get_assets_by_issuer(issuer_name_or_id: name|1.2.x) -> extended_asset_object",
        |view, of, page| {
            let issuer = of.account(view, 0)?.id;
            let first = page.first()?.unwrap_or_default();
            let ids = view.ledger.tables.assets.index().of_issuer(issuer, first);
            page.of(view, ids.map(|id| (id, id)), |id| extend_asset(view, view.ledger.get(id)?))
        },
    ),
    list("get_account_references(account_name_or_id: name|1.2.x) -> 1.2.x", |view, of, page| {
        let account = Member::Account(of.account(view, 0)?.id);
        let ids = naming(view, account, page.first()?.unwrap_or_default());
        page.of(view, ids.map(|id| (id, id)), |id| Ok(id.to_json()))
    }),
    list("get_key_references(key: key) -> 1.2.x", |view, of, page| {
        let key: PublicKey = of.get(0)?;
        let first = page.first()?.unwrap_or_default();
        let ids = accounts_naming(view, &key, first, page.limit + 1)?;
        page.of(view, ids.iter().map(|id| (*id, *id)), |id| Ok(id.to_json()))
    }),
    list(
        "get_limit_orders_by_account(account_name_or_id: name|1.2.x) -> limit_order_object",
        |view, of, page| {
            let (account, first) = (of.account(view, 0)?.id, page.first()?.unwrap_or_default());
            page.objects(view, view.ledger.tables.limit_orders.index().of_account(account, first))
        },
    ),
    list(
        "get_settle_orders_by_account(account_name_or_id: name|1.2.x) \
         -> force_settlement_object",
        |view, of, page| {
            let index = view.ledger.tables.force_settlements.index();
            page.run(view, index.of_account(of.account(view, 0)?.id))
        },
    ),
];

/// The pool with which a page begins.
fn first(page: &Page) -> Result<LiquidityPoolId, ApiError> {
    Ok(page.first()?.unwrap_or_default())
}

/// All objects of a type.
fn every<I: Stored + Json + Ord>(view: &View<'_>, page: &Page) -> Result<Answer, ApiError>
where
    I::Object: Written,
{
    let first: Option<I> = page.first()?;
    let kind = I::from_number(0).into();
    let first = first.map_or(0, Stored::number);
    let numbers = view.numbers_from((kind.space, kind.type_), first, page.limit + 1)?;
    page.objects(view, numbers.into_iter().map(I::from_number))
}

fn pools(
    view: &View<'_>,
    page: &Page,
    ids: impl IntoIterator<Item = LiquidityPoolId>,
    with_statistics: bool,
) -> Result<Answer, ApiError> {
    page.of(view, ids.into_iter().map(|id| (id, id)), |id| {
        extend_pool(view, view.ledger.get(id)?, with_statistics)
    })
}

/// In order of the share assets, which are what an owner owns.
fn pools_by_owner(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let (owner, with_statistics) = (of.account(view, 0)?.id, of.or(1, false)?);
    let first = page.first()?.unwrap_or_default();
    let issued = view.ledger.tables.assets.index().of_issuer(owner, first);
    let shares = issued.filter_map(|id| {
        let pool = view.ledger.find(id)?.for_liquidity_pool?;
        Some((id, pool))
    });
    page.of(view, shares, |pool| extend_pool(view, view.ledger.get(pool)?, with_statistics))
}
