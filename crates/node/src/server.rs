//! The sockets: WebSocket and HTTP POST on one port, any path; `GET /health` and `GET /metrics`.
//!
//! A connection is one task that handles one frame after the other, so answers come in the order of
//! requests. A client that does not read what it is sent is dropped, never buffered without end.

use crate::budget::{metered, units};
use crate::core::{Event, Node};
use crate::guard::{Excess, Guard, Permit, SocketLimits};
use crate::health;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use carbyne_api::{
    ApiError, Frame, Limits, Outcome, Reply, Request, Session, Submission, parse_frame,
};
use futures_util::SinkExt;
use futures_util::future::poll_fn;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::timeout;
use yawc::close::CloseCode;
use yawc::{DeflatePool, Frame as SocketFrame, HttpWebSocket, IncomingUpgrade, OpCode, Options};

/// A client that takes longer than this to take an answer is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// A client that takes longer than this to send a body is dropped.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client has to take the reason why its connection ends.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes that every connection keeps for what it reads, and as many for what it writes; longer
/// frames get more while they last.
const BUFFER_BYTES: usize = 1_024;
/// Shorter messages are not compressed: that would take longer than it saves.
const COMPRESSED_BYTES_MIN: usize = 1_024;
/// States of compression that are kept for the next message, each way.
const COMPRESSORS: usize = 8;
/// Most notices that may wait for the answer before them.
const NOTICES_WAITING_MAX: usize = 10_000;
/// Most bytes of the reason in a frame that closes (RFC 6455, 5.5).
const REASON_BYTES_MAX: usize = 123;

/// What every connection shares.
struct Server {
    node: Arc<Node>,
    guard: Arc<Guard>,
    sockets: Options,
}

/// Serves the API until `shutdown` comes.
pub async fn serve(
    listener: TcpListener,
    node: Arc<Node>,
    limits: SocketLimits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let sockets = options(&limits);
    let server = Arc::new(Server { node, guard: Arc::new(Guard::new(limits)), sockets });
    // Nothing is won by keeping the end of an answer back until its beginning has arrived.
    let listener = listener.tap_io(|stream| {
        let _slower_without = stream.set_nodelay(true);
    });
    let app = Router::new()
        .route("/health", get(health).fallback(respond))
        .route("/metrics", get(metrics).fallback(respond))
        .fallback(respond)
        .with_state(server)
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(shutdown).await
}

/// How WebSockets are spoken. Compression (RFC 7692) forgets each message, so that its state is
/// borrowed for one and a connection that says nothing has none; what comes out is limited too.
fn options(limits: &SocketLimits) -> Options {
    // A message must stay below the limit it is given.
    let most = limits.frame_bytes.saturating_add(1);
    let options = Options::default()
        .with_utf8()
        .with_limits(most, most)
        .with_read_buffer_capacity(BUFFER_BYTES)
        .with_write_buffer_capacity(BUFFER_BYTES);
    if !limits.is_compressing {
        return options;
    }
    options
        .with_low_latency_compression()
        .server_no_context_takeover()
        .client_no_context_takeover()
        .with_compression_threshold(COMPRESSED_BYTES_MIN)
        .with_deflate_pool(DeflatePool::new(COMPRESSORS))
}

async fn health(State(server): State<Arc<Server>>) -> Response {
    health::health(&server.node, server.guard.limits.head_age_max)
}

async fn metrics(State(server): State<Arc<Server>>) -> Response {
    health::metrics(&server.node)
}

async fn respond(
    State(server): State<Arc<Server>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: Result<IncomingUpgrade, StatusCode>,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let address = server.address(peer, &headers);
    match upgrade {
        Ok(upgrade) if method == Method::GET => match server.guard.connect(address) {
            Ok(permit) => server.upgrade(upgrade, address, permit),
            Err(excess) => server.refuse(excess),
        },
        _ if method == Method::POST => match server.guard.request(address, Instant::now()) {
            Ok(_permit) => post(server, address, body).await,
            Err(excess) => server.refuse(excess),
        },
        _ => {
            (StatusCode::METHOD_NOT_ALLOWED, "POST a request or open a WebSocket\n").into_response()
        }
    }
}

impl Server {
    /// Who asks. A proxy appends that to the header; what stands before it anybody can write.
    fn address(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let is_behind_proxy = self.guard.limits.is_behind_proxy;
        is_behind_proxy.then(forwarded).flatten().unwrap_or(peer.ip())
    }

    /// Makes a WebSocket of a request and serves it.
    fn upgrade(
        self: Arc<Self>,
        upgrade: IncomingUpgrade,
        address: IpAddr,
        permit: Permit,
    ) -> Response {
        let Ok((response, socket)) = upgrade.upgrade(self.sockets.clone()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        tokio::spawn(async move {
            if let Ok(socket) = socket.await {
                Connection::new(self, address).run(socket, permit).await;
            }
        });
        response.into_response()
    }

    fn refuse(&self, excess: Excess) -> Response {
        self.node.metrics.refused_by_limit.add(1);
        (StatusCode::TOO_MANY_REQUESTS, format!("{excess}\n")).into_response()
    }
}

/// One request, one answer: 204 where none is wanted, 400 where the request is none.
async fn post(server: Arc<Server>, address: IpAddr, body: Body) -> Response {
    let most = server.guard.limits.frame_bytes;
    let body = match timeout(BODY_TIMEOUT, to_bytes(body, most)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            server.node.metrics.refused_by_limit.add(1);
            let text = format!("a request may have {most} bytes\n");
            return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
        }
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let text = String::from_utf8_lossy(&body);
    let mut connection = Connection::new(server, address);
    let Some(answer) = connection.answer(&text).await else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let status = if answer.is_request { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    (status, [(header::CONTENT_TYPE, "application/json")], answer.text).into_response()
}

/// The answer to a frame that is not executed.
fn refusal(text: &str, excess: Excess, limits: &Limits) -> Option<Reply> {
    match parse_frame(text, limits) {
        Frame::Request(request) => {
            request.answer(Err::<Value, _>(ApiError::assert(excess.to_string())))
        }
        Frame::Malformed(answer) => Some(Reply::Malformed(answer)),
        Frame::Ignored => None,
    }
}

/// What is sent for a frame.
struct Answer {
    text: String,
    /// Whether the frame was a request at all.
    is_request: bool,
}

impl Answer {
    fn of(reply: Reply, limits: &Limits) -> Self {
        Self { is_request: reply.is_request(), text: reply.into_text(limits) }
    }
}

struct Connection {
    node: Arc<Node>,
    guard: Arc<Guard>,
    address: IpAddr,
    session: Session,
    /// What happens, while something of it is wanted.
    events: Option<Receiver<Arc<Event>>>,
    /// Notices that came while an answer was being waited for.
    notices: Vec<Value>,
    /// How many subscriptions of this connection are in the metrics.
    counted: usize,
}

impl Connection {
    fn new(server: Arc<Server>, address: IpAddr) -> Self {
        let node = server.node.clone();
        let session = Session::new(&node.settings.open);
        let guard = server.guard.clone();
        Self { node, guard, address, session, events: None, notices: Vec::new(), counted: 0 }
    }

    async fn run(mut self, mut socket: HttpWebSocket, _permit: Permit) {
        self.node.metrics.connections.change(0, 1);
        self.converse(&mut socket).await;
        self.node.metrics.connections.change(1, 0);
    }

    /// Answers and tells until one side has enough.
    async fn converse(&mut self, socket: &mut HttpWebSocket) {
        loop {
            tokio::select! {
                frame = socket.next_frame() => {
                    let Ok(frame) = frame else { return part(socket).await };
                    match frame.opcode() {
                        OpCode::Text | OpCode::Binary => {}
                        OpCode::Close => return part(socket).await,
                        OpCode::Ping if !self.catch_up(socket).await => return,
                        OpCode::Ping | OpCode::Pong | OpCode::Continuation => continue,
                    }
                    let text = String::from_utf8_lossy(frame.payload());
                    // On the heap, so that a connection that says nothing stays small.
                    let answer = Box::pin(self.answer_if_admitted(&text)).await;
                    let answer = answer.map(|answer| answer.text);
                    let late = std::mem::take(&mut self.notices);
                    let late = late.iter().map(Value::to_string);
                    for text in answer.into_iter().chain(late) {
                        if !self.send(socket, text).await {
                            return;
                        }
                    }
                    let most = self.guard.limits.subscriptions;
                    if self.counted > most {
                        self.node.metrics.refused_by_limit.add(1);
                        return close(socket, &Excess::Subscriptions(most).to_string()).await;
                    }
                }
                event = next(&mut self.events) => {
                    let event = match event {
                        Ok(event) => event,
                        // It fell so far behind that events are gone: it must connect again.
                        Err(RecvError::Lagged(_)) => {
                            self.node.metrics.slow_readers.add(1);
                            return;
                        }
                        Err(RecvError::Closed) => return,
                    };
                    for notice in self.notices_of(&event) {
                        if !self.send(socket, notice.to_string()).await {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Sends a text; false if the client is gone or does not take it in time.
    async fn send(&self, socket: &mut HttpWebSocket, text: String) -> bool {
        self.in_time(socket.send(SocketFrame::text(text))).await
    }

    /// Sends what is owed for pings, so that it cannot heap up.
    async fn catch_up(&self, socket: &mut HttpWebSocket) -> bool {
        self.in_time(poll_fn(|context| socket.poll_ready_unpin(context))).await
    }

    async fn in_time(&self, sending: impl Future<Output = yawc::Result<()>>) -> bool {
        match timeout(SEND_TIMEOUT, sending).await {
            Ok(sent) => sent.is_ok(),
            Err(_) => {
                self.node.metrics.slow_readers.add(1);
                false
            }
        }
    }

    /// Answers a frame unless the address has asked for too much.
    async fn answer_if_admitted(&mut self, text: &str) -> Option<Answer> {
        match self.guard.request(self.address, Instant::now()) {
            Ok(_permit) => self.answer(text).await,
            Err(excess) => {
                self.node.metrics.refused_by_limit.add(1);
                let limits = &self.node.settings.limits;
                let refused =
                    async { refusal(text, excess, limits).map(|reply| Answer::of(reply, limits)) };
                charged(&self.guard, self.address, refused).await
            }
        }
    }

    /// Answers a frame, counts it, and has the address pay.
    async fn answer(&mut self, text: &str) -> Option<Answer> {
        let (guard, address) = (self.guard.clone(), self.address);
        let counted = async {
            let started = Instant::now();
            let reply = self.execute(text).await;
            self.count(reply.as_ref(), started.elapsed());
            // Made into text here, where nobody waits for the state.
            reply.map(|reply| Answer::of(reply, &self.node.settings.limits))
        };
        charged(&guard, address, counted).await
    }

    fn count(&mut self, reply: Option<&Reply>, time: Duration) {
        let metrics = &self.node.metrics;
        if let Some((api, method)) = self.session.called {
            let is_error = reply.is_some_and(Reply::is_error);
            metrics.called((api.name(), method), time, is_error);
        }
        let subscriptions = self.session.subscriptions.count();
        metrics.subscriptions.change(self.counted, subscriptions);
        self.counted = subscriptions;
    }

    async fn execute(&mut self, text: &str) -> Option<Reply> {
        let node = self.node.clone();
        let mut request = match self.session.read(text, &node.settings.limits) {
            Ok(request) => request,
            Err(reply) => return reply,
        };
        // Read on this very thread: were others started meanwhile, each of many readers would get
        // a little time and keep the state for long.
        let outcome = loop {
            let outcome = node.read(|view| {
                let outcome = self.session.execute(request, view);
                // Here nothing can happen between the answer and the first thing told.
                match self.session.subscriptions.count() {
                    0 => self.events = None,
                    _ => self.listen(),
                }
                outcome
            });
            match outcome? {
                Outcome::Again(again) => request = again,
                outcome => break outcome,
            }
            tokio::task::yield_now().await;
        };
        match outcome {
            Outcome::Again(_) => None,
            Outcome::Answer(reply) => reply,
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
            Submission::Validate(transaction) => {
                return request.answer(self.node.validate_transaction(transaction));
            }
            Submission::Simulate { transaction, with_signatures } => {
                return request.answer(self.node.simulate(transaction, with_signatures));
            }
            Submission::Debug(request) => self.node.debug(request).await,
            Submission::Block(block) => self.node.push_block(block).await,
            Submission::Produce { blocks, seconds } => self.node.produce(blocks, seconds).await,
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
            let Event::Block { event, time } = &*event else { continue };
            if let Some(found) = event.confirmations.iter().find(|found| found.id == id) {
                return Ok(found.json.clone());
            }
            if *time > expiration {
                return Err(ApiError::assert("the transaction expired before it was in a block"));
            }
        }
    }

    fn notices_of(&mut self, event: &Event) -> Vec<Value> {
        match event {
            Event::Block { event, .. } => self.session.subscriptions.block_notices(event),
            Event::Pending(transaction) => {
                self.session.subscriptions.pending_notice(transaction).into_iter().collect()
            }
        }
    }
}

/// The next thing that happens; never if nothing is wanted.
async fn next(events: &mut Option<Receiver<Arc<Event>>>) -> Result<Arc<Event>, RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

/// Makes an answer and has the address pay for the work and its bytes.
async fn charged(
    guard: &Guard,
    address: IpAddr,
    work: impl Future<Output = Option<Answer>>,
) -> Option<Answer> {
    let (answer, spent) = metered(work).await;
    let bytes = answer.as_ref().map_or(0, |answer| answer.text.len());
    guard.charge(address, units(spent, bytes), Instant::now());
    answer
}

/// Ends a connection with the reason.
async fn close(socket: &mut HttpWebSocket, reason: &str) {
    let mut end = reason.len().min(REASON_BYTES_MAX);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let frame = SocketFrame::close(CloseCode::Policy, &reason[..end]);
    let _gone_already = timeout(CLOSE_TIMEOUT, socket.send(frame)).await;
}

/// Brings the last word to a client that ended the connection or broke its rules.
async fn part(socket: &mut HttpWebSocket) {
    let _gone_already = timeout(CLOSE_TIMEOUT, socket.next_frame()).await;
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.node.metrics.subscriptions.change(self.counted, 0);
    }
}
