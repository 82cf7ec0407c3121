//! How long the state is locked for a block of 3,000 transfers, alone and while 5,000 questions a
//! second are asked and some are told everything, by turns; history is on.

use crate::feed::Subscribers;
use crate::readers::{Plan, Readers};
use crate::world;
use carbyne_api::Settings;
use carbyne_api::methods::ApiSet;
use carbyne_crypto::PrivateKey;
use carbyne_node::core::{Node, Production, Storage, start};
use carbyne_node::guard::SocketLimits;
use carbyne_node::metrics::Stage;
use carbyne_node::server;
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_wire::Id;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const ACCOUNTS: u64 = 10_000;
const TRANSFERS: usize = 3_000;
const SUBSCRIBERS: usize = 10;
const TURNS: usize = 4;
const PAUSE: Duration = Duration::from_millis(250);
/// Readers may start before the first block.
const MARGIN: Duration = Duration::from_secs(1);

/// Microseconds for which the state was locked for each block.
fn push_all(runtime: &Runtime, node: &Arc<Node>, blocks: Vec<RecoveredBlock>) -> Vec<f64> {
    let locked = || node.metrics.time_of(Stage::Apply);
    let push = |block| {
        std::thread::sleep(PAUSE);
        let before = locked();
        runtime.block_on(node.push_recovered_block(block)).expect("it applies");
        (locked() - before).as_secs_f64() * 1e6
    };
    blocks.into_iter().map(push).collect()
}

/// Pushes blocks while others read and listen.
fn push_under_load(
    runtime: &Runtime,
    node: &Arc<Node>,
    blocks: Vec<RecoveredBlock>,
    address: SocketAddr,
) -> Vec<f64> {
    let time = PAUSE * 2 * blocks.len() as u32 + 2 * MARGIN;
    let readers = Readers::start(Plan { address, accounts: ACCOUNTS, time });
    let listening = Subscribers::start(runtime, node, Id(7), SUBSCRIBERS);
    std::thread::sleep(MARGIN);
    let times = push_all(runtime, node, blocks);
    listening.finish();
    readers.finish();
    times
}

fn share(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

/// What `blocks` of each turn show.
pub fn figures(folder: &Path, runtime: &Runtime, blocks: usize) -> Value {
    let (home, made) = world::make(folder, ACCOUNTS, TRANSFERS, blocks * TURNS);
    let settings = Settings { open: ApiSet::DEFAULT.to_vec(), ..Settings::default() };
    let storage = Storage { snapshot_every: 0, ..Storage::default() };
    let (node, core) =
        start(home, Vec::<PrivateKey>::new(), Production::None, settings, storage, |_| {})
            .expect("threads");
    let core = std::thread::spawn(move || core.run());
    let bind = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = runtime.block_on(bind).expect("a port");
    let address = listener.local_addr().expect("an address");
    let limits = SocketLimits { is_behind_proxy: true, ..SocketLimits::default() };
    let serving = server::serve(listener, node.clone(), limits, std::future::pending());
    let serving = runtime.spawn(serving);
    let (mut alone, mut loaded) = (Vec::new(), Vec::new());
    let mut made = made.into_iter();
    for turn in 0..TURNS {
        let part = made.by_ref().take(blocks).collect();
        match turn % 2 {
            0 => alone.extend(push_all(runtime, &node, part)),
            _ => loaded.extend(push_under_load(runtime, &node, part, address)),
        }
    }
    serving.abort();
    node.stop();
    core.join().expect("no bug").expect("the core worked");
    let [alone_p50, alone_p99] = [50, 99].map(|percent| share(&mut alone, percent));
    let [lock_p50, lock_p99] = [50, 99].map(|percent| share(&mut loaded, percent));
    json!({
        "apply_p50_us": alone_p50,
        "apply_p99_us": alone_p99,
        "lock_p50_us": lock_p50,
        "lock_p99_us": lock_p99,
        "lock_p50_ratio": lock_p50 / alone_p50,
        "lock_p99_ratio": lock_p99 / alone_p99,
    })
}
