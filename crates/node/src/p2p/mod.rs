//! Peers over sockets: the pure rooms `net` and `peers`, driven by a thread that waits for bytes,
//! for the clock and for what the chain did.
//!
//! Invariant: the thread of the peers never waits for the core, and the core never for it: they
//! send each other what happened. Sockets wait for the thread, so that what peers send is not
//! heaped up. This room must never know a rule of the chain, nor what a message means.

mod blocks;
mod driver;
mod files;
mod log;
mod rate;
mod report;
mod sockets;
mod states;
mod take;

pub(crate) use log::Logged;
pub use report::{Present, Report};
pub use states::{Giving, Taken};
pub use take::{Taking, take};

use crate::core::Node;
use anyhow::{Context, Result};
use carbyne_api::{ApiError, NetworkRequest};
use carbyne_chain::ChainEvent;
use carbyne_net::message::Endpoint;
use carbyne_net::{Config, Identity, Verdict};
use carbyne_peers::{Asked, Peers, refused};
use driver::Driver;
use rate::Rate;
use serde_json::Value;
use std::net::{SocketAddrV4, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// What the thread of the peers is told by the rest of the node.
pub(crate) enum News {
    /// The chain did something; blocks are on disk.
    Chain(ChainEvent),
    /// A block of a peer is good as far as that can be said without applying it.
    Sound(Box<Asked>),
    /// What became of something that a peer sent.
    Became(Box<Asked>, Verdict),
    /// Several of these, in order.
    Several(Vec<News>),
    /// Somebody asks about peers.
    Ask(NetworkRequest, oneshot::Sender<Result<Value, ApiError>>),
    /// The node stops.
    Stop,
}

/// The way to the thread of the peers.
#[derive(Clone)]
pub(crate) struct Line(mpsc::UnboundedSender<News>);

impl Line {
    /// Tells it something, if it is still there.
    pub(crate) fn tell(&self, news: News) {
        let _gone_at_the_end = self.0.send(news);
    }

    /// Tells it that the core has no room for something that a peer sent.
    pub(crate) fn refuse(&self, asked: Box<Asked>) {
        self.tell(News::Became(asked, refused("the node has too much to do")));
    }
}

/// What an operator set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where connections are taken, if they are.
    pub listen: Option<SocketAddrV4>,
    /// Nodes that are connected to first: names or addresses with ports.
    pub seeds: Vec<String>,
    /// How the node behaves towards others.
    pub net: Config,
    /// Bytes that may be sent in a second; 0 for no limit.
    pub upload_per_second: u64,
    /// Bytes that may be received in a second; 0 for no limit.
    pub download_per_second: u64,
    /// Where the key of the node and the nodes that it heard of are kept.
    pub folder: PathBuf,
}

/// The peers of a running node.
pub struct Running {
    line: Line,
    thread: JoinHandle<()>,
}

impl Running {
    /// Ends all connections and keeps what was heard of other nodes.
    pub fn stop(self) {
        self.line.tell(News::Stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread of the peers stopped at a bug");
        }
    }
}

/// Joins the network; to be done before the core does anything, within the runtime whose threads
/// are to serve the sockets.
pub fn start(
    node: &Arc<Node>,
    listener: Option<TcpListener>,
    mut settings: Settings,
) -> Result<Running> {
    let key = files::key(&settings.folder)?;
    let records = files::records(&settings.folder);
    let listen = listener.as_ref().map(TcpListener::local_addr).transpose()?;
    settings.net.tags = node.dialect().tags();
    settings.net.listen = listen.and_then(sockets::endpoint);
    let identity =
        Identity { key, node_id: files::chance_key()?.public_key(), chain_id: *node.chain_id() };
    let report = Arc::new(Report::new(settings.net.listen, &identity));
    let net = carbyne_net::Node::new(identity, settings.net.clone(), records);
    let (sender, news) = mpsc::unbounded_channel();
    let line = Line(sender);
    let told = node.join(line.clone(), report.clone());
    let told = match settings.net.state_bytes_per_second {
        0 => told,
        _ => told.giving(Box::new(node.states())),
    };
    let peers = Peers::new(net, told);
    let blocks = blocks::start(node.clone(), line.clone())?;
    let (arrivals, arriving) = mpsc::channel(sockets::ARRIVALS_WAITING_MAX);
    let rates = [settings.upload_per_second, settings.download_per_second];
    let sockets = sockets::Sockets::new(arrivals, rates.map(|rate| Arc::new(Rate::new(rate))));
    if let Some(listener) = listener {
        sockets.listen(listener)?;
    }
    sockets.resolve(settings.seeds.clone());
    let driver = Driver::new(driver::Parts {
        peers,
        node: node.clone(),
        line: line.clone(),
        blocks,
        sockets,
        report,
        folder: settings.folder,
        net: settings.net,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let thread = std::thread::Builder::new()
        .name("peers".into())
        .spawn(move || runtime.block_on(driver.run(news, arriving)))
        .context("cannot start the thread of the peers")?;
    Ok(Running { line, thread })
}

/// Where a peer is, from text.
pub(crate) fn endpoint(text: &str) -> Option<Endpoint> {
    text.trim().parse::<SocketAddrV4>().ok().map(Endpoint::from)
}
