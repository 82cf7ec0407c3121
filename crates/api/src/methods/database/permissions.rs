//! What accounts allow or promise each other: proposals, withdraw permissions, time-locked
//! transfers.

use crate::answer::{Answer, Written};
use crate::limits::limited;
use crate::methods::{Method, call, gather};
use crate::{ApiError, Arguments, Session, View};
use carbyne_ledger::tables::Stored;
use carbyne_objects::Run;
use carbyne_protocol::ids::{AccountId, HtlcId};
use carbyne_wire::Id;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_proposed_transactions(account_name_or_id: name|1.2.x) -> [proposal_object]",
        "Proposals that need an account.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            let ids = view.ledger.tables.proposals.index().of_account(account);
            view.objects(ids, usize::MAX)
        },
    ),
    gather(
        "get_withdraw_permissions_by_giver(account_name_or_id: name|1.2.x, start: 1.12.x, \
         limit: uint32<=get_withdraw_permissions_by_giver) -> [withdraw_permission_object]",
        "Permissions an account gave.",
        |view, arguments| {
            let most = view.settings.limits.get_withdraw_permissions_by_giver;
            let index = view.ledger.tables.withdraw_permissions.index();
            from(view, arguments, most, |account| index.given_by(account))
        },
    ),
    gather(
        "get_withdraw_permissions_by_recipient(account_name_or_id: name|1.2.x, start: 1.12.x, \
         limit: uint32<=get_withdraw_permissions_by_recipient) -> [withdraw_permission_object]",
        "Permissions an account has.",
        |view, args| {
            let most = view.settings.limits.get_withdraw_permissions_by_recipient;
            let index = view.ledger.tables.withdraw_permissions.index();
            from(view, args, most, |account| index.given_to(account))
        },
    ),
    call(
        "get_htlc(id: 1.16.x, subscribe: bool = null) -> htlc_object?",
        "A time-locked transfer by id; follows it.",
        get_htlc,
    ),
    gather(
        "get_htlc_by_from(account_name_or_id: name|1.2.x, start: 1.16.x, \
         limit: uint32<=get_htlc_by) -> [htlc_object]",
        "Time-locked transfers from an account.",
        |view, arguments| {
            let most = view.settings.limits.get_htlc_by;
            let index = view.ledger.tables.htlcs.index();
            from(view, arguments, most, |account| index.from(account))
        },
    ),
    gather(
        "get_htlc_by_to(account_name_or_id: name|1.2.x, start: 1.16.x, \
         limit: uint32<=get_htlc_by) -> [htlc_object]",
        "Time-locked transfers to an account.",
        |view, arguments| {
            let most = view.settings.limits.get_htlc_by;
            let index = view.ledger.tables.htlcs.index();
            from(view, arguments, most, |account| index.to(account))
        },
    ),
    gather(
        "list_htlcs(start: 1.16.x, limit: uint32<=list_htlcs) -> [htlc_object]",
        "All time-locked transfers from an id on.",
        list_htlcs,
    ),
];

/// What an index has of an account, from an id on.
fn from<'v, const SPACE: u8, const TYPE: u8>(
    view: &View<'v>,
    arguments: &Arguments<'_>,
    most: u32,
    of_account: impl FnOnce(AccountId) -> Run<'v, AccountId, SPACE, TYPE>,
) -> Result<Answer, ApiError>
where
    Id<SPACE, TYPE>: Stored,
    <Id<SPACE, TYPE> as Stored>::Object: Written,
{
    let name: String = arguments.get(0)?;
    let (start, limit): (Id<SPACE, TYPE>, u32) = (arguments.get(1)?, arguments.get(2)?);
    let limit = limited(limit, most)?;
    view.objects(of_account(view.account(&name)?.id).from(start), limit)
}

fn get_htlc(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let id: HtlcId = arguments.get(0)?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    let found = view.ledger.find(id);
    if found.is_some() && follow {
        session.subscriptions.follow(id);
    }
    view.maybe(Some(id))
}

fn list_htlcs(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (start, limit): (HtlcId, u32) = (arguments.get(0)?, arguments.get(1)?);
    let limit = limited(limit, view.settings.limits.list_htlcs)?;
    let ids = view.ledger.tables.htlcs.iter_from(start.0).map(|htlc| htlc.id);
    view.objects(ids, limit)
}
