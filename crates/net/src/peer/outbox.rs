//! What waits to be sent to a peer.
//!
//! Invariant: what waits has no more bytes than [`limits::SEND_QUEUE`] (or is one message), names
//! of items among them, and no more than that (and one message) is on its way through the socket;
//! items are read when their turn comes.
//! Small messages that wait together are encrypted and sent together.

use crate::config::limits;
use crate::frame;
use crate::link::Link;
use crate::message::{
    CurrentTimeReply, CurrentTimeRequest, FetchChunk, FetchMissing, ItemId, Message, kind,
};
use crate::time::Now;
use carbyne_wire::{Hash160, Pack};
use std::collections::VecDeque;
use std::vec;

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
    /// Items of a kind, one after the other, each when its turn comes.
    Items(u32, Vec<Hash160>),
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
    /// Bytes of all that waits.
    bytes: usize,
    /// Bytes that were given to the socket, and that it has not sent.
    in_flight: usize,
}

/// An entry of the queue, as small as it can be.
#[derive(Debug)]
enum Waiting {
    Ready(Sealed),
    TimeRequest,
    TimeReply { sent: i64, received: Now },
    Long(Box<Long>),
    Items(u32, vec::IntoIter<Hash160>),
}

impl Long {
    /// Bytes that it takes while it waits.
    fn size(&self) -> usize {
        let places = match self {
            Self::Missing(missing) => missing.places.len().saturating_mul(size_of::<u32>()),
            Self::Item(_) | Self::State | Self::Chunk(_) => 0,
        };
        places.saturating_add(size_of::<Self>())
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
            Outgoing::Long(long) => (long.size(), Waiting::Long(Box::new(long))),
            Outgoing::Items(kind, hashes) => {
                (size_of_val(&*hashes), Waiting::Items(kind, hashes.into_iter()))
            }
            Outgoing::TimeRequest => (0, Waiting::TimeRequest),
            Outgoing::TimeReply { sent, received } => (0, Waiting::TimeReply { sent, received }),
        };
        let size = size.saturating_add(size_of::<(usize, Waiting)>());
        self.bytes = self.bytes.saturating_add(size);
        self.waiting.push_back((size, waiting));
        // One long answer alone is always taken.
        let is_alone = self.waiting.len() == 1;
        if is_alone || self.bytes <= limits::SEND_QUEUE { Ok(()) } else { Err(Full) }
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

    /// The next of the items that are first in the queue.
    fn next_item(&mut self) -> Option<ItemId> {
        let (_, Waiting::Items(kind, hashes)) = self.waiting.front_mut()? else { return None };
        hashes.next().map(|hash| ItemId { kind: *kind, hash })
    }

    fn next_message(&mut self, now: Now, read: impl FnOnce(Long) -> Sealed) -> Option<Sealed> {
        if let Some(item) = self.next_item() {
            return Some(read(Long::Item(item)));
        }
        let (size, waiting) = self.waiting.pop_front()?;
        self.bytes = self.bytes.saturating_sub(size);
        Some(match waiting {
            // All of them are sent.
            Waiting::Items(..) => return self.next_message(now, read),
            Waiting::Ready(sealed) => sealed,
            Waiting::TimeRequest => {
                let request = CurrentTimeRequest { request_sent_time: now.0 };
                (kind::CURRENT_TIME_REQUEST, request.to_bytes())
            }
            Waiting::TimeReply { sent, received } => {
                let reply = CurrentTimeReply {
                    request_sent_time: sent,
                    request_received_time: received.0,
                    reply_transmitted_time: now.0,
                };
                (kind::CURRENT_TIME_REPLY, reply.to_bytes())
            }
            Waiting::Long(long) => read(*long),
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}
