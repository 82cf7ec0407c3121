//! What waits to be sent to a peer.
//!
//! Invariant: messages that wait have no more bytes than [`limits::SEND_QUEUE`], and no more than
//! that (and one message) is on its way through the socket; items are read when their turn comes.
//! Small messages that wait together are encrypted and sent together.

use crate::config::limits;
use crate::frame;
use crate::link::Link;
use crate::message::{
    CurrentTimeReply, CurrentTimeRequest, FetchChunk, FetchMissing, ItemId, Message, kind,
};
use crate::time::Now;
use carbyne_wire::Pack;
use std::collections::VecDeque;

/// Something to be sent.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A message as it is.
    Message(Message),
    /// A question for the time, which says when it is sent.
    TimeRequest,
    /// The answer to one that was sent and came then.
    TimeReply { sent: i64, received: Now },
    /// Something long, as it is when its turn comes.
    Long(Long),
}

/// What is read when its turn comes to be sent.
#[derive(Debug)]
pub(crate) enum Long {
    /// An item.
    Item(ItemId),
    /// Transactions of a block.
    Missing(FetchMissing),
    /// The list of the chunks of a state.
    State,
    /// A chunk of one.
    Chunk(FetchChunk),
}

/// A payload with the number of its message.
pub(crate) type Sealed = (u32, Vec<u8>);

/// What waits to be sent to a peer.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<(usize, Waiting)>,
    /// Bytes of messages that wait.
    bytes: usize,
    items: usize,
    /// Bytes that were given to the socket, and that it has not sent.
    in_flight: usize,
}

#[derive(Debug)]
enum Waiting {
    Ready(Sealed),
    Later(Outgoing),
}

impl Long {
    /// Bytes that it takes while it waits.
    fn size(&self) -> usize {
        match self {
            Self::Missing(missing) => missing.places.len().saturating_mul(size_of::<u32>()),
            Self::Item(_) | Self::State | Self::Chunk(_) => 0,
        }
    }
}

/// More waits than may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Outbox {
    pub(crate) fn push(&mut self, outgoing: Outgoing) -> Result<(), Full> {
        let (size, waiting) = match outgoing {
            Outgoing::Message(message) => {
                let payload = message.payload();
                (payload.len(), Waiting::Ready((message.kind(), payload)))
            }
            Outgoing::Long(long) => {
                self.items = self.items.saturating_add(1);
                (long.size(), Waiting::Later(Outgoing::Long(long)))
            }
            other => (size_of::<CurrentTimeReply>(), Waiting::Later(other)),
        };
        self.bytes = self.bytes.saturating_add(size);
        self.waiting.push_back((size, waiting));
        // One long answer alone is always taken.
        let is_alone = self.waiting.len() == 1;
        if self.items > limits::SEND_ITEMS || (self.bytes > limits::SEND_QUEUE && !is_alone) {
            return Err(Full);
        }
        Ok(())
    }

    /// Bytes were sent.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.in_flight = self.in_flight.saturating_sub(bytes);
    }

    /// The next messages in bytes, if the socket can take any; `read` reads what is long.
    pub(crate) fn next_bytes(
        &mut self,
        now: Now,
        link: &mut Link,
        mut read: impl FnMut(Long) -> Sealed,
    ) -> Option<Vec<u8>> {
        let mut frames = Vec::new();
        while frames.len() < limits::SEND_TOGETHER
            && self.in_flight.saturating_add(frames.len()) < limits::SEND_QUEUE
            && let Some((kind, payload)) = self.next_message(now, &mut read)
        {
            frame::append(&mut frames, kind, &payload);
        }
        if frames.is_empty() {
            return None;
        }
        let bytes = link.seal_run(frames)?;
        self.in_flight = self.in_flight.saturating_add(bytes.len());
        Some(bytes)
    }

    fn next_message(&mut self, now: Now, read: impl FnOnce(Long) -> Sealed) -> Option<Sealed> {
        let (size, waiting) = self.waiting.pop_front()?;
        self.bytes = self.bytes.saturating_sub(size);
        Some(match waiting {
            Waiting::Ready(sealed) => sealed,
            Waiting::Later(Outgoing::Message(message)) => (message.kind(), message.payload()),
            Waiting::Later(Outgoing::TimeRequest) => {
                let request = CurrentTimeRequest { request_sent_time: now.0 };
                (kind::CURRENT_TIME_REQUEST, request.to_bytes())
            }
            Waiting::Later(Outgoing::TimeReply { sent, received }) => {
                let reply = CurrentTimeReply {
                    request_sent_time: sent,
                    request_received_time: received.0,
                    reply_transmitted_time: now.0,
                };
                (kind::CURRENT_TIME_REPLY, reply.to_bytes())
            }
            Waiting::Later(Outgoing::Long(long)) => {
                self.items = self.items.saturating_sub(1);
                read(long)
            }
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}
