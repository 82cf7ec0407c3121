//! Accounts with everything that belongs to them.

use super::governance::by_vote_ids;
use crate::answer::pair;
use crate::limits::at_most;
use crate::methods::{Method, call};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, Session, View};
use carbyne_ledger::ids::{AccountId, AssetId};
use carbyne_ledger::objects::Account;
use carbyne_ledger::tables::Stored;
use carbyne_wire::{Id, Json};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) const METHODS: &[Method] = &[call(
    "get_full_accounts(names_or_ids: [name|1.2.x], subscribe: bool = null) -> [(string, \
         full_account)]",
    "Accounts with everything that belongs to them, by the text asked for; follows all of it.",
    get_full_accounts,
)];

fn get_full_accounts(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let wish: Option<bool> = arguments.optional(1)?;
    let limits = &view.settings.limits;
    let too_many = |count, most| ApiRefusal::TooManyAccounts { count, most };
    at_most(names.len(), limits.get_full_accounts, too_many)?;
    let follow = session.subscriptions.wants(wish);
    let mut accounts = Vec::new();
    for name in BTreeSet::from_iter(names) {
        let Some(account) = view.find_account(&name)? else { continue };
        if follow {
            let most = limits.get_full_accounts_subscribe as usize;
            session.subscriptions.follow_account(account.id, most);
        }
        accounts.push(pair(name, full_account(view, account)?));
    }
    Ok(Value::Array(accounts))
}

fn full_account(view: &View<'_>, account: &Account) -> Result<Value, ApiError> {
    let ledger = view.ledger;
    let name = |id: AccountId| ledger.get(id).map(|account| account.name.to_json());
    let mut members = Map::new();
    let mut add = |name: &str, value| members.insert(name.to_owned(), value);
    add("account", account.to_json());
    add("statistics", view.statistics(account)?);
    add("registrar_name", name(account.registrar)?);
    add("referrer_name", name(account.referrer)?);
    add("lifetime_referrer_name", name(account.lifetime_referrer)?);
    add("votes", by_vote_ids(view, &account.options.votes)?);
    if let Some(cashback) = account.cashback_vb {
        add("cashback_balance", ledger.get(cashback)?.to_json());
    }
    Belongings::of(view, account).add_to(&mut members);
    Ok(Value::Object(members))
}

/// Lists of what belongs to an account, each cut at the limit.
struct Belongings<'a> {
    view: &'a View<'a>,
    lists: Map<String, Value>,
    more: Map<String, Value>,
}

impl<'a> Belongings<'a> {
    fn of(view: &'a View<'a>, account: &Account) -> Self {
        let mut all = Self { view, lists: Map::new(), more: Map::new() };
        let (tables, id) = (&view.ledger.tables, account.id);
        let balances = tables.balances.index().of_account(id);
        all.objects("balances", balances.iter().map(|(_, balance)| Id::<2, 5>(*balance)));
        all.objects("vesting_balances", tables.vesting_balances.index().of_account(id));
        all.objects("limit_orders", tables.limit_orders.index().of_account(id, Id(0)));
        all.objects("call_orders", tables.call_orders.index().of_account(id, Id(0)));
        all.objects("settle_orders", tables.force_settlements.index().of_account(id));
        all.objects("proposals", tables.proposals.index().of_account(id));
        let issued: Vec<AssetId> = tables.assets.index().of_issuer(id, Id(0)).collect();
        all.list("assets", issued.iter().map(Json::to_json));
        all.objects("withdraws_from", tables.withdraw_permissions.index().given_by(id));
        all.objects("withdraws_to", tables.withdraw_permissions.index().given_to(id));
        all.objects("htlcs_from", tables.htlcs.index().from(id));
        all.objects("htlcs_to", tables.htlcs.index().to(id));
        all
    }

    fn objects<I: Stored>(&mut self, name: &str, ids: impl Iterator<Item = I>)
    where
        I::Object: Json,
    {
        let ledger = self.view.ledger;
        self.list(name, ids.filter_map(|id| ledger.find(id)).map(Json::to_json));
    }

    fn list(&mut self, name: &str, mut items: impl Iterator<Item = Value>) {
        let most = self.view.settings.limits.get_full_accounts_lists as usize;
        let list = items.by_ref().take(most).collect();
        self.lists.insert(name.to_owned(), Value::Array(list));
        self.more.insert(name.to_owned(), Value::Bool(items.next().is_some()));
    }

    fn add_to(self, members: &mut Map<String, Value>) {
        members.extend(self.lists);
        members.insert("more_data_available".to_owned(), Value::Object(self.more));
    }
}
