//! The sockets: WebSocket and HTTP POST on one port, any path; `GET /health`, `GET /metrics` and
//! the page.
//!
//! Invariant: a socket is counted when it is taken, before a byte of it is read, and everything
//! that a client does has a deadline. This room must never know what a request means.

mod connection;
mod http;
mod origin;
pub(crate) mod page;
mod patient;
mod talk;

use crate::core::Node;
use crate::guard::{Guard, Permit, SocketLimits};
use crate::health;
use crate::websocket::Deflate;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use origin::Origins;
use patient::Patient;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Bytes that the head of a request may have.
const HEAD_BYTES_MAX: usize = 16_384;
/// States of compression that are kept for the next message, each way.
const COMPRESSORS: usize = 8;
/// How long no sockets are taken after the system could not give one.
const REST: Duration = Duration::from_millis(50);

/// What every connection shares.
struct Server {
    node: Arc<Node>,
    guard: Arc<Guard>,
    origins: Origins,
    deflate: Arc<Deflate>,
}

/// The other end of a socket, and the socket's place, which a WebSocket takes with it.
#[derive(Clone)]
struct Peer {
    address: IpAddr,
    socket: Arc<Permit>,
}

/// Serves the API until `shutdown` comes.
pub async fn serve(
    listener: TcpListener,
    node: Arc<Node>,
    limits: SocketLimits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let is_local = listener.local_addr()?.ip().is_loopback() && !limits.is_behind_proxy;
    let origins =
        Origins { origins: limits.origins.clone(), hosts: limits.hosts.clone(), is_local };
    let guard = Arc::new(Guard::new(limits));
    let deflate = Arc::new(Deflate::new(COMPRESSORS));
    let server = Arc::new(Server { node, guard, origins, deflate });
    tokio::select! {
        () = accept(&listener, &server) => {}
        () = shutdown => {}
    }
    Ok(())
}

/// Takes one socket after the other.
async fn accept(listener: &TcpListener, server: &Arc<Server>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => admit(stream, peer, server),
            Err(error) if is_of_one_socket(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Whether it went wrong with one socket only.
fn is_of_one_socket(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves a socket, if its address may have one more.
fn admit(stream: TcpStream, peer: SocketAddr, server: &Arc<Server>) {
    match server.guard.accept(peer.ip()) {
        Ok(socket) => {
            // Nothing is won by keeping the end of an answer back until its beginning has arrived.
            let _slower_without = stream.set_nodelay(true);
            let stream = Patient::new(stream, server.guard.limits.message_time);
            let peer = Peer { address: peer.ip(), socket: Arc::new(socket) };
            tokio::spawn(speak(stream, peer, server.clone()));
        }
        Err(excess) => {
            server.node.metrics.refused_by_limit.add(1);
            let text = format!("{excess}\n");
            let answer = format!(
                "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: {}\r\n\r\n\
                 {text}",
                text.len()
            );
            let _not_waited_for = stream.try_write(answer.as_bytes());
        }
    }
}

/// Speaks HTTP over a socket.
async fn speak(stream: Patient, peer: Peer, server: Arc<Server>) {
    let head_time = server.guard.limits.head_time;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (server, peer) = (server.clone(), peer.clone());
        async move { Ok::<_, Infallible>(answer(server, peer, request.map(Body::new)).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let _the_client_knows = served.await;
}

async fn answer(server: Arc<Server>, peer: Peer, request: Request<Body>) -> Response {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    match request.uri().path() {
        "/health" if is_get => health::health(&server.node, server.guard.limits.head_age_max),
        "/metrics" if is_get => health::metrics(&server.node),
        _ => http::respond(server, peer, request).await,
    }
}
