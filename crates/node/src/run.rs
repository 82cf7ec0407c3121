//! Runs a node: the core on a thread of its own, the sockets on others, until SIGINT, SIGTERM or
//! SIGHUP.

use crate::core::{Production, Storage, start};
use crate::dev::demo::Demo;
use crate::dev::furnish::present;
use crate::dev::{Reset, Tools};
use crate::files;
use crate::guard::{self, SocketLimits};
use crate::home::Home;
use crate::output;
use crate::p2p::{self, Report, Running};
use crate::server::{self, page};
use crate::sinks;
use anyhow::{Context, Error, Result, anyhow};
use carbyne_api::Settings;
use carbyne_chain::{AppliedBlock, BlockSigner, Company};
use carbyne_net::frame::BLOCK_BYTES_MAX;
use carbyne_sink::Feeder;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

/// How long connections have to end when the node stops.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(1);
/// How long the answer to a reset may be on its way.
const ANSWER_TIME: Duration = Duration::from_millis(100);

/// How much less the threads of the sockets count than the core, as `nice` says it.
const SOCKETS_NICE: i32 = 10;

/// What runs.
pub struct Service {
    /// The chain.
    pub home: Home,
    /// Who signs blocks.
    pub signers: Vec<Arc<dyn BlockSigner>>,
    /// How blocks are made.
    pub production: Production,
    /// What the operator set for the interface.
    pub settings: Settings,
    /// What the operator set for the files.
    pub storage: Storage,
    /// Where the API listens, as [`listen`] gives it.
    pub api: TcpListener,
    /// Where peers are taken, as [`listen`] gives it, and what the operator set for them.
    pub peers: Option<(Option<TcpListener>, p2p::Settings)>,
    /// What the operator set for the sockets.
    pub(crate) limits: SocketLimits,
    /// The PostgreSQL that takes the history.
    pub(crate) postgres: Option<carbyne_sink::Settings>,
    /// Called for every block.
    pub report: fn(&AppliedBlock),
    /// Called with the address of the node, and whether it has a page.
    pub(crate) announce: fn(SocketAddr, bool),
    /// What a chain for development has beside.
    pub(crate) dev: Option<Dev>,
}

/// What a chain for development has beside a chain.
pub(crate) struct Dev {
    /// What it can do for its users.
    pub(crate) tools: Tools,
    /// Traders who keep a market moving.
    pub(crate) demo: Option<Demo>,
}

/// Takes the address of the API, before anything else is done; `option` is where the user chose it.
pub fn listen(address: SocketAddr, option: &str) -> Result<TcpListener> {
    let taken = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    taken.map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "is another node running there? choose another",
            _ => "choose another",
        };
        let what = format!("cannot listen on {address}; {advice} with {option}");
        Error::new(error).context(what)
    })
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By a signal.
    Stopped,
    /// Because the chain is to begin again.
    Reset,
}

/// Serves until a signal comes or the chain cannot go on.
pub fn serve(service: Service) -> Result<()> {
    serve_until_it_ends(service).map(|_| ())
}

/// As [`serve`], or until the chain is to begin again; says which.
pub(crate) fn serve_until_it_ends(service: Service) -> Result<Ended> {
    let runtime = threads().context("cannot start threads")?;
    let result = runtime.block_on(serve_async(service));
    runtime.shutdown_timeout(SHUTDOWN_LIMIT);
    result
}

/// Lets the core go before the thread that calls this.
pub(crate) fn yield_to_core() {
    if let Err(error) = rustix::process::setpriority_process(None, SOCKETS_NICE) {
        tracing::warn!(%error, "blocks and questions have the same priority");
    }
}

/// The threads of the sockets. They let the core go first: a block must not wait for a processor
/// that answers questions.
pub fn threads() -> std::io::Result<Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(guard::threads()).enable_all().on_thread_start(yield_to_core).build()
}

async fn serve_async(service: Service) -> Result<Ended> {
    let Service { mut home, signers, production, settings, storage, api, peers, .. } = service;
    if peers.is_some() {
        home.core.chain.set_company(Company::Peers { block_bytes_max: BLOCK_BYTES_MAX });
    }
    let (mut limits, postgres, report) = (service.limits, service.postgres, service.report);
    limits.connections = files::raise_limit(limits.connections);
    let listener = tokio::net::TcpListener::from_std(api).context("cannot listen")?;
    (service.announce)(listener.local_addr()?, limits.has_page && page::is_there());
    let (node, core) = start(home, signers, production, settings, storage, report)?;
    let peers = peers.map(|(listener, settings)| p2p::start(&node, listener, settings));
    let peers = peers.transpose()?;
    if let Some(place) = node.peers().and_then(Report::listening) {
        output::tell(format_args!("p2p       {place}"));
    }
    let mut reset = None;
    let traders = service.dev.and_then(|dev| {
        reset.clone_from(&dev.tools.reset);
        node.give_tools(dev.tools);
        Some(tokio::spawn(present(node.clone(), dev.demo?)))
    });
    let (done, core_done) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("core".into())
        .spawn(move || {
            let result = core.run();
            let _nobody_waits = done.send(());
            result
        })
        .context("cannot start the core")?;
    let feeder = sinks::start(&node, postgres)?;
    let served = server::serve(listener, node.clone(), limits, std::future::pending());
    let sockets = tokio::spawn(served);
    let ended = tokio::select! {
        () = stop_signal()? => {
            output::tell(format_args!("stopping"));
            Ended::Stopped
        }
        () = wanted(reset.as_deref()) => Ended::Reset,
        _ = core_done => Ended::Stopped,
    };
    sockets.abort();
    if let (Ended::Reset, Some(reset)) = (ended, reset) {
        let _aborted = sockets.await;
        reset.hear();
        // The answer is on its way to who asked; who connects now waits for the new chain.
        tokio::time::sleep(ANSWER_TIME).await;
    }
    traders.inspect(JoinHandle::abort);
    tokio::task::block_in_place(|| {
        feeder.into_iter().for_each(Feeder::stop);
        peers.into_iter().for_each(Running::stop);
        node.stop();
        let result = thread.join().map_err(|_| anyhow!("the core stopped at a bug"))?;
        if ended == Ended::Stopped {
            // The system takes back a large state at once; object by object it would take seconds.
            std::mem::forget(node);
        }
        result.map(|()| ended)
    })
}

/// Waits until the chain is to begin again, if that may be asked for.
async fn wanted(reset: Option<&Reset>) {
    match reset {
        Some(reset) => reset.wanted().await,
        None => std::future::pending().await,
    }
}

/// Whether a signal to stop has come.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Whether it has.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A flag that is set when a signal to stop comes; to be called within a runtime.
pub fn stop_flag() -> Result<StopFlag> {
    let (flag, signal) = (StopFlag::default(), stop_signal()?);
    let to_set = flag.clone();
    tokio::spawn(async move {
        signal.await;
        to_set.0.store(true, Ordering::Relaxed);
    });
    Ok(flag)
}

fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = (!is_hang_up_ignored()).then(|| signal(SignalKind::hangup())).transpose()?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            Some(_) = async { hang_up.as_mut()?.recv().await } => {}
        }
    })
}

/// Whether whoever started the node wants it to outlive the terminal, as `nohup` does.
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Signal 1 is the lowest bit.
    mask.is_some_and(|mask| mask & 1 == 1)
}
