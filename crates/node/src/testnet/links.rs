//! The links between the nodes of a network: every byte between two nodes goes through one, which
//! may be slow and can be cut.
//!
//! Invariant: a link that is cut lets nothing through and takes no connection. This file must never
//! know what the bytes mean.

use super::plan::Plan;
use super::table::State;
use crate::client::call;
use anyhow::Result;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// Bytes that are read at once.
const READ_BYTES: usize = 64 << 10;
/// Pieces that may be on their way.
const ON_THE_WAY_MAX: usize = 4_096;
/// Nodes that each connects to, of those before it.
const NEIGHBOURS_MAX: usize = 8;

/// A link from a node to one before it.
struct Link {
    from: usize,
    to: usize,
    /// Where the one node finds the other.
    place: SocketAddrV4,
    is_cut: watch::Sender<bool>,
}

/// All links.
pub(super) struct Links(Vec<Link>);

impl Links {
    /// Opens a link between each two nodes, or as many as nodes in a large network have.
    pub(super) fn open(plan: &Plan, delay: Duration) -> Result<Self> {
        let mut links = Vec::new();
        for from in 0..plan.nodes.len() {
            for to in from.saturating_sub(NEIGHBOURS_MAX)..from {
                links.push(Link::open(from, to, plan.nodes[to].p2p, delay)?);
            }
        }
        Ok(Self(links))
    }

    /// Where a node finds its peers.
    pub(super) fn seeds(&self, node: usize) -> Vec<SocketAddrV4> {
        self.0.iter().filter(|link| link.from == node).map(|link| link.place).collect()
    }

    /// Cuts some links and mends all others; gives how many are cut.
    pub(super) fn cut(&self, is_cut: impl Fn(usize, usize) -> bool) -> usize {
        for link in &self.0 {
            link.is_cut.send_replace(is_cut(link.from, link.to));
        }
        self.count_cut()
    }

    /// Has nodes that lack peers look for them at once: by themselves they would rest for a while.
    pub(super) fn mend(&self, plan: &Plan, states: &[State]) {
        let is_whole = |link: &&Link| !*link.is_cut.borrow();
        for (number, (node, state)) in plan.nodes.iter().zip(states).enumerate() {
            let is_of_it = |link: &&Link| link.from == number || link.to == number;
            let whole = self.0.iter().filter(is_whole).filter(is_of_it);
            let is_up = |link: &&Link| states[link.from].is_up() && states[link.to].is_up();
            let expected = whole.clone().filter(is_up).count();
            if !state.is_up() || state.peers() >= expected as u64 {
                continue;
            }
            for link in whole.filter(is_up).filter(|link| link.from == number) {
                let place = json!([link.place.to_string()]);
                let _tried_again = call(node.api.into(), "network_node", "add_node", place);
            }
        }
    }

    /// How many are cut.
    pub(super) fn count_cut(&self) -> usize {
        self.0.iter().filter(|link| *link.is_cut.borrow()).count()
    }
}

impl Link {
    fn open(from: usize, to: usize, target: SocketAddrV4, delay: Duration) -> Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let place = SocketAddrV4::new(Ipv4Addr::LOCALHOST, listener.local_addr()?.port());
        let (is_cut, watching) = watch::channel(false);
        let listener = TcpListener::from_std(listener)?;
        tokio::spawn(serve(listener, target, delay, watching));
        Ok(Self { from, to, place, is_cut })
    }
}

async fn serve(
    listener: TcpListener,
    target: SocketAddrV4,
    delay: Duration,
    is_cut: watch::Receiver<bool>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        if *is_cut.borrow() {
            continue;
        }
        let mut is_cut = is_cut.clone();
        tokio::spawn(async move {
            let cut = async {
                let _the_network_ends = is_cut.wait_for(|is_cut| *is_cut).await;
            };
            tokio::select! {
                () = carry(stream, target, delay) => {}
                () = cut => {}
            }
        });
    }
}

/// Carries bytes both ways until one end closes.
async fn carry(stream: TcpStream, target: SocketAddrV4, delay: Duration) {
    let Ok(other) = TcpStream::connect(target).await else { return };
    for stream in [&stream, &other] {
        let _slower_without = stream.set_nodelay(true);
    }
    let (from_one, to_one) = stream.into_split();
    let (from_other, to_other) = other.into_split();
    tokio::join!(pipe(from_one, to_other, delay), pipe(from_other, to_one, delay));
}

/// Carries bytes one way, each so long.
async fn pipe(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Arc<[u8]>)>(ON_THE_WAY_MAX);
    let reading = async move {
        let mut bytes = vec![0; READ_BYTES];
        while let Ok(count) = from.read(&mut bytes).await {
            let piece: Arc<[u8]> = bytes[..count].into();
            if count == 0 || sender.send((Instant::now() + delay, piece)).await.is_err() {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((arrives, piece)) = receiver.recv().await {
            if arrives > Instant::now() {
                sleep_until(arrives).await;
            }
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _closed_anyway = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
