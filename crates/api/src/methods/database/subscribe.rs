//! Subscriptions.

use crate::event::{Market, market};
use crate::methods::{Handler, Method};
use crate::{ApiError, Arguments, Session, View};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "set_subscribe_callback",
        doc: "Sets the callback for objects that are asked for from now on.",
        handler: Handler::Session(set_subscribe_callback),
    },
    Method {
        name: "set_auto_subscription",
        doc: "Whether objects that are asked for are followed.",
        handler: Handler::Session(|session, _, arguments| {
            session.subscriptions.set_automatic(arguments.get(0)?);
            Ok(Value::Null)
        }),
    },
    Method {
        name: "set_pending_transaction_callback",
        doc: "Sets the callback for transactions that become pending.",
        handler: Handler::Session(|session, _, arguments| {
            session.subscriptions.pending = Some(arguments.get(0)?);
            Ok(Value::Null)
        }),
    },
    Method {
        name: "set_block_applied_callback",
        doc: "Sets the callback for blocks.",
        handler: Handler::Session(|session, _, arguments| {
            session.subscriptions.blocks = Some(arguments.get(0)?);
            Ok(Value::Null)
        }),
    },
    Method {
        name: "cancel_all_subscriptions",
        doc: "Ends the subscriptions to objects and markets.",
        handler: Handler::Session(|session, _, _| {
            session.subscriptions.cancel_all();
            Ok(Value::Null)
        }),
    },
    Method {
        name: "subscribe_to_market",
        doc: "Sets the callback for fills and orders of a market.",
        handler: Handler::Session(|session, view, arguments| {
            let callback = arguments.get(0)?;
            session.subscriptions.follow_market(the_market(view, arguments, 1)?, callback);
            Ok(Value::Null)
        }),
    },
    Method {
        name: "unsubscribe_from_market",
        doc: "Ends the subscription to a market.",
        handler: Handler::Session(|session, view, arguments| {
            session.subscriptions.leave_market(the_market(view, arguments, 0)?);
            Ok(Value::Null)
        }),
    },
];

fn set_subscribe_callback(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let (callback, everything): (u64, bool) = (arguments.get(0)?, arguments.get(1)?);
    if everything && !view.settings.enable_subscribe_to_all {
        return Err(ApiError::assert(
            "Subscribing to universal object creation and removal is disallowed in this server.",
        ));
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
        return Err(ApiError::assert("asset_a_id != asset_b_id: "));
    }
    Ok(market(a, b))
}
