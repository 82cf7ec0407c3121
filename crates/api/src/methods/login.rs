//! Login: who one is, and numbers for the other API sets.

use super::{ApiSet, Handler, Method};
use crate::{ApiError, Arguments, Session, View};
use serde_json::{Map, Value, json};

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "login",
        doc: "Logs in; an unknown user has the rights of everybody.",
        handler: Handler::Session(login),
    },
    Method {
        name: "logout",
        doc: "Gives up all rights of this connection; always false.",
        handler: Handler::Session(logout),
    },
    Method {
        name: "get_info",
        doc: "Free text the operator set.",
        handler: Handler::Read(|_, _| Ok(json!(""))),
    },
    Method {
        name: "get_config",
        doc: "What the operator set for the interface.",
        handler: Handler::Session(get_config),
    },
    Method {
        name: "get_available_api_sets",
        doc: "Names of the API sets this connection may use.",
        handler: Handler::Session(get_available_api_sets),
    },
    Method {
        name: "database",
        doc: "Number of the database API: always 0.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Database)),
    },
    Method {
        name: "network_broadcast",
        doc: "Number of the network broadcast API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::NetworkBroadcast)),
    },
    Method {
        name: "history",
        doc: "Number of the history API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::History)),
    },
    Method {
        name: "orders",
        doc: "Number of the orders API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Orders)),
    },
    Method {
        name: "custom_operations",
        doc: "Number of the custom operations API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::CustomOperations)),
    },
    Method {
        name: "block",
        doc: "Number of the block API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Block)),
    },
    Method {
        name: "asset",
        doc: "Number of the asset API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Asset)),
    },
    Method {
        name: "crypto",
        doc: "Number of the crypto API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Crypto)),
    },
    Method {
        name: "network_node",
        doc: "Number of the network node API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::NetworkNode)),
    },
    Method {
        name: "debug",
        doc: "Number of the debug API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Debug)),
    },
    Method {
        name: "carbyne",
        doc: "Number of the carbyne API for this connection.",
        handler: Handler::Session(|session, _, _| number(session, ApiSet::Carbyne)),
    },
];

fn login(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let user: Option<String> = arguments.optional(0)?;
    let password: Option<String> = arguments.optional(1)?;
    let (user, password) = match (user, password) {
        (Some(user), Some(password)) => (user, password),
        // Without a name this asks for the number of the login API itself.
        (None, None) => return Ok(json!(1)),
        _ => {
            let text = "o_user.valid() && o_password.valid(): Must provide both user and password";
            return Err(ApiError::assert(text));
        }
    };
    match view.settings.users.iter().find(|known| known.name == user) {
        None => session.allowed.clone_from(&view.settings.open),
        Some(known) if known.has_password(&password) => session.allowed.clone_from(&known.allowed),
        Some(_) => return logout(session, view, arguments),
    }
    Ok(Value::Bool(true))
}

fn logout(session: &mut Session, _: &View<'_>, _: &Arguments<'_>) -> Result<Value, ApiError> {
    session.allowed.clear();
    Ok(Value::Bool(false))
}

fn get_available_api_sets(
    session: &mut Session,
    _: &View<'_>,
    _: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let mut names: Vec<String> =
        session.allowed.iter().map(|set| format!("{}_api", set.name())).collect();
    names.sort();
    Ok(json!(names))
}

fn get_config(
    session: &mut Session,
    view: &View<'_>,
    _: &Arguments<'_>,
) -> Result<Value, ApiError> {
    if session.allowed.is_empty() {
        return Err(ApiError::assert("is_allowed: Access denied, please login"));
    }
    let mut members = Map::new();
    let mut add = |name: &str, value: bool| members.insert(name.to_owned(), value.into());
    add("enable_subscribe_to_all", view.settings.enable_subscribe_to_all);
    add("has_api_helper_indexes_plugin", true);
    add("has_market_history_plugin", true);
    view.settings.limits.describe(&mut members);
    Ok(Value::Object(members))
}

fn number(session: &mut Session, set: ApiSet) -> Result<Value, ApiError> {
    Ok(json!(session.number_of(set)?))
}
