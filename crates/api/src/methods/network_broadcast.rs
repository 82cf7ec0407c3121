//! Network broadcast: sends transactions and blocks into the chain and to the peers.

use super::{Method, submit};
use crate::view::Submission;

pub(super) const METHODS: &[Method] = &[
    submit(
        "broadcast_transaction(trx: signed_transaction) -> null",
        "Sends a signed transaction; null once it is pending.",
        |arguments| arguments.get(0).map(Submission::Transaction),
    ),
    submit(
        "broadcast_transaction_with_callback(cb: callback, trx: signed_transaction) -> null",
        "Sends a signed transaction; null once it is pending, a notice with its block.",
        |arguments| Ok(Submission::WithCallback(arguments.get(1)?, arguments.get(0)?)),
    ),
    submit(
        "broadcast_transaction_synchronous(trx: signed_transaction) -> transaction_confirmation",
        "Sends a signed transaction; answers when it is in a block.",
        |arguments| arguments.get(0).map(Submission::Synchronous),
    ),
    submit("broadcast_block(block: signed_block) -> null", "Sends a signed block.", |arguments| {
        arguments.get(0).map(Submission::Block)
    }),
];
