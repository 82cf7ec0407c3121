//! One client: has its frames answered, counts them, and has its address pay.

use super::Server;
use crate::budget::{metered, units};
use crate::core::{Event, Node};
use crate::guard::{Excess, Guard, InFlight, Lane, Turn};
use crate::ring::{Missed, RingReader};
use crate::websocket::{Deflate, Fault, Message, Packed};
use carbyne_api::methods::ApiSet;
use carbyne_api::{
    ApiError, Frame, Frames, Outcome, Reply, Request, Session, Submission, parse_frames,
};
use carbyne_wire::Json;
use serde_json::Value;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most notices that may wait for the answer before them.
const NOTICES_WAITING_MAX: usize = 10_000;
/// Requests that a batch may have.
const BATCH_MAX: usize = 100;
/// Longer frames are long work.
const LONG_BYTES: usize = 65_536;
/// API sets that change the node or its chain from outside the rules: no web page may use them
/// unless the operator named its origin.
const NOT_FOR_PAGES: &[ApiSet] = &[ApiSet::Dev, ApiSet::Debug, ApiSet::NetworkNode];

/// How somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asker {
    /// Whose limits count.
    pub(super) address: IpAddr,
    /// Whether it is a web page that the operator did not name.
    pub(super) is_strange_page: bool,
    /// Whether it can be told something beside answers.
    pub(super) can_be_told: bool,
}

/// What is sent for a frame.
pub(super) struct Answer {
    pub(super) text: String,
    /// Whether the frame was a request at all.
    pub(super) is_request: bool,
    /// Counts its bytes until it is sent.
    pub(super) in_flight: InFlight,
}

/// What comes of a frame.
enum Replies {
    One(Option<Reply>),
    /// Still to be answered one by one.
    Batch(Vec<Frame>),
}

pub(super) struct Connection {
    pub(super) node: Arc<Node>,
    pub(super) guard: Arc<Guard>,
    pub(super) address: IpAddr,
    session: Session,
    /// What happens, while something of it is wanted.
    pub(super) events: Option<RingReader<Event>>,
    /// Notices of what a request itself brought about, to be sent before its answer.
    pub(super) early: Vec<Value>,
    /// Notices that came while an answer was being waited for.
    pub(super) notices: Vec<Value>,
    /// How many subscriptions of this connection are in the metrics.
    pub(super) counted: usize,
    /// Whether a request was refused since somebody looked.
    pub(super) was_refused: bool,
}

impl Connection {
    pub(super) fn new(server: &Server, asker: Asker) -> Self {
        let node = server.node.clone();
        let mut session = Session::new(&node.settings.open);
        session.can_be_told = asker.can_be_told;
        if asker.is_strange_page {
            session.withheld = NOT_FOR_PAGES;
        }
        let (guard, address) = (server.guard.clone(), asker.address);
        Self {
            node,
            guard,
            address,
            session,
            events: None,
            early: Vec::new(),
            notices: Vec::new(),
            counted: 0,
            was_refused: false,
        }
    }

    /// Answers a message, packed for the wire; an address that has asked for too much is told so.
    pub(super) async fn answer_message(
        &mut self,
        message: Message,
        deflate: &Deflate,
        is_compressing: bool,
    ) -> Result<Option<(Packed, InFlight)>, Fault> {
        let most = self.guard.limits.frame_bytes;
        let unpacked =
            self.in_turn(lane(message.len()), async { message.into_text(deflate, most) });
        let (text, _in_flight) = unpacked.await?;
        let Some(answer) = self.answer(text).await else { return Ok(None) };
        let answer_bytes = answer.text.len();
        let packing = async { Packed::new(answer.text, is_compressing.then_some(deflate)) };
        let packed = self.in_turn(lane(answer_bytes), packing).await;
        Ok(Some((packed, answer.in_flight)))
    }

    /// Answers the text of a frame.
    pub(super) async fn answer(&mut self, text: String) -> Option<Answer> {
        match self.admitted_frame(text).await {
            Ok(Replies::One(value)) => self.written(value).await,
            Ok(Replies::Batch(frames)) => self.answer_batch(frames).await,
            Err(value) => self.written(value).await,
        }
    }

    /// What comes of a frame; an error with the answer if the address has asked for too much.
    async fn admitted_frame(&mut self, text: String) -> Result<Replies, Option<Reply>> {
        let lane = lane(text.len());
        let admitted = self.guard.request(self.address, Instant::now());
        self.was_refused |= admitted.is_err();
        let (guard, address) = (self.guard.clone(), self.address);
        let answering = async {
            let frames = parse_frames(&text, BATCH_MAX, &self.node.settings.limits);
            drop(text);
            match (admitted, frames) {
                (Ok(_permit), Frames::One(frame)) => Ok(Replies::One(self.execute(frame).await)),
                (Ok(_permit), Frames::Batch(frames)) => Ok(Replies::Batch(frames)),
                (Err(excess), Frames::One(frame)) => Err(self.refuse(frame, excess)),
                (Err(excess), Frames::Batch(frames)) => {
                    let refused = frames.into_iter().filter_map(|one| self.refuse(one, excess));
                    Err(Some(Reply::Ready(refused.map(Reply::into_value).collect())))
                }
            }
        };
        in_turn(&guard, address, lane, answering).await
    }

    /// Answers the requests of a batch one by one, each as if it had come alone.
    async fn answer_batch(&mut self, frames: Vec<Frame>) -> Option<Answer> {
        let mut texts = Vec::new();
        let mut in_flight = self.guard.in_flight(self.address);
        for frame in frames {
            let value = match self.guard.request(self.address, Instant::now()) {
                Ok(_permit) => {
                    let (guard, address) = (self.guard.clone(), self.address);
                    in_turn(&guard, address, Lane::Short, self.execute(frame)).await
                }
                Err(excess) => {
                    self.was_refused = true;
                    self.refuse(frame, excess)
                }
            };
            let Some(reply) = value else { continue };
            let text = reply.into_text(&self.node.settings.limits);
            if let Err(excess) = in_flight.grow(text.len()) {
                return self.written(Some(Reply::Ready(too_much(&excess)))).await;
            }
            texts.push(text);
        }
        if texts.is_empty() {
            return None;
        }
        let text = format!("[{}]", texts.join(","));
        self.charge(units(Duration::ZERO, text.len()));
        Some(Answer { text, is_request: true, in_flight })
    }

    /// An answer as text, if there is one; its bytes are paid for and counted.
    async fn written(&mut self, reply: Option<Reply>) -> Option<Answer> {
        let reply = reply?;
        let is_request = reply.is_request();
        let mut in_flight = self.guard.in_flight(self.address);
        let limits = self.node.settings.limits.clone();
        let mut text = self.in_turn(Lane::Short, async move { reply.into_text(&limits) }).await;
        self.charge(units(Duration::ZERO, text.len()));
        if let Err(excess) = in_flight.grow(text.len()) {
            self.node.metrics.refused_by_limit.add(1);
            text = too_much(&excess).to_string();
        }
        Some(Answer { text, is_request, in_flight })
    }

    /// The answer to a frame that is not executed.
    fn refuse(&self, frame: Frame, excess: Excess) -> Option<Reply> {
        self.node.metrics.refused_by_limit.add(1);
        match frame {
            Frame::Request(request) => {
                request.answer(Err::<Value, _>(ApiError::assert(excess.to_string())))
            }
            Frame::Malformed(answer) => Some(Reply::Ready(answer)),
            Frame::Ignored => None,
        }
    }

    fn charge(&self, units: u64) {
        let _waited_for_at_the_next_request =
            self.guard.charge(self.address, units, Instant::now());
    }

    /// Does some work when it is the turn of the address.
    async fn in_turn<R>(&self, lane: Lane, work: impl Future<Output = R>) -> R {
        in_turn(&self.guard, self.address, lane, work).await
    }

    async fn execute(&mut self, frame: Frame) -> Option<Reply> {
        let started = Instant::now();
        let answer = self.answer_to(frame).await;
        self.count(answer.as_ref(), started.elapsed());
        answer
    }

    fn count(&mut self, answer: Option<&Reply>, time: Duration) {
        let metrics = &self.node.metrics;
        if let Some((api, method)) = self.session.called {
            let is_error = answer.is_some_and(Reply::is_error);
            metrics.called((api.name(), method), time, is_error);
        }
        let subscriptions = self.session.subscriptions.count();
        metrics.subscriptions.change(self.counted, subscriptions);
        self.counted = subscriptions;
    }

    async fn answer_to(&mut self, mut frame: Frame) -> Option<Reply> {
        let node = self.node.clone();
        // Read on this very thread: were others started meanwhile, each of many readers would get
        // a little time and keep the state for long.
        let outcome = loop {
            let outcome = node.read(|view| {
                let outcome = self.session.handle_frame(frame, view);
                // Here nothing can happen between the answer and the first thing told.
                match self.session.subscriptions.count() {
                    0 => self.events = None,
                    _ => self.listen(),
                }
                outcome
            });
            match outcome? {
                Outcome::Again(request) => frame = Frame::Request(request),
                outcome => break outcome,
            }
            // The state is let go, and others may have the processor.
            tokio::task::yield_now().await;
        };
        match outcome {
            Outcome::Again(_) => None,
            Outcome::Answer(answer) => answer,
            Outcome::Submit(submission) => {
                let (request, submission) = *submission;
                self.submit(&request, submission).await
            }
        }
    }

    fn listen(&mut self) {
        self.events.get_or_insert_with(|| self.node.subscribe());
    }

    async fn submit(&mut self, request: &Request, submission: Submission) -> Option<Reply> {
        let result = match submission {
            Submission::Transaction(transaction) => self.node.push_transaction(transaction).await,
            Submission::Network(what) => {
                let answer = self.node.network(what).await;
                return request.answer(answer);
            }
            Submission::Validate(transaction) => {
                return request.answer(self.node.validate_transaction(transaction));
            }
            Submission::Simulate { transaction, with_signatures } => {
                return request.answer(self.node.simulate(transaction, with_signatures));
            }
            Submission::Debug(request) => {
                let node = self.node.clone();
                self.told_first(node.debug(request)).await
            }
            Submission::Block(block) => {
                let node = self.node.clone();
                self.told_first(node.push_block(block)).await
            }
            Submission::Produce { blocks, seconds } => {
                let node = self.node.clone();
                let produced = self.told_first(node.produce(blocks, seconds)).await;
                let time = |()| self.node.head_time().unwrap_or_default().to_json();
                return request.answer(produced.map(time));
            }
            Submission::Dev(wanted) => {
                let node = self.node.clone();
                return request.answer(self.told_first(node.dev(wanted)).await);
            }
            Submission::WithCallback(transaction, callback) => {
                let id = transaction.id();
                self.session.subscriptions.await_transaction(id, callback);
                self.listen();
                let result = self.node.push_transaction(transaction).await;
                if result.is_err() {
                    self.session.subscriptions.forget_transaction(&id);
                }
                result
            }
            Submission::Synchronous(transaction) => {
                let id = transaction.id();
                let expiration = transaction.expiration;
                self.listen();
                match self.node.push_transaction(transaction).await {
                    Err(error) => Err(error),
                    Ok(_) => {
                        let confirmed = self.confirmation(id, expiration).await;
                        return request.answer(confirmed);
                    }
                }
            }
        };
        request.answer(result.map(|()| Value::Null))
    }

    /// Waits for work that brings blocks about; what it makes known to this connection is sent
    /// before the answer.
    async fn told_first<R>(&mut self, work: impl Future<Output = R>) -> R {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                event = next(&mut self.events), if self.early.len() < NOTICES_WAITING_MAX => {
                    // Who fell behind is told so after the answer.
                    let Ok(event) = event else { return work.await };
                    let notices = self.notices_of(&event);
                    self.early.extend(notices);
                }
                result = &mut work => return result,
            }
        }
    }

    /// Waits for the block with a transaction; notices that come meanwhile follow the answer.
    async fn confirmation(
        &mut self,
        id: carbyne_wire::Hash160,
        expiration: carbyne_wire::TimePointSec,
    ) -> Result<Value, ApiError> {
        loop {
            let Ok(event) = next(&mut self.events).await else {
                return Err(ApiError::assert("the node is stopping"));
            };
            let notices = self.notices_of(&event);
            self.notices.extend(notices);
            if self.notices.len() > NOTICES_WAITING_MAX {
                self.notices.clear();
                return Err(ApiError::assert(
                    "too many notices came before the block with the transaction, which is still \
                     pending; some are lost",
                ));
            }
            let Event::Block(event) = &*event else { continue };
            if let Some(found) = event.confirmations.iter().find(|found| found.id == id) {
                return Ok(found.json().clone());
            }
            if event.applied.block.block().header().timestamp > expiration {
                return Err(ApiError::assert("the transaction expired before it was in a block"));
            }
        }
    }

    pub(super) fn notices_of(&mut self, event: &Event) -> Vec<Value> {
        match event {
            Event::Block(event) => self.session.subscriptions.block_notices(event),
            Event::Pending(transaction) => {
                self.session.subscriptions.pending_notice(transaction.json()).into_iter().collect()
            }
        }
    }
}

/// The next thing that happens; never if nothing is wanted.
pub(super) async fn next(events: &mut Option<RingReader<Event>>) -> Result<Arc<Event>, Missed> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

/// The lane of a frame of so many bytes.
fn lane(bytes: usize) -> Lane {
    if bytes > LONG_BYTES { Lane::Long } else { Lane::Short }
}

/// The answer instead of one that would have more bytes than may be under way.
fn too_much(excess: &Excess) -> Value {
    let error = ApiError::assert(excess.to_string()).to_json();
    serde_json::json!({ "id": null, "error": error })
}

/// Does some work and has the address pay for it.
async fn charged<R>(guard: &Guard, address: IpAddr, work: impl Future<Output = R>) -> R {
    let (done, spent) = metered(work).await;
    let _waited_for_at_the_next_request = guard.charge(address, units(spent, 0), Instant::now());
    done
}

/// Does some work when it is the turn of an address, which pays for it. The turn ends when the work
/// has to wait for something.
async fn in_turn<R>(
    guard: &Arc<Guard>,
    address: IpAddr,
    lane: Lane,
    work: impl Future<Output = R>,
) -> R {
    let mut turn: Option<Turn> = Some(guard.turn(address, lane).await);
    let mut work = pin!(charged(guard, address, work));
    std::future::poll_fn(|context| {
        let polled = work.as_mut().poll(context);
        turn = None;
        polled
    })
    .await
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.node.metrics.subscriptions.change(self.counted, 0);
    }
}
