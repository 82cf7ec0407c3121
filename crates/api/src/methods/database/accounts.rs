//! Accounts: by name, by id, by what they refer to.

use crate::answer::{Answer, pair};
use crate::limits::limited;
use crate::methods::asset::STEPS;
use crate::methods::{Method, call, gather, read};
use crate::{ApiError, Arguments, Session, View};
use carbyne_crypto::PublicKey;
use carbyne_objects::{AccountStatistics, Member};
use carbyne_protocol::ids::{AccountId, AccountStatisticsId};
use carbyne_wire::{FlatSet, Id, Json, Text, TimePointSec};
use serde_json::Value;
use std::cmp::Reverse;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_key_references(keys: [key]<=get_key_references) -> [[1.2.x]]",
        "Accounts that name a key, per key.",
        get_key_references,
    ),
    read(
        "is_public_key_registered(public_key: string) -> bool",
        "Whether any account names a key.",
        is_public_key_registered,
    ),
    read(
        "get_account_id_from_string(name_or_id: name|1.2.x) -> 1.2.x",
        "The id of an account.",
        |view, arguments| Ok(arguments.account(view, 0)?.id.to_json()),
    ),
    call(
        "get_accounts(account_names_or_ids: [name|1.2.x]<=get_accounts, subscribe: bool = null) \
         -> [account_object?]",
        "Accounts by name or id, null where there is none.",
        get_accounts,
    ),
    gather(
        "get_account_by_name(name: name) -> account_object?",
        "An account by its name.",
        get_account_by_name,
    ),
    gather(
        "get_account_references(account_name_or_id: name|1.2.x) -> [1.2.x]",
        "Accounts that name an account.",
        get_account_references,
    ),
    gather(
        "lookup_account_names(account_names: [name|1.2.x]<=get_accounts) -> [account_object?]",
        "Accounts by name or id, followed by nobody.",
        |view, arguments| accounts(view, &arguments.get::<Vec<String>>(0)?, &mut |_| {}),
    ),
    call(
        "lookup_accounts(lower_bound_name: string, limit: uint32<=lookup_accounts, \
         subscribe: bool = null) -> [(name, 1.2.x)]",
        "Names from a text on, with their ids.",
        lookup_accounts,
    ),
    read("get_account_count() -> uint64", "Number of accounts.", |view, _| {
        Ok((view.ledger.tables.accounts.len() as u64).to_json())
    }),
    gather(
        "get_top_voters(limit: uint32<=get_top_voters) -> [account_statistics_object]",
        "Statistics of the accounts with the most votes.",
        get_top_voters,
    ),
];

fn accounts(
    view: &View<'_>,
    names_or_ids: &[String],
    found: &mut dyn FnMut(AccountId),
) -> Result<Answer, ApiError> {
    view.list(names_or_ids.iter().map(|name_or_id| {
        let account = view.find_account(name_or_id)?;
        if let Some(account) = account {
            found(account.id);
        }
        view.maybe(account.map(|account| account.id))
    }))
}

fn get_accounts(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let names: Vec<String> = arguments.get(0)?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    accounts(view, &names, &mut |id| {
        if follow {
            session.subscriptions.follow(id);
        }
    })
}

fn get_account_by_name(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: Text = arguments.get(0)?;
    view.maybe(view.ledger.tables.accounts.index().find(&name))
}

fn get_key_references(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let keys: Vec<PublicKey> = arguments.get(0)?;
    view.list(keys.iter().map(|key| view.rows(every_account_naming(view, key)?, usize::MAX)))
}

/// The accounts from `first` on that name a key, or an address it has or had; all, or `most` at
/// least.
pub(crate) fn accounts_naming(
    view: &View<'_>,
    key: &PublicKey,
    first: AccountId,
    most: usize,
) -> Result<FlatSet<AccountId>, ApiError> {
    let addresses = key.addresses().map(|address| Member::Address(address.0));
    let members = addresses.chain([Member::Key(key.0)]);
    let accounts = members.flat_map(|member| naming(view, member, first).take(most));
    accounts.map(|account| view.counted(account)).collect()
}

/// The accounts from `first` on that name a member, in order.
pub(crate) fn naming<'v>(
    view: &View<'v>,
    member: Member,
    first: AccountId,
) -> impl Iterator<Item = AccountId> {
    let ledger = view.ledger;
    ledger.tables.accounts.index().naming(member, first, |id| ledger.find(id))
}

fn every_account_naming(view: &View<'_>, key: &PublicKey) -> Result<FlatSet<AccountId>, ApiError> {
    accounts_naming(view, key, AccountId::default(), usize::MAX)
}

fn is_public_key_registered(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let text: String = arguments.get(0)?;
    let Ok(key) = PublicKey::from_text(&text, view.ledger.dialect.prefix()) else {
        return Ok(Value::Bool(false));
    };
    let mut accounts = naming(view, Member::Key(key.0), AccountId::default());
    Ok(Value::Bool(accounts.next().is_some()))
}

fn get_account_references(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let account = arguments.account(view, 0)?.id;
    view.rows(naming(view, Member::Account(account), AccountId::default()), usize::MAX)
}

fn lookup_accounts(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let (from, limit): (Text, u32) = (arguments.get(0)?, arguments.get(1)?);
    let wish: Option<bool> = arguments.optional(2)?;
    let limit = limited(limit, view.settings.limits.lookup_accounts)?;
    let names = view.ledger.tables.accounts.index().names_from(&from).take(limit);
    let follow = limit == 1 && session.subscriptions.wants(wish);
    let pairs = names.map(|(name, id)| {
        if follow {
            session.subscriptions.follow(id);
        }
        Ok(pair(name.to_json(), id.to_json()))
    });
    view.list(pairs)
}

fn get_top_voters(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let limit = limited(arguments.get(0)?, view.settings.limits.get_top_voters)?;
    let voters = by_voting_power(view, None, limit)?;
    view.list(voters.map(|voter| view.existing(voter.id.into())))
}

/// Statistics of the accounts whose votes were counted last, the most powerful first, from a place
/// on, `limit` at most.
pub(crate) fn by_voting_power<'v>(
    view: &View<'v>,
    first: Option<((TimePointSec, u64), AccountStatisticsId)>,
    limit: usize,
) -> Result<impl Iterator<Item = &'v AccountStatistics>, ApiError> {
    let tallied = view.ledger.dynamic()?.last_vote_tally_time;
    let (ledger, statistics) = (view.ledger, &view.ledger.tables.statistics);
    if !statistics.index().prepare_voters(STEPS, |from| statistics.iter_from(from)) {
        return Err(ApiError::Unfinished);
    }
    let (power, id) = first.unwrap_or(((TimePointSec::MAX, u64::MAX), Id(0)));
    let voters = statistics.index().voters_from(&(Reverse(power), id), limit);
    let voters = voters.into_iter().filter_map(move |id| ledger.find(id));
    Ok(voters.take_while(move |statistics| statistics.voting.vote_tally_time >= tallied))
}
