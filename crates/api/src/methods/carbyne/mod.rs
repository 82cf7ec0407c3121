//! Carbyne: what the reference does not answer. One file per question.

mod account_history;
mod list_objects;
mod transaction_status;

use super::{Handler, Method, read};
use crate::openrpc;
use crate::view::Submission;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_transaction_status",
        "What became of a transaction: unknown, pending, included, expired or refused.",
        transaction_status::get_transaction_status,
    ),
    Method {
        name: "simulate",
        doc: "What a transaction would do; signatures are checked if wished.",
        handler: Handler::Submit(|arguments| {
            Ok(Submission::Simulate {
                transaction: arguments.get(0)?,
                with_signatures: arguments.or(1, false)?,
            })
        }),
    },
    read("list_objects", "Objects of a type, page by page.", list_objects::list_objects),
    read(
        "account_history",
        "Operations of an account, newest first, filtered and page by page.",
        account_history::account_history,
    ),
    read("get_openrpc", "This interface as an OpenRPC document.", |_, _| Ok(openrpc::document())),
];
