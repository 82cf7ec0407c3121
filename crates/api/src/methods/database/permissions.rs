//! What accounts allow or promise each other: proposals, withdraw permissions, time-locked
//! transfers.

use crate::answer::objects;
use crate::limits::limited;
use crate::methods::{Method, call, read};
use crate::{ApiError, Arguments, Session, View};
use carbyne_ledger::ids::{AccountId, HtlcId, WithdrawPermissionId};
use carbyne_ledger::tables::Stored;
use carbyne_wire::Json;
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_proposed_transactions(account_name_or_id: name|1.2.x) -> [proposal_object]",
        "Proposals that need an account.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            let ids = view.ledger.tables.proposals.index().of_account(account);
            Ok(objects(view.ledger, ids, usize::MAX))
        },
    ),
    read(
        "get_withdraw_permissions_by_giver(account_name_or_id: name|1.2.x, start: 1.12.x, \
         limit: uint32<=get_withdraw_permissions_by_giver) -> [withdraw_permission_object]",
        "Permissions an account gave.",
        |view, arguments| {
            let most = view.settings.limits.get_withdraw_permissions_by_giver;
            let index = view.ledger.tables.withdraw_permissions.index();
            from::<WithdrawPermissionId, _>(view, arguments, most, |account| {
                index.given_by(account)
            })
        },
    ),
    read(
        "get_withdraw_permissions_by_recipient(account_name_or_id: name|1.2.x, start: 1.12.x, \
         limit: uint32<=get_withdraw_permissions_by_recipient) -> [withdraw_permission_object]",
        "Permissions an account has.",
        |view, args| {
            let most = view.settings.limits.get_withdraw_permissions_by_recipient;
            let index = view.ledger.tables.withdraw_permissions.index();
            from::<WithdrawPermissionId, _>(view, args, most, |account| index.given_to(account))
        },
    ),
    call(
        "get_htlc(id: 1.16.x, subscribe: bool = null) -> htlc_object?",
        "A time-locked transfer by id; follows it.",
        get_htlc,
    ),
    read(
        "get_htlc_by_from(account_name_or_id: name|1.2.x, start: 1.16.x, \
         limit: uint32<=get_htlc_by) -> [htlc_object]",
        "Time-locked transfers from an account.",
        |view, arguments| {
            let most = view.settings.limits.get_htlc_by;
            let index = view.ledger.tables.htlcs.index();
            from::<HtlcId, _>(view, arguments, most, |account| index.from(account))
        },
    ),
    read(
        "get_htlc_by_to(account_name_or_id: name|1.2.x, start: 1.16.x, \
         limit: uint32<=get_htlc_by) -> [htlc_object]",
        "Time-locked transfers to an account.",
        |view, arguments| {
            let most = view.settings.limits.get_htlc_by;
            let index = view.ledger.tables.htlcs.index();
            from::<HtlcId, _>(view, arguments, most, |account| index.to(account))
        },
    ),
    read(
        "list_htlcs(start: 1.16.x, limit: uint32<=list_htlcs) -> [htlc_object]",
        "All time-locked transfers from an id on.",
        list_htlcs,
    ),
];

/// What an index has of an account, from an id on.
fn from<I: Stored + Json + Ord, T: Iterator<Item = I>>(
    view: &View<'_>,
    arguments: &Arguments<'_>,
    most: u32,
    of_account: impl FnOnce(AccountId) -> T,
) -> Result<Value, ApiError>
where
    I::Object: Json,
{
    let name: String = arguments.get(0)?;
    let (start, limit): (I, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, most)?;
    let ids = of_account(view.account(&name)?.id);
    Ok(objects(view.ledger, ids.skip_while(|id| *id < start), limit))
}

fn get_htlc(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let id: HtlcId = arguments.get(0)?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    let found = view.ledger.find(id);
    if found.is_some() && follow {
        session.subscriptions.follow(id);
    }
    Ok(found.map_or(Value::Null, Json::to_json))
}

fn list_htlcs(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (start, limit): (HtlcId, u32) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(limit, view.settings.limits.list_htlcs)?;
    let ids = view.ledger.tables.htlcs.iter_from(start.0).map(|htlc| htlc.id);
    Ok(objects(view.ledger, ids, limit))
}
