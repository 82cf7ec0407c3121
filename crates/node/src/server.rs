//! The sockets: WebSocket and HTTP POST on one port, any path; `GET /health` and `GET /metrics`.
//!
//! A connection is one task that handles one frame after the other, so answers come in the order of
//! requests. A client that does not read what it is sent is dropped, never buffered without end.

use crate::core::{Event, Node};
use crate::health;
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{
    Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection,
};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbyne_api::{Outcome, Request, Session, Submission};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::timeout;

/// Largest frame or body, in bytes; the largest block fits.
const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A client that takes longer than this to take an answer is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves the API until `shutdown` comes. A head older than `head_age_max` seconds is not healthy.
pub async fn serve(
    listener: TcpListener,
    node: Arc<Node>,
    head_age_max: u32,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app =
        Router::new()
            .route(
                "/health",
                get(move |State(node): State<Arc<Node>>| async move {
                    health::health(&node, head_age_max)
                })
                .fallback(respond),
            )
            .route(
                "/metrics",
                get(|State(node): State<Arc<Node>>| async move { health::metrics(&node) })
                    .fallback(respond),
            )
            .fallback(respond)
            .layer(DefaultBodyLimit::max(FRAME_BYTES_MAX))
            .with_state(node);
    axum::serve(listener, app).with_graceful_shutdown(shutdown).await
}

async fn respond(
    State(node): State<Arc<Node>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    method: Method,
    body: Bytes,
) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade
            .max_message_size(FRAME_BYTES_MAX)
            .max_frame_size(FRAME_BYTES_MAX)
            .on_upgrade(move |socket| Connection::new(node).run(socket)),
        Err(_) if method == Method::POST => post(node, &body).await,
        Err(_) => {
            (StatusCode::METHOD_NOT_ALLOWED, "POST a request or open a WebSocket\n").into_response()
        }
    }
}

/// One request, one answer: 204 where none is wanted, 400 where the request is none.
async fn post(node: Arc<Node>, body: &[u8]) -> Response {
    let text = String::from_utf8_lossy(body);
    let mut connection = Connection::new(node);
    let Some(answer) = connection.answer(&text).await else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let code = answer.pointer("/error/code").and_then(Value::as_i64).unwrap_or_default();
    let status = if code <= -32_600 { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

struct Connection {
    node: Arc<Node>,
    session: Session,
    events: Receiver<Arc<Event>>,
    /// Notices that came while an answer was being waited for.
    notices: Vec<Value>,
    /// How many subscriptions of this connection are in the metrics.
    counted: usize,
}

impl Connection {
    fn new(node: Arc<Node>) -> Self {
        let session = Session::new(&node.settings.open);
        let events = node.subscribe();
        Self { node, session, events, notices: Vec::new(), counted: 0 }
    }

    async fn run(mut self, mut socket: WebSocket) {
        self.node.metrics.connections.change(0, 1);
        self.converse(&mut socket).await;
        self.node.metrics.connections.change(1, 0);
    }

    /// Answers and tells until one side has enough.
    async fn converse(&mut self, socket: &mut WebSocket) {
        loop {
            tokio::select! {
                frame = socket.recv() => {
                    let Some(Ok(message)) = frame else { return };
                    let text = match message {
                        Message::Text(text) => text.to_string(),
                        Message::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                        Message::Close(_) => return,
                        Message::Ping(_) | Message::Pong(_) => continue,
                    };
                    let answer = self.answer(&text).await;
                    let late = std::mem::take(&mut self.notices);
                    for value in answer.into_iter().chain(late) {
                        if !self.send(socket, &value).await {
                            return;
                        }
                    }
                }
                event = self.events.recv() => {
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
                        if !self.send(socket, &notice).await {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Sends one value; false if the client is gone or does not take it in time.
    async fn send(&self, socket: &mut WebSocket, value: &Value) -> bool {
        let message = Message::Text(value.to_string().into());
        match timeout(SEND_TIMEOUT, socket.send(message)).await {
            Ok(sent) => sent.is_ok(),
            Err(_) => {
                self.node.metrics.slow_readers.add(1);
                false
            }
        }
    }

    /// Answers a frame and counts it.
    async fn answer(&mut self, text: &str) -> Option<Value> {
        let started = Instant::now();
        let answer = self.execute(text).await;
        let metrics = &self.node.metrics;
        if let Some((api, method)) = self.session.called {
            let is_error = answer.as_ref().is_some_and(|answer| answer.get("error").is_some());
            metrics.called((api.name(), method), started.elapsed(), is_error);
        }
        let subscriptions = self.session.subscriptions.count();
        metrics.subscriptions.change(self.counted, subscriptions);
        self.counted = subscriptions;
        answer
    }

    async fn execute(&mut self, text: &str) -> Option<Value> {
        let (node, session) = (&self.node, &mut self.session);
        let outcome = tokio::task::block_in_place(|| node.read(|view| session.handle(text, view)));
        match outcome? {
            Outcome::Answer(answer) => answer,
            Outcome::Submit(submission) => {
                let (request, submission) = *submission;
                self.submit(&request, submission).await
            }
        }
    }

    async fn submit(&mut self, request: &Request, submission: Submission) -> Option<Value> {
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
                let result = self.node.push_transaction(transaction).await;
                if result.is_err() {
                    self.session.subscriptions.forget_transaction(&id);
                }
                result
            }
            Submission::Synchronous(transaction) => {
                let id = transaction.id();
                let expiration = transaction.expiration;
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
    ) -> Result<Value, carbyne_api::ApiError> {
        loop {
            let Ok(event) = self.events.recv().await else {
                return Err(carbyne_api::ApiError::assert("the node is stopping"));
            };
            let notices = self.notices_of(&event);
            self.notices.extend(notices);
            let Event::Block { event, time } = &*event else { continue };
            if let Some(found) = event.confirmations.iter().find(|found| found.id == id) {
                return Ok(found.json.clone());
            }
            if *time > expiration {
                return Err(carbyne_api::ApiError::assert(
                    "the transaction expired before it was in a block",
                ));
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

impl Drop for Connection {
    fn drop(&mut self) {
        self.node.metrics.subscriptions.change(self.counted, 0);
    }
}
