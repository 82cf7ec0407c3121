//! Messages between machines on their way. Invariant: they arrive in the order of the time that
//! chance gave each, and equal times in the order they were sent.

use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is sent.
#[derive(Clone)]
pub enum Content {
    /// A block.
    Block(Arc<SignedBlock>),
    /// A transaction.
    Transaction(Arc<SignedTransaction>),
}

/// A message.
pub struct Message {
    /// Number of the machine that sent it.
    pub from: usize,
    /// Number of the machine that gets it.
    pub to: usize,
    /// What it says.
    pub content: Content,
}

/// Messages on their way.
#[derive(Default)]
pub struct Wire {
    messages: BTreeMap<(i64, u64), Message>,
    sent: u64,
}

impl Wire {
    /// Sends a message that arrives at a time, in milliseconds.
    pub fn send(&mut self, arrives: i64, message: Message) {
        self.sent += 1;
        self.messages.insert((arrives, self.sent), message);
    }

    /// The next message that has arrived by a time, in milliseconds.
    pub fn take(&mut self, now: i64) -> Option<Message> {
        let (arrives, _) = *self.messages.first_key_value()?.0;
        (arrives <= now).then(|| self.messages.pop_first())?.map(|(_, message)| message)
    }
}
