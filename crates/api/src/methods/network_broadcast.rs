//! Network broadcast: sends transactions and blocks into the chain and to the peers.

use super::{Handler, Method};
use crate::view::Submission;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "broadcast_transaction",
        doc: "Sends a signed transaction; null once it is pending.",
        handler: Handler::Submit(|arguments| arguments.get(0).map(Submission::Transaction)),
    },
    Method {
        name: "broadcast_transaction_with_callback",
        doc: "Sends a signed transaction; null once it is pending, a notice with its block.",
        handler: Handler::Submit(|arguments| {
            Ok(Submission::WithCallback(arguments.get(1)?, arguments.get(0)?))
        }),
    },
    Method {
        name: "broadcast_transaction_synchronous",
        doc: "Sends a signed transaction; answers when it is in a block.",
        handler: Handler::Submit(|arguments| arguments.get(0).map(Submission::Synchronous)),
    },
    Method {
        name: "broadcast_block",
        doc: "Sends a signed block.",
        handler: Handler::Submit(|arguments| arguments.get(0).map(Submission::Block)),
    },
];
