//! The interface as an OpenRPC document, written from the tables of methods.

use crate::methods::{ApiSet, Method};
use crate::signature::Parameter;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The version of OpenRPC the document follows.
const OPENRPC: &str = "1.2.6";

/// The document. A method `database.get_objects` is called as `call` with `["database",
/// "get_objects", [...]]`.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(written);
    &DOCUMENT
}

fn written() -> Value {
    let methods = ApiSet::ALL.into_iter().flat_map(|set| set.methods().map(move |m| (set, m)));
    let methods: Vec<Value> = methods.map(|(set, method)| described(set, method)).collect();
    json!({
        "openrpc": OPENRPC,
        "info": {
            "title": "Carbyne",
            "description": "A method `api.name` is called as `call` with [api, name, [arguments]].",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "methods": methods,
    })
}

fn described(set: ApiSet, method: &Method) -> Value {
    let signature = method.signature();
    let parameters = signature.iter().flat_map(|signature| &signature.parameters);
    let result = signature.as_ref().map_or(Value::Bool(true), |all| all.result.schema());
    json!({
        "name": format!("{}.{}", set.name(), method.name),
        "summary": method.doc,
        "tags": [{ "name": set.name() }],
        "paramStructure": "by-position",
        "params": parameters.map(parameter).collect::<Vec<_>>(),
        "result": { "name": "result", "schema": result },
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let mut described = json!({
        "name": parameter.name,
        "required": parameter.default.is_none(),
        "schema": parameter.type_.schema(),
    });
    if let Some(default) = parameter.default {
        described["description"] = format!("{default} if missing or null").into();
    }
    described
}
