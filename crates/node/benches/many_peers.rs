//! What 200 peers cost a node in memory: `cargo bench -p carbyne --bench many_peers -- PEERS`;
//! prints one JSON line.
//!
//! The peers are connections of this process that shake hands, each with a key of its own, take
//! part like Carbyne nodes that keep only ids, and are sent the blocks that the node makes each
//! second. Memory is that of the process of the node, in MiB, after it was idle for as long.

#[path = "../tests/harness/mod.rs"]
#[allow(dead_code)]
mod harness;
#[path = "../tests/peers/network.rs"]
#[allow(dead_code)]
mod network;

use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_net::message::{Direction, Endpoint, Object};
use carbyne_net::{
    ChainView, Config, ConnectionId, Delivered, Effect, Head, Identity, Input, Node, Now, Place,
    Verdict, carbyne_member,
};
use carbyne_protocol::transaction::{SignedBlock, num_from_id};
use carbyne_wire::{Digest, Hash160, TimePointSec};
use network::{Network, wait};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const PEERS: usize = 200;
/// How long the peers stay before memory is looked at.
const STAY: Duration = Duration::from_secs(10);
/// How often a peer looks at its clock.
const TICK: Duration = Duration::from_millis(500);
const STACK_BYTES: usize = 256 << 10;

/// The ids of the blocks that came, and their times.
#[derive(Default)]
struct Ids(Vec<(Hash160, TimePointSec)>);

impl Ids {
    fn take(&mut self, block: &SignedBlock) {
        self.0.push((block.id(), block.header().timestamp));
    }
}

impl ChainView for Ids {
    fn head(&self) -> Head {
        self.0.last().map_or(Head::default(), |(id, time)| Head { id: *id, time: *time })
    }
    fn last_final(&self) -> u32 {
        0
    }
    fn block_interval(&self) -> u32 {
        1
    }
    fn id_at(&self, number: u32) -> Option<Hash160> {
        self.0.get((number as usize).checked_sub(1)?).map(|(id, _)| *id)
    }
    fn knows_block(&self, id: &Hash160) -> bool {
        self.id_at(num_from_id(id)) == Some(*id)
    }
    fn time_of(&self, id: &Hash160) -> Option<TimePointSec> {
        self.0.iter().find(|(other, _)| other == id).map(|(_, time)| *time)
    }
    fn block(&self, _: &Hash160) -> Option<Vec<u8>> {
        None
    }
    fn branch(&self, _: &Hash160) -> Option<Vec<Hash160>> {
        None
    }
}

fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Now(since.as_micros() as i64)
}

fn place(stream: &TcpStream) -> Place {
    let endpoint = |address: SocketAddr| match address {
        SocketAddr::V4(address) => Endpoint::from(address),
        SocketAddr::V6(_) => panic!("IPv4"),
    };
    let local = endpoint(stream.local_addr().expect("an address"));
    let remote = endpoint(stream.peer_addr().expect("an address"));
    Place { direction: Direction::Outbound, local, remote }
}

/// Takes part until it is over.
fn take_part(mut stream: TcpStream, number: usize, chain_id: Digest<32>, is_over: &AtomicBool) {
    let key = PrivateKey::from_seed(&format!("peer {number}"));
    let mut node_id = [5; 33];
    node_id[1..9].copy_from_slice(&(number as u64).to_le_bytes());
    let identity = Identity { key, node_id: PublicKey(node_id), chain_id };
    let about = Object(vec![carbyne_member()]);
    let config = Config { about, connections_wanted: 0, ..Config::default() };
    let (mut node, id) = (Node::new(identity, config, []), ConnectionId(1));
    let mut chain = Ids::default();
    let key = Box::new(PrivateKey::from_seed(&format!("connection {number}")));
    let mut input = Input::Connected { id, place: place(&stream), key };
    stream.set_read_timeout(Some(TICK)).expect("a limit");
    let mut bytes = vec![0; 16 << 10];
    while !is_over.load(Ordering::Relaxed) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut effects = Vec::new();
            node.step(now(), input, &chain, &mut effects);
            for effect in effects {
                match effect {
                    Effect::Send(_, bytes) => {
                        stream.write_all(&bytes).expect("it is connected");
                        inputs.push(Input::Sent(id, bytes.len()));
                    }
                    Effect::Deliver(token, _, delivered) => {
                        if let Delivered::NewBlock(block) | Delivered::SyncBlock(block) = delivered
                        {
                            chain.take(&block);
                        }
                        inputs.push(Input::Became(token, Verdict::Accepted));
                    }
                    _ => {}
                }
            }
        }
        input = match stream.read(&mut bytes) {
            Ok(0) => panic!("peer {number} was left"),
            Ok(count) => Input::Bytes(id, bytes[..count].to_vec()),
            Err(_) => Input::Tick,
        };
    }
}

fn inbound(network: &Network, node: usize) -> u64 {
    network.health(node)["peers"]["inbound"].as_u64().unwrap_or_default()
}

fn main() {
    let peers = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(PEERS);
    let mut network = Network::begin();
    network.peers_of_an_address = peers + 8;
    let node = network.add("node", &[], true);
    wait("a block", || network.head(node) >= 1);
    std::thread::sleep(STAY);
    let alone = harness::memory(network.process(node).id());
    let text = network.call(node, "database", "get_chain_id", json!([]));
    let mut chain_id = Digest([0; 32]);
    hex::decode_to_slice(text.as_str().expect("text"), &mut chain_id.0).expect("hexadecimal");
    let is_over = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let connect = |number| {
        let stream = TcpStream::connect(network.place(node)).expect("a connection");
        let is_over = is_over.clone();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn(move || take_part(stream, number, chain_id, &is_over)).expect("a thread")
    };
    let threads: Vec<_> = (0..peers).map(connect).collect();
    wait("all take part", || inbound(&network, node) == peers as u64);
    let connected = started.elapsed();
    std::thread::sleep(STAY);
    let with_all = harness::memory(network.process(node).id());
    let page = network.client(node).get("/metrics").expect("a page").1;
    let held = page.lines().find_map(|line| line.strip_prefix("carbyne_peer_held_bytes "));
    is_over.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().expect("it took part to the end"));
    println!(
        "{}",
        json!({
            "peers": peers,
            "alone_mib": alone,
            "with_peers_mib": with_all,
            "kib_per_peer": (with_all.saturating_sub(alone) << 10) / peers as u64,
            "held_bytes": held.and_then(|text| text.parse::<u64>().ok()),
            "all_connected_seconds": connected.as_secs_f64(),
        })
    );
}
