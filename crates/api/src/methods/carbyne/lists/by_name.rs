//! Lists in order of names and symbols, and of accounts by what they have.

use super::{List, list};
use crate::answer::Answer;
use crate::methods::asset::{holder, holders};
use crate::methods::carbyne::page::{Down, Page};
use crate::methods::database::{
    by_voting_power, committee_members_by_name, extend_asset, witnesses_by_name,
};
use crate::{ApiError, Arguments, View};
use carbyne_protocol::ids::AccountStatisticsId;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, Json, Text, TimePointSec};
use serde_json::{Value, json};

pub(super) const LISTS: &[List] = &[
    list("lookup_accounts() -> (name, 1.2.x)", |view, _, page| {
        let first = page.first()?.unwrap_or_default();
        let names = view.ledger.tables.accounts.index().names_from(&first);
        page.of(view, names.map(|(name, id)| (name.clone(), (name, id))), |(name, id)| {
            Ok(json!([name.to_json(), id.to_json()]))
        })
    }),
    list("lookup_witness_accounts() -> (name, 1.6.x)", |view, _, page| {
        named(view, page, witnesses_by_name(view))
    }),
    list("lookup_committee_member_accounts() -> (name, 1.5.x)", |view, _, page| {
        named(view, page, committee_members_by_name(view))
    }),
    list("list_assets() -> extended_asset_object", |view, _, page| {
        let first = page.first()?.unwrap_or_default();
        let symbols = view.ledger.tables.assets.index().symbols_from(&first);
        page.of(view, symbols.map(|(symbol, id)| (symbol.clone(), id)), |id| {
            extend_asset(view, view.ledger.get(id)?)
        })
    }),
    list("get_account_balances(account_name_or_id: name|1.2.x) -> asset", balances),
    list("get_named_account_balances(name: name|1.2.x) -> asset", balances),
    list("get_top_voters() -> account_statistics_object", |view, _, page| {
        let first: Option<(Down<(TimePointSec, u64)>, AccountStatisticsId)> = page.first()?;
        let first = first.map(|(power, id)| (power.0, id));
        let voters = by_voting_power(view, first, page.limit + 1)?.map(|one| {
            let place = (Down((one.voting.vote_tally_time, one.voting.vp_active)), one.id);
            (place, one.id)
        });
        page.of(view, voters, |id| view.existing(id.into()))
    }),
    list(
        "get_asset_holders(asset_symbol_or_id: symbol|1.3.x) -> account_asset_balance",
        |view, of, page| {
            let asset = of.asset(view, 0)?.id;
            let (Down(amount), owner) = page.first()?.unwrap_or((Down(i64::MAX), Id(0)));
            let index = holders(view, asset)?;
            let rows = index.holders_from(asset, (amount, owner), page.limit + 1).into_iter();
            let rows = rows.map(|(amount, owner)| ((Down(amount), owner), (amount, owner)));
            page.of(view, rows, |(amount, owner)| holder(view, owner, amount))
        },
    ),
];

/// Pairs of a name and an id.
fn named<'a>(
    view: &View<'_>,
    page: &Page,
    all: impl IntoIterator<Item = (&'a Text, Value)>,
) -> Result<Answer, ApiError> {
    page.of(view, all.into_iter().map(|(name, id)| (name.clone(), (name, id))), |(name, id)| {
        Ok(json!([name.to_json(), id]))
    })
}

fn balances(view: &View<'_>, of: &Arguments<'_>, page: &Page) -> Result<Answer, ApiError> {
    let account = of.account(view, 0)?.id;
    let assets = view.ledger.tables.balances.index().of_account(account);
    page.of(view, assets.map(|(asset, _)| (asset, asset)), |asset| {
        Ok(Asset::new(view.ledger.balance(account, asset), asset).to_json())
    })
}
