//! Subscriptions.

use crate::event::{Market, market};
use crate::methods::{Method, call};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, Session, View};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    call(
        "set_subscribe_callback(cb: callback, notify_remove_create: bool) -> null",
        "Sets the callback for objects that are asked for from now on.",
        set_subscribe_callback,
    ),
    call(
        "set_auto_subscription(enable: bool) -> null",
        "Whether objects that are asked for are followed.",
        |session, _, arguments| {
            session.subscriptions.set_automatic(arguments.get(0)?);
            Ok(Value::Null)
        },
    ),
    call(
        "set_pending_transaction_callback(cb: callback) -> null",
        "Sets the callback for transactions that become pending.",
        |session, _, arguments| {
            session.subscriptions.pending = Some(arguments.get(0)?);
            Ok(Value::Null)
        },
    ),
    call(
        "set_block_applied_callback(cb: callback) -> null",
        "Sets the callback for blocks.",
        |session, _, arguments| {
            session.subscriptions.blocks = Some(arguments.get(0)?);
            Ok(Value::Null)
        },
    ),
    call(
        "cancel_all_subscriptions() -> null",
        "Ends the subscriptions to objects and markets.",
        |session, _, _| {
            session.subscriptions.cancel_all();
            Ok(Value::Null)
        },
    ),
    call(
        "subscribe_to_market(callback: callback, a: symbol|1.3.x, b: symbol|1.3.x) -> null",
        "Sets the callback for fills and orders of a market.",
        |session, view, arguments| {
            let callback = arguments.get(0)?;
            session.subscriptions.follow_market(the_market(view, arguments, 1)?, callback);
            Ok(Value::Null)
        },
    ),
    call(
        "unsubscribe_from_market(a: symbol|1.3.x, b: symbol|1.3.x) -> null",
        "Ends the subscription to a market.",
        |session, view, arguments| {
            session.subscriptions.leave_market(the_market(view, arguments, 0)?);
            Ok(Value::Null)
        },
    ),
];

fn set_subscribe_callback(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let (callback, everything): (u64, bool) = (arguments.get(0)?, arguments.get(1)?);
    if everything && !view.settings.enable_subscribe_to_all {
        return Err(ApiRefusal::NoUniversalSubscription.into());
    }
    session.subscriptions.set_objects(callback, everything);
    Ok(Value::Null)
}

/// The market of the two assets named by the arguments from `position` on.
fn the_market(
    view: &View<'_>,
    arguments: &Arguments<'_>,
    position: usize,
) -> Result<Market, ApiError> {
    let a = view.asset(&arguments.get::<String>(position)?)?.id;
    let b = view.asset(&arguments.get::<String>(position + 1)?)?.id;
    if a == b {
        return Err(ApiRefusal::MarketOfItself { asset: a }.into());
    }
    Ok(market(a, b))
}
