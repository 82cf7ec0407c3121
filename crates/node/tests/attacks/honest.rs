//! Somebody who asks a little, now and then, beside an attack: how long answers take, and whether
//! blocks come.

use serde_json::{Value, json};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Between two blocks.
const INTERVAL: Duration = Duration::from_secs(1);
/// Seconds of a day.
const DAY: u64 = 86_400;
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(10);
/// After so many questions it connects anew.
const QUESTIONS: usize = 20;
/// An answer that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How long answers took, connecting included.
    pub times: Vec<Duration>,
    /// Questions that were not answered, with the reason of the last.
    pub unanswered: (usize, String),
    /// The longest time without a new block, but for slots that maintenance passes over.
    pub longest_gap: Duration,
    /// Slots without a block.
    pub missed: u64,
}

impl Seen {
    /// What all but one answer in a hundred take at most.
    pub fn p99(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() * 99 / 100).copied().unwrap_or(Duration::MAX)
    }
}

/// Asks until it is told to stop.
pub struct Honest {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

impl Honest {
    /// Waits for a block, so that it knows when the next is due.
    pub fn start_at_a_block(url: String) -> Self {
        let started = Instant::now();
        let (mut socket, mut first) = (None, None);
        while started.elapsed() < PATIENCE {
            let properties = ask(&mut socket, &url).expect("answered");
            let now = place(&properties).number;
            if now > *first.get_or_insert(now) {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::spawn(move || observe(&url, &told));
        Self { stop, thread }
    }

    pub fn stop(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("it ends")
    }
}

/// How long the block after the end of an attack is waited for.
const LAST_BLOCK_WITHIN: Duration = Duration::from_secs(10);

fn observe(url: &str, stop: &AtomicBool) -> Seen {
    let (mut seen, mut head, mut socket) = (Seen::default(), None, None);
    let mut since = Instant::now();
    for number in 0_usize.. {
        let mut is_new = false;
        if number.is_multiple_of(QUESTIONS) {
            socket = None;
        }
        let started = Instant::now();
        match ask(&mut socket, url) {
            Ok(properties) => {
                seen.times.push(started.elapsed());
                let now = place(&properties);
                let (first, newest) = *head.get_or_insert((now, now));
                if now.number > newest.number {
                    let passed_over = now.seconds_since(newest).saturating_sub(INTERVAL);
                    let gap = since.elapsed().saturating_sub(passed_over);
                    seen.longest_gap = seen.longest_gap.max(gap);
                    (since, is_new) = (Instant::now(), true);
                    head = Some((first, now));
                    let blocks = now.number - first.number;
                    seen.missed = (now.slot - first.slot).saturating_sub(blocks);
                }
            }
            Err(why) => {
                seen.times.push(started.elapsed().max(PATIENCE));
                seen.unanswered = (seen.unanswered.0 + 1, why);
                socket = None;
            }
        }
        // To the next block: it says whether the last gap was one that maintenance makes.
        if stop.load(Ordering::Relaxed) && (is_new || since.elapsed() > LAST_BLOCK_WITHIN) {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    seen.longest_gap = seen.longest_gap.max(since.elapsed());
    seen
}

/// Where the head block is.
#[derive(Clone, Copy)]
struct Place {
    number: u64,
    /// Slots so far; those that maintenance passes over are none.
    slot: u64,
    /// Of the day.
    second: u64,
}

impl Place {
    /// Time between two blocks of the chain.
    fn seconds_since(self, earlier: Self) -> Duration {
        Duration::from_secs((self.second + DAY - earlier.second) % DAY)
    }
}

fn place(properties: &Value) -> Place {
    let number = |name: &str| properties["result"][name].as_u64().unwrap_or_default();
    let time = properties["result"]["time"].as_str().unwrap_or_default();
    let clock = time.split_once('T').map_or("", |(_, clock)| clock);
    let parts = clock.split(':').map(|part| part.parse::<u64>().unwrap_or_default());
    Place {
        number: number("head_block_number"),
        slot: number("current_aslot"),
        second: parts.fold(0, |all, part| 60 * all + part),
    }
}

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

fn ask(socket: &mut Option<Socket>, url: &str) -> Result<Value, String> {
    let question = json!({ "id": 1, "method": "get_dynamic_global_properties", "params": [] });
    let connection = match socket {
        Some(connection) => connection,
        None => socket.insert(connect(url).map_err(|error| error.to_string())?),
    };
    let answer = connection
        .send(Message::text(question.to_string()))
        .and_then(|()| connection.read())
        .and_then(Message::into_text)
        .map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    match answer.get("error") {
        None => Ok(answer),
        Some(error) => Err(error.to_string()),
    }
}

fn connect(url: &str) -> tungstenite::Result<Socket> {
    let address = url.trim_start_matches("ws://").parse().expect("an address");
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let connected = tungstenite::client(url, MaybeTlsStream::Plain(stream));
    connected.map(|(socket, _)| socket).map_err(|error| match error {
        tungstenite::HandshakeError::Failure(error) => error,
        tungstenite::HandshakeError::Interrupted(_) => tungstenite::Error::AttackAttempt,
    })
}
