//! The readers: a process of their own with 200 connections that ask at fixed moments, whatever the
//! answers take.
//!
//! The mix is called "wallets and bots": of ten requests four ask for three objects, two for a full
//! account, two for an order book of 50 on each side, two for the last 20 operations of an account.

use crate::times::{process_time, spread};
use crate::world::SYMBOL;
use serde_json::{Value, json};
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

const CONNECTIONS: u32 = 200;
const READS_PER_SECOND: u32 = 5_000;
/// The word that makes this program the readers.
const READERS: &str = "readers";

/// Whom to ask, about how many accounts, and for how long.
#[derive(Clone, Copy)]
pub struct Plan {
    pub address: SocketAddr,
    pub accounts: u64,
    pub time: Duration,
}

impl Plan {
    /// The plan in the arguments of the readers' process.
    pub fn of_arguments(arguments: &[String]) -> Option<Self> {
        let at = arguments.iter().position(|word| word == READERS)?;
        let [address, accounts, milliseconds] = &arguments[at + 1..] else { return None };
        Some(Self {
            address: address.parse().ok()?,
            accounts: accounts.parse().ok()?,
            time: Duration::from_millis(milliseconds.parse().ok()?),
        })
    }

    fn to_arguments(self) -> [String; 4] {
        let milliseconds = self.time.as_millis().to_string();
        [READERS.to_owned(), self.address.to_string(), self.accounts.to_string(), milliseconds]
    }
}

/// The running process.
pub struct Readers(Child);

impl Readers {
    /// Starts it.
    pub fn start(plan: Plan) -> Self {
        let program = std::env::current_exe().expect("a path");
        let mut command = Command::new(program);
        command.args(plan.to_arguments());
        Self(command.stdout(Stdio::piped()).spawn().expect("it starts"))
    }

    /// What it measured.
    pub fn finish(mut self) -> Value {
        let mut text = String::new();
        let mut output = self.0.stdout.take().expect("its output");
        output.read_to_string(&mut text).expect("text");
        assert!(self.0.wait().expect("it ends").success(), "the readers failed");
        serde_json::from_str(&text).expect("JSON")
    }
}

/// Reads as planned and prints what it measured.
pub fn read(plan: Plan) {
    let started = Instant::now();
    let readers: Vec<_> = (0..CONNECTIONS)
        .map(|number| std::thread::spawn(move || converse(plan, number, started)))
        .collect();
    let times = readers.into_iter().flat_map(|reader| reader.join().expect("answers"));
    let times: Vec<Duration> = times.collect();
    let seconds = started.elapsed().as_secs_f64();
    let figures = json!({
        "connections": CONNECTIONS,
        "reads_per_second": times.len() as f64 / seconds,
        "processors": process_time().as_secs_f64() / seconds,
        "latency_ms": spread(times.into_iter()),
    });
    println!("{figures}");
}

/// Every reader has an address of its own, as behind a proxy.
fn connect(plan: Plan, number: u32) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(plan.address).expect("connected");
    stream.set_nodelay(true).expect("no delay");
    let url = format!("ws://{}", plan.address);
    let mut request = url.into_client_request().expect("a request");
    let who = format!("192.0.2.{number}").parse().expect("an address");
    request.headers_mut().insert("x-forwarded-for", who);
    tungstenite::client(request, stream).expect("a WebSocket").0
}

/// Asks at fixed moments; gives the times from those to the answers.
fn converse(plan: Plan, number: u32, started: Instant) -> Vec<Duration> {
    let mut socket = connect(plan, number);
    let period = Duration::from_secs(CONNECTIONS.into()) / READS_PER_SECOND;
    let mut due = started + period * number / CONNECTIONS;
    let mut times = Vec::new();
    while due < started + plan.time {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let request = request(times.len() as u64, u64::from(number), plan.accounts);
        socket.send(Message::text(request.to_string())).expect("sent");
        let answer = socket.read().expect("answered").into_text().expect("text");
        assert!(answer.contains("\"result\":"), "{answer}");
        times.push(due.elapsed());
        due += period;
    }
    times
}

/// The request that comes next on a connection.
fn request(count: u64, number: u64, accounts: u64) -> Value {
    let any = (count * u64::from(CONNECTIONS) + number).wrapping_mul(2_862_933_555_777_941_757);
    let name = format!("user{}", any % accounts);
    let (api, method, arguments) = match count % 10 {
        0..4 => ("database", "get_objects", json!([["2.1.0", "1.3.0", "1.2.7"], false])),
        4..6 => ("database", "get_full_accounts", json!([[name], false])),
        6..8 => ("database", "get_order_book", json!(["1.3.0", SYMBOL, 50])),
        _ => ("history", "get_account_history", json!([name, "1.11.0", 20, "1.11.0"])),
    };
    json!({ "id": count, "method": "call", "params": [api, method, arguments] })
}
