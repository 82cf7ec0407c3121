//! What is answered to HTTP: a POST with the answer to its body, a GET that asks for it with a
//! WebSocket, and everything else with what can be done.

use super::connection::{Answer, Asker, Connection};
use super::origin::Origin;
use super::page;
use super::patient::Patient;
use super::talk::Talk;
use super::{Peer, Server};
use crate::guard::{Excess, InFlight, Permit};
use crate::websocket::{Handshake, Socket, handshake};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout;

/// What can be asked of any path.
const METHODS: HeaderValue = HeaderValue::from_static("POST, OPTIONS");
/// Seconds for which a browser remembers what a page may send.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("600");
const HEADERS: HeaderValue = HeaderValue::from_static("content-type");
const ORIGIN: HeaderValue = HeaderValue::from_static("origin");

/// Answers a request.
pub(super) async fn respond(server: Arc<Server>, peer: Peer, request: Request<Body>) -> Response {
    let origin = match server.origins.check(request.headers()) {
        Ok(origin) => origin,
        Err(stranger) => {
            return (StatusCode::FORBIDDEN, format!("{stranger}\n")).into_response();
        }
    };
    if let Some(document) = page::respond_openrpc(&request) {
        return readable(document, &origin);
    }
    if let Some(page) = server.guard.limits.has_page.then(|| page::respond(&request)).flatten() {
        return page;
    }
    let address = server.address(peer.address, request.headers());
    let is_strange_page = origin.is_strange_page();
    let can_be_told = *request.method() == Method::GET;
    let asker = Asker { address, is_strange_page, can_be_told };
    let response = match *request.method() {
        Method::GET => server.upgrade(request, asker, peer.socket),
        Method::POST => post(&server, asker, request.into_body()).await,
        Method::OPTIONS => (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response(),
        _ => not_allowed(),
    };
    readable(response, &origin)
}

fn not_allowed() -> Response {
    let text = "POST a request or open a WebSocket\n";
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, METHODS)], text).into_response()
}

/// Lets the page that asks read the answer.
fn readable(mut response: Response, origin: &Origin) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, ORIGIN);
    if let Some(origin) = origin.header() {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    }
    response
}

impl Server {
    /// Who asks. A proxy appends that to the header; what stands before it anybody can write.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let is_behind_proxy = self.guard.limits.is_behind_proxy;
        is_behind_proxy.then(forwarded).flatten().unwrap_or(peer)
    }

    /// Makes a WebSocket of a request and serves it, if it asks for that.
    fn upgrade(
        self: &Arc<Self>,
        mut request: Request<Body>,
        asker: Asker,
        socket: Arc<Permit>,
    ) -> Response {
        let handshake = match handshake(request.headers(), self.guard.limits.is_compressing) {
            Ok(handshake) => handshake,
            Err(unfit) => {
                return unfit.answer().map_or_else(not_allowed, IntoResponse::into_response);
            }
        };
        let permit = match self.guard.connect(asker.address, Instant::now()) {
            Ok(permit) => permit,
            Err(excess) => return self.refuse(excess),
        };
        let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
            return not_allowed();
        };
        let response = handshake.answer::<Body>();
        let server = self.clone();
        tokio::spawn(async move {
            if let Ok(upgraded) = upgrade.await {
                server.talk(upgraded, &handshake, asker, (socket, permit)).await;
            }
        });
        response
    }

    async fn talk(
        self: Arc<Self>,
        upgraded: Upgraded,
        handshake: &Handshake,
        asker: Asker,
        permits: (Arc<Permit>, Permit),
    ) {
        let Ok(parts) = upgraded.downcast::<TokioIo<Patient>>() else { return };
        let limits = &self.guard.limits;
        let is_compressing = handshake.is_compressing();
        let stream = parts.io.into_inner().into_inner();
        let read = parts.read_buf.to_vec();
        let socket = Socket::new(stream, read, limits.frame_bytes, limits.message_time)
            .with_compression(is_compressing);
        let connection = Connection::new(&self, asker);
        let deflate = self.deflate.clone();
        let talk = Talk { connection, deflate, is_compressing, rests_until: None };
        drop(self);
        talk.run(socket, permits).await;
    }

    fn refuse(&self, excess: Excess) -> Response {
        self.node.metrics.refused_by_limit.add(1);
        (StatusCode::TOO_MANY_REQUESTS, format!("{excess}\n")).into_response()
    }
}

/// Why a body is not taken.
enum Refused {
    Excess(Excess),
    TooLong,
    Gone,
}

/// The bytes of a body of at most `most` bytes, counted as they come.
async fn collect(
    mut body: Body,
    most: usize,
    in_flight: &mut InFlight,
) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refused::Gone)?.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > most {
            return Err(Refused::TooLong);
        }
        in_flight.receive(data.len()).map_err(Refused::Excess)?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// One request, one answer: 204 where none is wanted, 400 where the request is none.
async fn post(server: &Server, asker: Asker, body: Body) -> Response {
    let limits = &server.guard.limits;
    let permit = match server.guard.request(asker.address, Instant::now()) {
        Ok(permit) => permit,
        Err(excess) => return server.refuse(excess),
    };
    let mut in_flight = server.guard.in_flight(asker.address);
    let collecting = collect(body, limits.frame_bytes, &mut in_flight);
    let bytes = match timeout(limits.message_time, collecting).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(Refused::Excess(excess))) => return server.refuse(excess),
        Ok(Err(Refused::TooLong)) => {
            server.node.metrics.refused_by_limit.add(1);
            let text = format!("a request may have {} bytes\n", limits.frame_bytes);
            return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
        }
        Ok(Err(Refused::Gone)) => return StatusCode::BAD_REQUEST.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    // What is in the body counts by itself.
    drop(permit);
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let Some(answer) = Connection::new(server, asker).answer(text).await else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let status = if answer.is_request { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, Bytes::from_owner(answer)).into_response()
}

/// Its bytes count until the client has them.
impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}
