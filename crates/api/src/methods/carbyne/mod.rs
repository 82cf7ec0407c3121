//! Carbyne: what the reference does not answer. One file per question.

mod account_history;
mod list_objects;
mod lists;
mod page;
mod transaction_status;

pub use lists::List;

use super::{Method, gather, read, submit};
use crate::openrpc;
use crate::view::Submission;
use serde_json::{Map, Value};

pub(super) const METHODS: &[Method] = &[
    read(
        "get_transaction_status(txid: hash160) -> transaction_status",
        "What became of a transaction: unknown, pending, included, expired or refused.",
        transaction_status::get_transaction_status,
    ),
    submit(
        "simulate(trx: signed_transaction, with_signatures: bool = false) -> effects",
        "What a transaction would do; signatures are checked if wished.",
        |arguments| {
            Ok(Submission::Simulate {
                transaction: arguments.get(0)?,
                with_signatures: arguments.or(1, false)?,
            })
        },
    ),
    gather(
        "list(list: string, of: [any]<=list_arguments = null, cursor: any = null, limit: uint32 = \
         1000) -> page",
        "Any list of the reference, page by page.",
        lists::list_page,
    ),
    read(
        "get_lists() -> lists",
        "The lists there are, with what they take and what their rows are.",
        lists::get_lists,
    ),
    gather(
        "list_objects(type: string, cursor: id = null, limit: uint32 = 1000) -> page",
        "Objects of a type, page by page.",
        list_objects::list_objects,
    ),
    gather(
        "account_history(account_name_or_id: name|1.2.x, filter: history_filter = null, \
         cursor: 1.11.x = null, limit: uint32<=get_account_history = most) -> page",
        "Operations of an account, newest first, filtered and page by page.",
        account_history::account_history,
    ),
    read(
        "get_config() -> limits",
        "The most that a request may ask for and an answer may have.",
        |view, _| {
            let mut members = Map::new();
            view.settings.limits.describe_all(&mut members);
            Ok(Value::Object(members))
        },
    ),
    read("get_openrpc() -> openrpc_document", "This interface as an OpenRPC document.", |_, _| {
        Ok(openrpc::document().clone())
    }),
];
