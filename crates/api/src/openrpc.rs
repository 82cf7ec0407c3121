//! The interface as an OpenRPC document, written from the tables of methods.

use crate::methods::{ApiSet, Method};
use serde_json::{Value, json};

/// The version of OpenRPC the document follows.
const OPENRPC: &str = "1.2.6";

/// The document. A method `database.get_objects` is called as `call` with `["database",
/// "get_objects", [...]]`.
pub fn document() -> Value {
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
    json!({
        "name": format!("{}.{}", set.name(), method.name),
        "summary": method.doc,
        "tags": [{ "name": set.name() }],
        "paramStructure": "by-position",
        "params": [],
        "result": { "name": "result", "schema": true },
    })
}
