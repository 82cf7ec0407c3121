//! A conversation over a WebSocket: one frame after the other is answered, so answers come in the
//! order of requests, and in between it is told what it subscribed to.
//!
//! A client that does not read what it is sent is dropped, never buffered without end.

use super::connection::{Connection, next};
use crate::core::Event;
use crate::guard::{Excess, InFlight, Permit};
use crate::ring::Missed;
use crate::websocket::{Deflate, Fault, Incoming, Message, Packed, Socket};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tungstenite::protocol::frame::coding::CloseCode;

/// What a ping costs: it is cheap, but there can be many.
const PING_UNITS: u64 = 10;
/// Who has asked for too much is not heard for so long, at most, after an answer that says so.
const REST_MAX: Duration = Duration::from_secs(1);

/// Somebody to talk to.
pub(super) struct Talk {
    pub(super) connection: Connection,
    pub(super) deflate: Arc<Deflate>,
    pub(super) is_compressing: bool,
    /// Until when the client is not heard, because its address has asked for too much.
    pub(super) rests_until: Option<Instant>,
}

/// Why a conversation ends.
enum End {
    /// The client said so; what to answer with.
    Closed(Vec<u8>),
    /// The client is gone, too slow, or the node stops.
    Gone,
    /// Something is wrong with what the client sends.
    Fault(Fault),
    /// The client wants more than it may.
    Excess(Excess),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Talk {
    /// Talks until one side has enough.
    pub(super) async fn run(mut self, mut socket: Socket, _permits: (Arc<Permit>, Permit)) {
        let metrics = self.connection.node.metrics.clone();
        metrics.connections.change(0, 1);
        let end = self.converse(&mut socket).await;
        metrics.connections.change(1, 0);
        match end {
            End::Gone => {}
            // On the heap, so that a connection that says nothing stays small.
            End::Closed(payload) => Box::pin(socket.part(&payload)).await,
            End::Fault(fault) => {
                metrics.refused_by_limit.add(usize::from(matches!(fault, Fault::Excess(_))));
                Box::pin(socket.fail(&fault)).await;
            }
            End::Excess(excess) => {
                metrics.refused_by_limit.add(1);
                Box::pin(socket.close(CloseCode::Policy, &excess.to_string())).await;
            }
        }
    }

    async fn converse(&mut self, socket: &mut Socket) -> End {
        let (guard, address) = (self.connection.guard.clone(), self.connection.address);
        let account = || guard.in_flight(address);
        loop {
            let said = tokio::select! {
                incoming = heard(self.rests_until, socket.next(&account)) => match incoming {
                    Ok(incoming) => Box::pin(self.hear(socket, incoming)).await,
                    Err(fault) => Err(fault.into()),
                },
                event = next(&mut self.connection.events) => match event {
                    Ok(event) => Box::pin(self.tell(socket, &event)).await,
                    // It fell so far behind that events are gone: it must connect again.
                    Err(Missed::Lagged) => {
                        self.connection.node.metrics.slow_readers.add(1);
                        tracing::info!(%address, "a client that reads too slowly is dropped");
                        Err(End::Excess(Excess::Behind))
                    }
                    Err(Missed::Closed) => Err(End::Gone),
                },
            };
            if let Err(end) = said {
                return end;
            }
        }
    }

    async fn hear(&mut self, socket: &mut Socket, incoming: Incoming) -> Result<(), End> {
        match incoming {
            Incoming::Message(message) => self.answer(socket, message).await,
            Incoming::Ping(payload) => {
                self.pay(PING_UNITS);
                self.in_time(socket.pong(&payload)).await
            }
            Incoming::Pong => {
                self.pay(PING_UNITS);
                Ok(())
            }
            Incoming::Close(payload) => Err(End::Closed(payload)),
        }
    }

    /// Has the address pay, and the client rest if there is nothing left to pay with.
    fn pay(&mut self, units: u64) {
        let now = Instant::now();
        let wait = self.connection.guard.charge(self.connection.address, units, now);
        self.rests_until = wait.map(|wait| now + wait.min(REST_MAX));
    }

    async fn answer(&mut self, socket: &mut Socket, message: Message) -> Result<(), End> {
        let answering = self.connection.answer_message(message, &self.deflate, self.is_compressing);
        let answer = answering.await?;
        if std::mem::take(&mut self.connection.was_refused) {
            self.pay(0);
        }
        for notice in std::mem::take(&mut self.connection.early) {
            self.send_text(socket, notice.to_string()).await?;
        }
        if let Some((packed, in_flight)) = answer {
            self.send(socket, packed, Some(in_flight)).await?;
        }
        for notice in std::mem::take(&mut self.connection.notices) {
            self.send_text(socket, notice.to_string()).await?;
        }
        let most = self.connection.guard.limits.subscriptions;
        if self.connection.counted > most {
            return Err(End::Excess(Excess::Subscriptions(most)));
        }
        Ok(())
    }

    async fn tell(&mut self, socket: &mut Socket, event: &Event) -> Result<(), End> {
        for notice in self.connection.notices_of(event) {
            self.send_text(socket, notice.to_string()).await?;
        }
        Ok(())
    }

    async fn send_text(&self, socket: &mut Socket, text: String) -> Result<(), End> {
        let packed = Packed::new(text, self.is_compressing.then_some(&*self.deflate));
        self.send(socket, packed, None).await
    }

    async fn send(
        &self,
        socket: &mut Socket,
        packed: Packed,
        _in_flight: Option<InFlight>,
    ) -> Result<(), End> {
        self.in_time(socket.send(packed)).await
    }

    /// Sends something; an error if the client is gone or does not take it in time.
    async fn in_time(&self, sending: impl Future<Output = io::Result<()>>) -> Result<(), End> {
        match timeout(self.connection.guard.limits.message_time, sending).await {
            Ok(sent) => sent.map_err(|_| End::Gone),
            Err(_) => {
                self.connection.node.metrics.slow_readers.add(1);
                Err(End::Gone)
            }
        }
    }
}

/// What a client says, once it is heard again.
async fn heard<R>(rests_until: Option<Instant>, saying: impl Future<Output = R>) -> R {
    if let Some(until) = rests_until {
        tokio::time::sleep_until(until.into()).await;
    }
    saying.await
}
