//! Login: who one is, and numbers for the other API sets.

use super::{ApiSet, Method, call, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, Session, View};
use serde_json::{Map, Value, json};

pub(super) const METHODS: &[Method] = &[
    call(
        "login(user: string = null, password: string = null) -> bool|uint32",
        "Logs in; an unknown user has the rights of everybody.",
        login,
    ),
    call("logout() -> bool", "Gives up all rights of this connection; always false.", logout),
    read("get_info() -> string", "Free text the operator set.", |_, _| Ok(json!(""))),
    call(
        "get_config() -> application_options",
        "What the operator set for the interface.",
        get_config,
    ),
    call(
        "get_available_api_sets() -> [string]",
        "Names of the API sets this connection may use.",
        get_available_api_sets,
    ),
    call("database() -> uint32", "Number of the database API: always 0.", |session, _, _| {
        number(session, ApiSet::Database)
    }),
    call(
        "network_broadcast() -> uint32",
        "Number of the network broadcast API for this connection.",
        |session, _, _| number(session, ApiSet::NetworkBroadcast),
    ),
    call(
        "history() -> uint32",
        "Number of the history API for this connection.",
        |session, _, _| number(session, ApiSet::History),
    ),
    call("orders() -> uint32", "Number of the orders API for this connection.", |session, _, _| {
        number(session, ApiSet::Orders)
    }),
    call(
        "custom_operations() -> uint32",
        "Number of the custom operations API for this connection.",
        |session, _, _| number(session, ApiSet::CustomOperations),
    ),
    call("block() -> uint32", "Number of the block API for this connection.", |session, _, _| {
        number(session, ApiSet::Block)
    }),
    call("asset() -> uint32", "Number of the asset API for this connection.", |session, _, _| {
        number(session, ApiSet::Asset)
    }),
    call("crypto() -> uint32", "Number of the crypto API for this connection.", |session, _, _| {
        number(session, ApiSet::Crypto)
    }),
    call(
        "network_node() -> uint32",
        "Number of the network node API for this connection.",
        |session, _, _| number(session, ApiSet::NetworkNode),
    ),
    call("debug() -> uint32", "Number of the debug API for this connection.", |session, _, _| {
        number(session, ApiSet::Debug)
    }),
    call(
        "carbyne() -> uint32",
        "Number of the carbyne API for this connection.",
        |session, _, _| number(session, ApiSet::Carbyne),
    ),
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
            return Err(ApiRefusal::HalfLogin.into());
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
    let mut names: Vec<String> = session
        .allowed
        .iter()
        .filter(|set| session.may_use(**set))
        .map(|set| format!("{}_api", set.name()))
        .collect();
    names.sort();
    Ok(json!(names))
}

fn get_config(
    session: &mut Session,
    view: &View<'_>,
    _: &Arguments<'_>,
) -> Result<Value, ApiError> {
    if session.allowed.is_empty() {
        return Err(ApiRefusal::LoggedOut.into());
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
