//! The commands for programs, over HTTP and WebSocket, in the dialect of the reference's wallet.
//!
//! Whoever reaches the endpoint can do everything the open wallet can, so pages of browsers are
//! refused, and so is every host that is not this machine by name.

use crate::commands::find;
use crate::error::WalletError;
use crate::shell::{Shared, locked};
use carbyne_client::ClientError;
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, ORIGIN};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{
    ErrorResponse, Request as Handshake, Response as Accepted,
};

/// Connections at once; others wait to be accepted.
const CONNECTIONS_MAX: usize = 64;
/// Largest request, bytes.
const REQUEST_MAX: usize = 4 << 20;
/// How long a request may take to arrive.
const HEADER_LIMIT: Duration = Duration::from_secs(10);

/// How an endpoint is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// POST of one request.
    Http,
    /// One request a message.
    WebSocket,
}

/// Takes connections until the process ends.
pub async fn serve(listener: TcpListener, wallet: Shared, speech: Speech) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let wallet = wallet.clone();
        tokio::spawn(async move {
            match speech {
                Speech::Http => speak_http(stream, wallet).await,
                Speech::WebSocket => speak_websocket(stream, wallet).await,
            }
            drop(place);
        });
    }
}

/// Whether a request may be answered: not from a page, and not under a foreign name of this host.
fn is_welcome(headers: &HeaderMap) -> bool {
    if headers.contains_key(ORIGIN) {
        return false;
    }
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return true };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

async fn speak_http(stream: TcpStream, wallet: Shared) {
    let service = service_fn(move |request| answer_http(request, wallet.clone()));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT);
    let _it_ended = http.serve_connection(TokioIo::new(stream), service).await;
}

type Reply = Result<Response<Full<Bytes>>, hyper::Error>;

fn reply(status: StatusCode, body: String) -> Reply {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

async fn answer_http(request: Request<Incoming>, wallet: Shared) -> Reply {
    if !is_welcome(request.headers()) {
        return reply(StatusCode::FORBIDDEN, String::new());
    }
    if request.method() != Method::POST {
        return reply(StatusCode::METHOD_NOT_ALLOWED, String::new());
    }
    let body = Limited::new(request.into_body(), REQUEST_MAX).collect();
    let Ok(Ok(body)) = tokio::time::timeout(HEADER_LIMIT, body).await else {
        return reply(StatusCode::PAYLOAD_TOO_LARGE, String::new());
    };
    let answer = answer(wallet, body.to_bytes().to_vec()).await;
    reply(StatusCode::OK, answer.to_string())
}

async fn speak_websocket(stream: TcpStream, wallet: Shared) {
    let mut limits = tokio_tungstenite::tungstenite::protocol::WebSocketConfig::default();
    limits.max_message_size = Some(REQUEST_MAX);
    limits.max_frame_size = Some(REQUEST_MAX);
    #[expect(clippy::result_large_err, reason = "the callback's type is the library's")]
    let welcome = |request: &Handshake, response: Accepted| -> Result<Accepted, ErrorResponse> {
        if is_welcome(request.headers()) {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = StatusCode::FORBIDDEN;
        Err(refused)
    };
    let accepting = tokio_tungstenite::accept_hdr_async_with_config(stream, welcome, Some(limits));
    let Ok(Ok(mut socket)) = tokio::time::timeout(HEADER_LIMIT, accepting).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let answer = answer(wallet.clone(), text.as_bytes().to_vec()).await;
        if socket.send(Message::text(answer.to_string())).await.is_err() {
            return;
        }
    }
}

/// Answers a request on a thread that may wait.
async fn answer(wallet: Shared, text: Vec<u8>) -> Value {
    let answered = tokio::task::spawn_blocking(move || answer_now(&wallet, &text)).await;
    answered
        .unwrap_or_else(|_| failure(&Value::Null, &json!(null), 0, "the command ended at a bug"))
}

/// The method and its arguments: by name, or as a call of API 0.
fn method_of(request: &Value) -> Option<(String, Vec<Value>)> {
    let method = request["method"].as_str()?;
    let params = request["params"].as_array().cloned().unwrap_or_default();
    if method != "call" {
        return Some((method.to_owned(), params));
    }
    let method = params.get(1)?.as_str()?.to_owned();
    Some((method, params.get(2).and_then(Value::as_array).cloned().unwrap_or_default()))
}

fn answer_now(wallet: &Shared, text: &[u8]) -> Value {
    let request: Value = match serde_json::from_slice(text) {
        Ok(request) => request,
        Err(error) => {
            let why = format!("Parse Error: {error}");
            return failure(&Value::Null, &"2.0".into(), -32_700, &why);
        }
    };
    let (id, version) = (request["id"].clone(), request["jsonrpc"].clone());
    let Some((method, arguments)) = method_of(&request) else {
        return failure(&id, &version, -32_600, "Invalid Request");
    };
    if find(&method).is_err() {
        return failure(&id, &version, -32_601, "Method not found");
    }
    match locked(wallet).run(&method, arguments) {
        // The process is not a request's to end.
        Err(WalletError::Quit) => with_version(json!({ "id": id, "result": null }), &version),
        Ok(result) => with_version(json!({ "id": id, "result": result }), &version),
        Err(error) => refusal(&id, &version, &error),
    }
}

fn with_version(mut answer: Value, version: &Value) -> Value {
    if !version.is_null() {
        answer["jsonrpc"] = version.clone();
    }
    answer
}

fn failure(id: &Value, version: &Value, code: i64, message: &str) -> Value {
    let error = json!({ "code": code, "message": message });
    with_version(json!({ "id": id, "error": error }), version)
}

/// What the node refused is handed on as it came; the rest is an assertion, as in the reference.
fn refusal(id: &Value, version: &Value, error: &WalletError) -> Value {
    const ASSERTION: i64 = 10;
    let (code, message, data) = match error {
        WalletError::Client(ClientError::Refused { refused, .. }) => {
            (refused.code, refused.message.clone(), refused.data.clone())
        }
        error => {
            let message = format!("Execution error: Assert Exception: {error}");
            let data = json!({
                "code": ASSERTION,
                "name": "assert_exception",
                "message": "Assert Exception",
                "stack": [],
            });
            (ASSERTION, message, data)
        }
    };
    let error = json!({ "code": code, "message": message, "data": data });
    with_version(json!({ "id": id, "error": error }), version)
}

/// Takes an address for an endpoint.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
