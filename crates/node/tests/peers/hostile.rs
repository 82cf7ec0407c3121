//! What anybody can do to the port of the peers, and what honest nodes beside them notice.

use super::harness::memory;
use super::network::{Network, wait};
use carbyne_crypto::PrivateKey;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Connections of the flood.
const FLOOD: usize = 500;
/// MiB by which a node may grow while it is attacked.
const GROWTH_MAX_MIB: u64 = 64;
/// A message of the largest size that there may be, in a stream that nobody can read.
const GARBAGE_BYTES: usize = 3 << 20;

/// A node with an honest one beside it.
fn pair() -> (Network, usize, usize) {
    let mut network = Network::begin();
    let victim = network.add("victim", &[], true);
    wait("a block", || network.head(victim) >= 1);
    let honest = network.add("honest", &[victim], false);
    wait("it is in step", || network.head(honest) >= 2);
    (network, victim, honest)
}

fn connect(network: &Network, node: usize) -> TcpStream {
    let stream = TcpStream::connect(network.place(node)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    stream.set_write_timeout(Some(Duration::from_secs(5))).expect("a limit");
    stream
}

/// Whether the other end closes the connection before long.
fn is_closed(mut stream: TcpStream) -> bool {
    let mut bytes = [0; 4_096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

/// The honest node gets blocks as if nothing were the matter.
fn check_honest(network: &Network, honest: usize) {
    let before = network.head(honest);
    wait("blocks come to the honest node", || network.head(honest) >= before + 3);
}

fn drops(network: &Network, node: usize) -> String {
    let page = network.client(node).get("/metrics").expect("a page").1;
    page.lines().filter(|line| line.contains("peer_drops")).collect::<Vec<_>>().join("\n")
}

#[test]
fn garbage_before_and_after_the_keys_ends_the_connection_with_a_reason() {
    let (network, victim, honest) = pair();
    let mut no_key = connect(&network, victim);
    no_key.write_all(&[0xff; 33]).expect("sent");
    assert!(is_closed(no_key), "what came first is no key");
    let mut no_message = connect(&network, victim);
    no_message.write_all(&PrivateKey::from_seed("stranger").public_key().0).expect("sent");
    let _closed_in_between = no_message.write_all(&vec![0x5a; GARBAGE_BYTES]);
    assert!(is_closed(no_message), "its messages cannot be read");
    wait("the reasons are told", || drops(&network, victim).contains("Unreadable"));
    let told = network.health(victim)["peers"]["last_drops"].to_string();
    assert!(told.contains("no key") || told.contains("too long"), "{told}");
    check_honest(&network, honest);
}

#[test]
fn who_says_nothing_or_drips_is_left_in_time() {
    let (network, victim, honest) = pair();
    let silent = connect(&network, victim);
    let mut dripping = connect(&network, victim);
    let key = PrivateKey::from_seed("slow").public_key().0;
    dripping.write_all(&key).expect("sent");
    let started = Instant::now();
    let drip = std::thread::spawn(move || {
        while started.elapsed() < Duration::from_secs(40) && dripping.write_all(&[7]).is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
        started.elapsed()
    });
    assert!(is_closed(silent), "a silent one is left");
    assert!(started.elapsed() < Duration::from_secs(15));
    let lasted = drip.join().expect("it ended");
    assert!(lasted < Duration::from_secs(36), "a handshake has an end: {lasted:?}");
    assert!(drops(&network, victim).contains("HandshakeSlow"));
    check_honest(&network, honest);
}

#[test]
fn five_hundred_connections_of_one_address_keep_nobody_out_for_long() {
    let (mut network, victim, honest) = pair();
    let before = memory(network.process(victim).id());
    let held: Vec<TcpStream> = (0..FLOOD).map(|_| connect(&network, victim)).collect();
    check_honest(&network, honest);
    let grown = memory(network.process(victim).id()).saturating_sub(before);
    assert!(grown < GROWTH_MAX_MIB, "{grown} MiB for {FLOOD} connections");
    let told = drops(&network, victim);
    assert!(told.contains("TooManyOfAnAddress"), "{told}");
    drop(held);
    let late = network.add("late", &[victim], false);
    wait("a node that comes later is let in", || network.head(late) >= 3);
}

/// Connections from so many addresses of this machine.
fn connect_from_many(network: &Network, node: usize, count: usize) -> Vec<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let place = network.place(node).parse().expect("an address");
    runtime.expect("a runtime").block_on(async {
        let mut streams = Vec::new();
        for number in 0..count {
            let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
            let address = [127, 1, (number / 250) as u8, (number % 250 + 1) as u8];
            socket.bind((address, 0).into()).expect("an address of this machine");
            let stream = socket.connect(place).await.expect("a connection");
            streams.push(stream.into_std().expect("a stream"));
        }
        streams
    })
}

#[test]
fn five_hundred_connections_of_as_many_addresses_keep_nobody_out_for_long() {
    let (mut network, victim, honest) = pair();
    let before = memory(network.process(victim).id());
    let held = connect_from_many(&network, victim, FLOOD);
    check_honest(&network, honest);
    let grown = memory(network.process(victim).id()).saturating_sub(before);
    assert!(grown < GROWTH_MAX_MIB, "{grown} MiB for {FLOOD} connections");
    wait("the reasons are told", || {
        let told = drops(&network, victim);
        told.contains("\"TooMany\"") && told.contains("HandshakeSlow")
    });
    // They are still open at the other end, and cost nobody a place.
    let late = network.add("late", &[victim], false);
    wait("a node that comes later is let in", || network.head(late) >= 3);
    drop(held);
}

#[test]
fn who_is_told_of_itself_leaves_itself_and_does_not_try_again() {
    let (network, victim, honest) = pair();
    let own = network.place(victim);
    network.call(victim, "network_node", "add_node", serde_json::json!([own]));
    let told = || network.health(victim)["peers"]["last_drops"].to_string();
    wait("it has left itself", || told().contains("I'm connecting to myself"));
    let known = network.call(victim, "network_node", "get_potential_peers", serde_json::json!([]));
    let known = known.as_array().expect("a list").iter();
    let itself = known.clone().find(|record| record["endpoint"] == own).expect("it is known");
    let failures = itself["number_of_failed_connection_attempts"].as_u64();
    assert!(failures.is_some_and(|failures| failures >= 120), "{itself}");
    check_honest(&network, honest);
}
