//! Runs a node: the core on a thread of its own, the sockets on others, until SIGINT or SIGTERM.

use crate::core::{Production, Storage, start};
use crate::files;
use crate::guard::{self, SocketLimits};
use crate::home::Home;
use crate::server;
use crate::sinks;
use anyhow::{Context, Result, anyhow};
use carbyne_api::Settings;
use carbyne_chain::AppliedBlock;
use carbyne_crypto::PrivateKey;
use carbyne_sink::Feeder;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// How long connections have to end when the node stops.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(1);

/// How much less the threads of the sockets count than the core, as `nice` says it.
const SOCKETS_NICE: i32 = 10;

/// What runs.
pub struct Service {
    /// The chain.
    pub home: Home,
    /// Keys of producers.
    pub keys: Vec<PrivateKey>,
    /// How blocks are made.
    pub production: Production,
    /// What the operator set for the interface.
    pub settings: Settings,
    /// What the operator set for the files.
    pub storage: Storage,
    /// Where the API listens.
    pub api: SocketAddr,
    /// What the operator set for the sockets.
    pub(crate) limits: SocketLimits,
    /// The PostgreSQL that takes the history.
    pub(crate) postgres: Option<carbyne_sink::Settings>,
    /// Called for every block.
    pub report: fn(&AppliedBlock),
}

/// Serves until a signal comes or the chain cannot go on.
pub fn serve(service: Service) -> Result<()> {
    let runtime = threads().context("cannot start threads")?;
    let result = runtime.block_on(serve_async(service));
    runtime.shutdown_timeout(SHUTDOWN_LIMIT);
    result
}

/// The threads of the sockets. They let the core go first: a block must not wait for a processor
/// that answers questions.
pub fn threads() -> std::io::Result<Runtime> {
    let yield_to_core = || {
        if let Err(error) = rustix::process::setpriority_process(None, SOCKETS_NICE) {
            tracing::warn!(%error, "blocks and questions have the same priority");
        }
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(guard::threads()).enable_all().on_thread_start(yield_to_core).build()
}

async fn serve_async(service: Service) -> Result<()> {
    let address = service.api;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; is another node running? Choose another with --api")
    })?;
    println!("api       ws://{}", listener.local_addr()?);
    let Service { home, keys, production, settings, storage, mut limits, postgres, report, .. } =
        service;
    limits.connections = files::raise_limit(limits.connections);
    let (node, core) = start(home, keys, production, settings, storage, report);
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
    tokio::select! {
        () = stop_signal()? => println!("stopping"),
        _ = core_done => {}
    }
    sockets.abort();
    tokio::task::block_in_place(|| {
        feeder.into_iter().for_each(Feeder::stop);
        node.stop();
        let result = thread.join().map_err(|_| anyhow!("the core stopped at a bug"))?;
        // The system takes back a large state at once; object by object it would take seconds.
        std::mem::forget(node);
        result
    })
}

fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
