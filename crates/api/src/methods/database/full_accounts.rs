//! Accounts with everything that belongs to them.

use super::governance::by_vote_ids;
use crate::answer::{Answer, Written, pair};
use crate::methods::{Method, call};
use crate::{ApiError, Arguments, Session, View};
use carbyne_ledger::tables::Stored;
use carbyne_objects::Account;
use carbyne_protocol::ids::*;
use carbyne_wire::{Id, Json};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) const METHODS: &[Method] = &[call(
    "get_full_accounts(names_or_ids: [name|1.2.x]<=get_full_accounts, subscribe: bool = null) -> \
     [(string, \
         full_account)]",
    "Accounts with everything that belongs to them, by the text asked for; follows all of it.",
    get_full_accounts,
)];

fn get_full_accounts(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let wish: Option<bool> = arguments.optional(1)?;
    let limits = &view.settings.limits;
    let follow = session.subscriptions.wants(wish);
    let mut accounts = Vec::new();
    for name in BTreeSet::from_iter(names) {
        let Some(account) = view.find_account(&name)? else { continue };
        if follow {
            let most = limits.get_full_accounts_subscribe as usize;
            session.subscriptions.follow_account(account.id, most);
        }
        accounts.push(pair(Value::from(name), full_account(view, account)?));
    }
    Ok(Answer::List(accounts))
}

fn full_account(view: &View<'_>, account: &Account) -> Result<Answer, ApiError> {
    let ledger = view.ledger;
    let name = |id: AccountId| ledger.get(id).map(|account| Answer::Json(account.name.to_json()));
    let mut members = vec![
        ("account", view.row(account.clone())?),
        ("statistics", view.statistics(account)?.into()),
        ("registrar_name", name(account.registrar)?),
        ("referrer_name", name(account.referrer)?),
        ("lifetime_referrer_name", name(account.lifetime_referrer)?),
        ("votes", by_vote_ids(view, &account.options.votes)?),
    ];
    if let Some(cashback) = account.extras.cashback_vb {
        members.push(("cashback_balance", view.row(ledger.get(cashback)?.clone())?));
    }
    Belongings::of(view, account)?.add_to(&mut members);
    if ledger.tables.opted_in() {
        let mut promises = Vec::new();
        Belongings::promises(view, account)?.add_to(&mut promises);
        members.push(("promises", Answer::Members(promises)));
    }
    Ok(Answer::Members(members))
}

/// Lists of what belongs to an account, each cut at the limit.
struct Belongings<'a> {
    view: &'a View<'a>,
    lists: Vec<(&'static str, Answer)>,
    more: Map<String, Value>,
}

impl<'a> Belongings<'a> {
    fn of(view: &'a View<'a>, account: &Account) -> Result<Self, ApiError> {
        let mut all = Self { view, lists: Vec::new(), more: Map::new() };
        let (tables, id) = (&view.ledger.tables, account.id);
        let balances = tables.balances.index().of_account(id);
        all.objects("balances", balances.map(|(_, balance)| balance))?;
        all.objects("vesting_balances", tables.vesting_balances.index().of_account(id))?;
        all.objects("limit_orders", tables.limit_orders.index().of_account(id, Id(0)))?;
        all.objects("call_orders", tables.call_orders.index().of_account(id, Id(0)))?;
        all.objects("settle_orders", tables.force_settlements.index().of_account(id))?;
        all.objects("proposals", tables.proposals.index().of_account(id))?;
        all.list("assets", tables.assets.index().of_issuer(id, Id(0)))?;
        all.objects("withdraws_from", tables.withdraw_permissions.index().given_by(id))?;
        all.objects("withdraws_to", tables.withdraw_permissions.index().given_to(id))?;
        all.objects("htlcs_from", tables.htlcs.index().from(id))?;
        all.objects("htlcs_to", tables.htlcs.index().to(id))?;
        Ok(all)
    }

    /// Contracts, on a chain that opted in to such.
    fn promises(view: &'a View<'a>, account: &Account) -> Result<Self, ApiError> {
        let mut all = Self { view, lists: Vec::new(), more: Map::new() };
        let (tables, id) = (&view.ledger.tables, account.id);
        all.objects::<RecurringId>("recurring_payments", tables.recurring.index().of_account(id))?;
        all.objects::<EscrowId>("escrows", tables.escrows.index().of_account(id))?;
        all.objects::<BondOfferId>("bond_offers", tables.bond_offers.index().of_account(id))?;
        all.objects::<BondId>("bonds", tables.bonds.index().of_account(id))?;
        let written = tables.option_positions.index().of_account(id);
        all.objects::<OptionPositionId>("option_positions", written)?;
        all.objects::<TitleId>("titles", tables.titles.index().of_account(id))?;
        all.objects::<TitleOfferId>("title_offers", tables.title_offers.index().of_account(id))?;
        let owned = tables.owned_objects.index().of_account(id);
        all.objects::<OwnedObjectId>("owned_objects", owned)?;
        all.objects::<ListingId>("listings", tables.listings.index().of_account(id))?;
        Ok(all)
    }

    fn objects<I: Stored>(
        &mut self,
        name: &'static str,
        ids: impl Iterator<Item = I>,
    ) -> Result<(), ApiError>
    where
        I::Object: Written,
    {
        let ledger = self.view.ledger;
        self.list(name, ids.filter_map(|id| ledger.find(id)).cloned())
    }

    fn list<T: Written>(
        &mut self,
        name: &'static str,
        mut items: impl Iterator<Item = T>,
    ) -> Result<(), ApiError> {
        let most = self.view.settings.limits.get_full_accounts_lists as usize;
        self.lists.push((name, self.view.rows(items.by_ref(), most)?));
        self.more.insert(name.to_owned(), Value::Bool(items.next().is_some()));
        Ok(())
    }

    fn add_to(self, members: &mut Vec<(&'static str, Answer)>) {
        members.extend(self.lists);
        members.push(("more_data_available", Value::Object(self.more).into()));
    }
}
