//! The sockets of the peers: taken, opened, read and written, each by tasks of its own.
//!
//! Invariant: what comes waits for the thread of the peers, so each socket is read no faster than
//! it is understood; a socket that is let go is closed soon, whoever reads it. This file must never
//! know what the bytes mean.

use super::rate::Rate;
use carbyne_net::ConnectionId;
use carbyne_net::message::{Direction, Endpoint};
use std::net::{SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

/// Things that came and that the thread of the peers has not taken.
pub(super) const ARRIVALS_WAITING_MAX: usize = 256;
/// Bytes that are read at once.
const READ_BYTES: usize = 32 << 10;
/// How long a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a message may take to leave.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
/// How long the last messages of a connection may take to leave.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// How long no sockets are taken after the system could not give one.
const REST: Duration = Duration::from_millis(50);
/// Sockets that there may be in all, those that are being closed included.
const SOCKETS_MAX: usize = 1_000;

/// What comes from sockets.
pub(super) enum Arrival {
    /// A connection came about.
    Opened(TcpStream, Direction, Place),
    /// One that was wanted did not.
    Failed(Endpoint),
    /// A node that an operator named was found there.
    Seed(Endpoint),
    /// Bytes came.
    Bytes(ConnectionId, Vec<u8>),
    /// So many bytes left.
    Sent(ConnectionId, usize),
    /// The connection is gone.
    Closed(ConnectionId),
}

/// Both ends of a socket, and its place among those that there may be.
pub(super) struct Place {
    pub(super) local: Endpoint,
    pub(super) remote: Endpoint,
    seat: Seat,
}

/// A place among the sockets that there may be.
struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What all sockets share.
#[derive(Clone)]
pub(super) struct Sockets {
    arrivals: Sender<Arrival>,
    /// Up and down.
    rates: [Arc<Rate>; 2],
    taken: Arc<AtomicUsize>,
    runtime: Handle,
}

/// The tasks of a socket.
pub(super) struct Tasks {
    bytes: UnboundedSender<Vec<u8>>,
    reader: AbortHandle,
    writer: AbortHandle,
    runtime: Handle,
}

impl Tasks {
    /// Has bytes sent.
    pub(super) fn send(&self, bytes: Vec<u8>) {
        let _closed_meanwhile = self.bytes.send(bytes);
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.reader.abort();
        let writer = self.writer.clone();
        self.runtime.spawn(async move {
            sleep(CLOSE_LIMIT).await;
            writer.abort();
        });
    }
}

impl Sockets {
    /// None yet; to be called within the runtime that is to serve them.
    pub(super) fn new(arrivals: Sender<Arrival>, rates: [Arc<Rate>; 2]) -> Self {
        Self { arrivals, rates, taken: Arc::default(), runtime: Handle::current() }
    }

    fn seat(&self) -> Option<Seat> {
        let seat = Seat(self.taken.clone());
        (self.taken.fetch_add(1, Ordering::Relaxed) < SOCKETS_MAX).then_some(seat)
    }

    /// Takes connections.
    pub(super) fn listen(&self, listener: std::net::TcpListener) -> std::io::Result<()> {
        let listener = TcpListener::from_std(listener)?;
        let sockets = self.clone();
        self.runtime.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => sockets.opened(stream, Direction::Inbound).await,
                    Err(error) => {
                        tracing::debug!(%error, "no peer can be taken");
                        sleep(REST).await;
                    }
                }
            }
        });
        Ok(())
    }

    async fn opened(&self, stream: TcpStream, direction: Direction) {
        let ends = [stream.local_addr(), stream.peer_addr()];
        let [Some(local), Some(remote)] = ends.map(|end| end.ok().and_then(endpoint)) else {
            return;
        };
        let Some(seat) = self.seat() else { return };
        let _slower_without = stream.set_nodelay(true);
        let place = Place { local, remote, seat };
        let _stopping = self.arrivals.send(Arrival::Opened(stream, direction, place)).await;
    }

    /// Tries to connect to a node.
    pub(super) fn connect(&self, to: Endpoint) {
        let sockets = self.clone();
        self.runtime.spawn(async move {
            let address = SocketAddr::V4(SocketAddrV4::from(to));
            match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => sockets.opened(stream, Direction::Outbound).await,
                _ => {
                    let _stopping = sockets.arrivals.send(Arrival::Failed(to)).await;
                }
            }
        });
    }

    /// Finds out where nodes are by their names.
    pub(super) fn resolve(&self, names: Vec<String>) {
        let sockets = self.clone();
        self.runtime.spawn(async move {
            for name in names {
                match tokio::net::lookup_host(&name).await {
                    Ok(found) => {
                        for endpoint in found.filter_map(endpoint) {
                            let _stopping = sockets.arrivals.send(Arrival::Seed(endpoint)).await;
                        }
                    }
                    Err(error) => tracing::warn!(%name, %error, "a seed is not found"),
                }
            }
        });
    }

    /// Begins to read and write a socket.
    pub(super) fn serve(&self, id: ConnectionId, stream: TcpStream, place: Place) -> Tasks {
        let (read, write) = stream.into_split();
        let (bytes, to_write) = unbounded_channel();
        let [up, down] = self.rates.clone();
        let (arrivals, runtime) = (self.arrivals.clone(), self.runtime.clone());
        let reader = runtime.spawn(reading(id, read, down, arrivals.clone())).abort_handle();
        let writing = writing(id, write, to_write, up, arrivals);
        let writer = runtime.spawn(async move {
            let _seat = place.seat;
            writing.await;
        });
        Tasks { bytes, reader, writer: writer.abort_handle(), runtime }
    }
}

async fn reading(
    id: ConnectionId,
    mut stream: OwnedReadHalf,
    rate: Arc<Rate>,
    arrivals: Sender<Arrival>,
) {
    loop {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        match stream.read_buf(&mut bytes).await {
            Ok(count) if count > 0 => {
                rate.take(count).await;
                if arrivals.send(Arrival::Bytes(id, bytes)).await.is_err() {
                    return;
                }
            }
            _ => break,
        }
    }
    let _stopping = arrivals.send(Arrival::Closed(id)).await;
}

async fn writing(
    id: ConnectionId,
    mut stream: OwnedWriteHalf,
    mut to_write: UnboundedReceiver<Vec<u8>>,
    rate: Arc<Rate>,
    arrivals: Sender<Arrival>,
) {
    while let Some(bytes) = to_write.recv().await {
        rate.take(bytes.len()).await;
        let written = timeout(WRITE_LIMIT, stream.write_all(&bytes)).await;
        let arrival = match written {
            Ok(Ok(())) => Arrival::Sent(id, bytes.len()),
            _ => Arrival::Closed(id),
        };
        let is_over = matches!(arrival, Arrival::Closed(_));
        if arrivals.send(arrival).await.is_err() || is_over {
            return;
        }
    }
    let _closed_anyway = stream.shutdown().await;
}

/// An address as the protocol writes it: it knows none of IPv6.
pub(super) fn endpoint(address: SocketAddr) -> Option<Endpoint> {
    match address {
        SocketAddr::V4(address) => Some(address.into()),
        SocketAddr::V6(address) => {
            let mapped = address.ip().to_ipv4_mapped()?;
            Some(SocketAddrV4::new(mapped, address.port()).into())
        }
    }
}
