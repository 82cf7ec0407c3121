//! The thread of the peers: takes what comes from sockets, from the clock and from the chain, one
//! after the other, and does what is to be done about it.
//!
//! Invariant: it never waits for anything but the next thing to come. This file must never know
//! what a message means.

use super::blocks::Delivery;
use super::report::{Report, Tally};
use super::sockets::{Arrival, Place, Sockets, Tasks};
use super::{Line, News, endpoint, files};
use crate::clock::Clock;
use crate::core::Node;
use crate::recovery::{Origin, Waiting};
use carbyne_api::{ApiError, NetworkRequest};
use carbyne_net::message::Direction;
use carbyne_net::{Config, ConnectionId, Delivered, Effect, Input, Now, Token};
use carbyne_peers::Peers;
use carbyne_protocol::transaction::SignedTransaction;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use tokio::time::Sleep;

/// How often what was heard of other nodes is kept.
const KEEP_EVERY: Duration = Duration::from_secs(60);
/// How often what others may know of the peers is brought up to date.
const REPORT_EVERY: Duration = Duration::from_millis(500);
/// Peers are looked at so often at least.
const TICK_EVERY: Duration = Duration::from_secs(1);
/// Things that are taken of either kind before the others have their turn.
const NEWS_AT_ONCE: usize = 256;
const ARRIVALS_AT_ONCE: usize = 16;

/// What the thread works with.
pub(super) struct Parts {
    pub(super) peers: Peers,
    pub(super) node: Arc<Node>,
    pub(super) line: Line,
    pub(super) blocks: Sender<Vec<Delivery>>,
    pub(super) sockets: Sockets,
    pub(super) report: Arc<Report>,
    pub(super) folder: PathBuf,
    pub(super) net: Config,
}

/// A socket, and what is counted of it.
pub(super) struct Socket {
    tasks: Tasks,
    pub(super) tally: Tally,
}

pub(super) struct Driver {
    pub(super) parts: Parts,
    pub(super) open: BTreeMap<ConnectionId, Socket>,
    /// Blocks for the chain, which are sent on together.
    deliveries: Vec<Delivery>,
    next_id: u64,
    wake_at: Now,
    kept: Instant,
    reported: Option<Instant>,
}

impl Driver {
    pub(super) fn new(parts: Parts) -> Self {
        let (open, deliveries) = (BTreeMap::new(), Vec::new());
        let (wake_at, kept) = (Now(0), Instant::now());
        Self { parts, open, deliveries, next_id: 0, wake_at, kept, reported: None }
    }

    /// Works until the node stops.
    pub(super) async fn run(
        mut self,
        mut news: UnboundedReceiver<News>,
        mut arrivals: Receiver<Arrival>,
    ) {
        let mut alarm = Alarm::new();
        loop {
            alarm.set(self.wake_at);
            tokio::select! {
                first = news.recv() => {
                    let Some(first) = first else { break };
                    let more = std::iter::from_fn(|| news.try_recv().ok());
                    let mut some = std::iter::once(first).chain(more).take(NEWS_AT_ONCE);
                    if !some.all(|news| self.hear(news)) {
                        break;
                    }
                }
                Some(first) = arrivals.recv() => {
                    let more = std::iter::from_fn(|| arrivals.try_recv().ok());
                    let some = std::iter::once(first).chain(more).take(ARRIVALS_AT_ONCE);
                    some.for_each(|arrival| self.arrive(arrival));
                }
                () = &mut alarm.sleep => self.step(Input::Tick),
            }
            self.settle();
            self.send_deliveries();
            self.report();
        }
        self.keep();
    }

    fn settle(&mut self) {
        let mut effects = Vec::new();
        self.parts.peers.settle(present(), &mut effects);
        self.follow(effects);
    }

    fn send_deliveries(&mut self) {
        if !self.deliveries.is_empty() {
            // It ends after this thread only.
            let _always_there = self.parts.blocks.send(std::mem::take(&mut self.deliveries));
        }
    }

    fn report(&mut self) {
        if self.reported.is_some_and(|reported| reported.elapsed() < REPORT_EVERY) {
            return;
        }
        self.reported = Some(Instant::now());
        self.parts.report.update(self.parts.peers.node());
        if self.kept.elapsed() > KEEP_EVERY {
            self.keep();
        }
    }

    fn keep(&mut self) {
        self.kept = Instant::now();
        files::keep(&self.parts.folder, self.parts.peers.node().book().records());
    }

    /// Takes in some news; false at the end.
    fn hear(&mut self, news: News) -> bool {
        let (now, mut effects) = (present(), Vec::new());
        let peers = &mut self.parts.peers;
        match news {
            News::Chain(event) => peers.follow(now, &event, &mut effects),
            News::Sound(asked) => peers.is_sound(now, &asked, &mut effects),
            News::Became(asked, verdict) => peers.became(now, &asked, verdict, &mut effects),
            News::Ask(request, asker) => {
                let _asker_gone = asker.send(self.answer(request));
            }
            News::Several(several) => {
                return several.into_iter().all(|news| self.hear(news));
            }
            News::Stop => return false,
        }
        self.follow(effects);
        true
    }

    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Opened(stream, direction, place) => self.opened(stream, direction, place),
            Arrival::Failed(endpoint) => self.step(Input::ConnectFailed(endpoint)),
            Arrival::Seed(endpoint) => self.step(Input::Connect(endpoint)),
            Arrival::Bytes(id, bytes) => {
                let Some(socket) = self.open.get_mut(&id) else { return };
                socket.tally.received(bytes.len());
                self.parts.report.bytes_in.add(bytes.len());
                self.step(Input::Bytes(id, bytes));
            }
            Arrival::Sent(id, bytes) => {
                let Some(socket) = self.open.get_mut(&id) else { return };
                socket.tally.sent(bytes);
                self.parts.report.bytes_out.add(bytes);
                self.step(Input::Sent(id, bytes));
            }
            Arrival::Closed(id) => {
                if let Some(socket) = self.open.remove(&id) {
                    self.parts.report.left(socket.tally.remote, &Left::Gone);
                    self.step(Input::Closed(id));
                }
            }
        }
    }

    fn opened(&mut self, stream: TcpStream, direction: Direction, place: Place) {
        let id = ConnectionId(self.next_id);
        self.next_id += 1;
        let Ok(key) = files::chance_key() else { return };
        let where_ = carbyne_net::Place { direction, local: place.local, remote: place.remote };
        let tally = Tally::new(place.remote);
        let tasks = self.parts.sockets.serve(id, stream, place);
        self.open.insert(id, Socket { tasks, tally });
        self.step(Input::Connected { id, place: where_, key: Box::new(key) });
    }

    fn step(&mut self, input: Input) {
        let mut effects = Vec::new();
        self.parts.peers.step(present(), input, &mut effects);
        self.follow(effects);
    }

    fn follow(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(id, bytes) => {
                    if let Some(socket) = self.open.get(&id) {
                        socket.tasks.send(bytes);
                    }
                }
                Effect::Connect(endpoint) => self.parts.sockets.connect(endpoint),
                Effect::Close(id, reason) => {
                    if let Some(socket) = self.open.remove(&id) {
                        self.parts.report.left(socket.tally.remote, &Left::For(reason));
                    }
                }
                Effect::Deliver(token, _, delivered) => self.deliver(token, delivered),
                Effect::WakeAt(at) => self.wake_at = at,
                // A node with a chain takes no state.
                Effect::State(_) => {}
            }
        }
    }

    fn deliver(&mut self, token: Token, delivered: Delivered) {
        let (block, is_new) = match delivered {
            Delivered::Transaction(transaction) => return self.transaction(token, transaction),
            Delivered::NewBlock(block) => (block, true),
            Delivered::SyncBlock(block) => (block, false),
        };
        self.deliveries.push(Delivery { token, block, is_new });
    }

    fn transaction(&self, token: Token, transaction: Arc<SignedTransaction>) {
        let from = Origin::Peer(self.parts.line.clone(), token);
        let waiting = Waiting { transaction: Arc::unwrap_or_clone(transaction), from };
        self.parts.node.recover_transaction(waiting);
    }

    fn answer(&mut self, request: NetworkRequest) -> Result<Value, ApiError> {
        match request {
            NetworkRequest::AddNode(text) => {
                let found = endpoint(&text);
                let wrong = || ApiError::assert(format!("{text} is no address with a port"));
                self.step(Input::Connect(found.ok_or_else(wrong)?));
                Ok(Value::Null)
            }
            NetworkRequest::SetParameters(parameters) => {
                super::report::set(&mut self.parts.net, &parameters)?;
                self.parts.peers.configure(self.parts.net.clone());
                Ok(Value::Null)
            }
            request => self.told(&request),
        }
    }
}

/// Wakes the thread in time, or earlier: it is set anew only if it would be too late, which costs
/// less than for everything that comes.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    /// When it rings, by the clock.
    at: Now,
}

impl Alarm {
    fn new() -> Self {
        Self { sleep: Box::pin(tokio::time::sleep(Duration::ZERO)), at: Now(0) }
    }

    fn set(&mut self, at: Now) {
        if !self.sleep.is_elapsed() && self.at <= at {
            return;
        }
        let wait = at.0.saturating_sub(Clock.microseconds());
        let wait = Duration::from_micros(u64::try_from(wait).unwrap_or_default());
        self.at = at;
        // The clock may be set back meanwhile.
        self.sleep.as_mut().reset(tokio::time::Instant::now() + wait.min(TICK_EVERY));
    }
}

/// Why a connection is no more.
pub(super) enum Left {
    /// We ended it.
    For(carbyne_net::Reason),
    /// The other end did, or it broke.
    Gone,
}

fn present() -> Now {
    Now(Clock.microseconds())
}
