//! The signer's end of the socket: a thread for each connection, of which there are few.
//!
//! Invariant: whatever comes is bounded in bytes and time and is answered or ends the connection;
//! it never ends the signer.

use crate::address::Address;
use crate::guard::Guard;
use crate::lease::{Claimed, Lease};
use crate::protocol::{
    Answer, NODE_NAME_MAX, Question, SignerError, VERSION, parse, read_header, read_key,
};
use crate::stream::{Lines, Stream};
use carbyne_chain::SigningRefusal;
use std::collections::BTreeMap;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long after a failure to take a connection the next is taken.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What is too much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// How long a question may take to come, its silence before included.
    pub question: Duration,
    /// How long an answer may take to be taken.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (question, answer) = (Duration::from_secs(60), Duration::from_secs(2));
        Self { connections: 32, question, answer }
    }
}

/// Where connections come in.
pub struct Listener {
    address: Address,
    socket: Socket,
}

enum Socket {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    /// Takes the address. A unix socket that nobody listens at any more is replaced; only its owner
    /// may connect.
    pub fn bind(address: &Address) -> io::Result<Self> {
        let (socket, address) = match address {
            Address::Unix(path) => {
                remove_dead(path)?;
                let socket = UnixListener::bind(path)?;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
                (Socket::Unix(socket), address.clone())
            }
            Address::Tcp(wanted) => {
                let socket = TcpListener::bind(wanted)?;
                let address = Address::Tcp(socket.local_addr()?);
                (Socket::Tcp(socket), address)
            }
        };
        Ok(Self { address, socket })
    }

    /// Where it listens; the port is that which the system gave.
    pub fn address(&self) -> &Address {
        &self.address
    }

    fn accept(&self) -> io::Result<Stream> {
        match &self.socket {
            Socket::Unix(socket) => socket.accept().map(|(stream, _)| Stream::Unix(stream)),
            Socket::Tcp(socket) => socket.accept().map(|(stream, _)| Stream::Tcp(stream)),
        }
    }
}

fn remove_dead(path: &Path) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// What all connections share.
struct Shared {
    guard: Mutex<Guard>,
    lease: Mutex<Lease>,
    started: Instant,
    limits: Limits,
    /// The connections, to end them.
    streams: Mutex<BTreeMap<u64, Stream>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers nodes until `is_stopping` and one more connection comes; ends all connections then.
pub fn serve(
    listener: &Listener,
    guard: Guard,
    lease: Lease,
    limits: Limits,
    is_stopping: &AtomicBool,
) {
    let shared = Arc::new(Shared {
        guard: Mutex::new(guard),
        lease: Mutex::new(lease),
        started: Instant::now(),
        limits,
        streams: Mutex::default(),
    });
    let mut threads = BTreeMap::new();
    for number in 0_u64.. {
        let accepted = listener.accept();
        if is_stopping.load(Ordering::Relaxed) {
            break;
        }
        threads.retain(|_, thread: &mut thread::JoinHandle<()>| !thread.is_finished());
        match accepted.and_then(|stream| start(&shared, number, stream)) {
            Ok(Some(thread)) => drop(threads.insert(number, thread)),
            Ok(None) => tracing::warn!(limit = limits.connections, "too many connections"),
            Err(error) => {
                tracing::warn!(%error, "a connection did not come about");
                thread::sleep(AFTER_FAILURE);
            }
        }
    }
    locked(&shared.streams).values().for_each(Stream::end);
    for thread in threads.into_values() {
        let _stopped_at_a_bug = thread.join();
    }
}

/// Answers a connection on a thread of its own, unless there are too many.
fn start(
    shared: &Arc<Shared>,
    number: u64,
    stream: Stream,
) -> io::Result<Option<thread::JoinHandle<()>>> {
    let mut streams = locked(&shared.streams);
    if streams.len() >= shared.limits.connections {
        return Ok(None);
    }
    streams.insert(number, stream.try_clone()?);
    drop(streams);
    let theirs = shared.clone();
    let spawned = thread::Builder::new().name(format!("node {number}")).spawn(move || {
        if let Err(error) = theirs.answer_all(Lines::new(stream)) {
            tracing::debug!(%error, "a connection ended");
        }
        locked(&theirs.streams).remove(&number);
    });
    if spawned.is_err() {
        locked(&shared.streams).remove(&number);
    }
    spawned.map(Some)
}

impl Shared {
    fn answer_all(&self, mut lines: Lines) -> Result<(), SignerError> {
        let mut node = None;
        loop {
            lines.until(Instant::now() + self.limits.question);
            let line = match lines.read() {
                Ok(None) => return Ok(()),
                Ok(Some(line)) => line,
                Err(error) => {
                    lines.until(Instant::now() + self.limits.answer);
                    let _may_be_gone = lines.write(&Answer::NotUnderstood(error.to_string()));
                    return Err(error);
                }
            };
            let answered = parse(&line).and_then(|question| self.answer(&mut node, question));
            lines.until(Instant::now() + self.limits.answer);
            match answered {
                Ok(answer) => lines.write(&answer)?,
                Err(error) => {
                    lines.write(&Answer::NotUnderstood(error.to_string()))?;
                    return Err(error);
                }
            }
        }
    }

    fn answer(&self, node: &mut Option<String>, question: Question) -> Result<Answer, SignerError> {
        let wrong = |what: &str| SignerError::NotUnderstood(what.to_owned());
        match (question, node.as_deref()) {
            (Question::Hello { version, node: name }, None) => {
                if version != VERSION || name.is_empty() || name.len() > NODE_NAME_MAX {
                    return Err(wrong("another version, or no name of a node"));
                }
                *node = Some(name);
                Ok(self.welcome())
            }
            (Question::Hello { .. }, Some(_)) => Err(wrong("hello was said")),
            (_, None) => Err(wrong("hello was not said")),
            (Question::Ready, Some(node)) => Ok(match self.claim(node) {
                Ok(()) => Answer::Yours,
                Err(refusal) => Answer::Refused(refusal.into()),
            }),
            (Question::Sign { key, header }, Some(node)) => {
                let key = read_key(&key).ok_or_else(|| wrong("this is no key"))?;
                let header = read_header(&header).ok_or_else(|| wrong("this is no header"))?;
                let signed =
                    self.claim(node).and_then(|()| locked(&self.guard).sign(&key, &header));
                let (witness, time) = (header.witness, header.timestamp);
                Ok(match signed {
                    Ok(signature) => {
                        tracing::info!(%witness, %time, node, "signed");
                        Answer::Signed(hex::encode(signature.0))
                    }
                    Err(refusal) => {
                        tracing::warn!(%witness, %time, node, %refusal, "not signed");
                        Answer::Refused(refusal.into())
                    }
                })
            }
        }
    }

    fn welcome(&self) -> Answer {
        let keys = locked(&self.guard).public_keys();
        let lease = locked(&self.lease).length().as_secs();
        Answer::Welcome {
            keys: keys.iter().map(|key| hex::encode(key.0)).collect(),
            lease_seconds: u32::try_from(lease).unwrap_or(u32::MAX),
        }
    }

    fn claim(&self, node: &str) -> Result<(), SigningRefusal> {
        let claimed = locked(&self.lease).claim(self.started.elapsed(), node)?;
        match claimed {
            Claimed::Kept => {}
            Claimed::Taken { from: None } => tracing::info!(node, "makes the blocks"),
            Claimed::Taken { from: Some(before) } => {
                tracing::warn!(node, before, "takes over: the other was silent");
            }
        }
        Ok(())
    }
}
