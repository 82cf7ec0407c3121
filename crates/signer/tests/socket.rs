//! A signer and its nodes over real sockets: one slot, one block, whoever asks and whoever ends.

use carbyne_chain::{BlockSigner, SigningRefusal};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::Refusal;
use carbyne_protocol::transaction::BlockHeader;
use carbyne_signer::{Address, Guard, Lease, Limits, Listener, Record, Remote, RemoteKey, serve};
use carbyne_store::RealDisk;
use carbyne_wire::{Digest, Id, TimePointSec};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

const LEASE: Duration = Duration::from_millis(400);

fn key() -> PrivateKey {
    PrivateKey::from_seed("witness")
}

fn header(time: u32, root: u8) -> BlockHeader {
    BlockHeader {
        timestamp: TimePointSec(time),
        witness: Id(3),
        transaction_merkle_root: Digest([root; 20]),
        ..BlockHeader::default()
    }
}

/// A signer on a thread.
struct Signer {
    address: Address,
    is_stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Signer {
    fn start(dir: &Path, address: &str, limits: Limits) -> Self {
        let now = TimePointSec(1);
        let record = Record::open(Arc::new(RealDisk), &dir.join("signed"), now).unwrap();
        let guard = Guard::new(vec![key()], record);
        let listener = Listener::bind(&address.parse().unwrap()).unwrap();
        let address = listener.address().clone();
        let is_stopping = Arc::<AtomicBool>::default();
        let theirs = is_stopping.clone();
        let thread = std::thread::spawn(move || {
            serve(&listener, guard, Lease::new(LEASE), limits, &theirs);
        });
        Self { address, is_stopping, thread: Some(thread) }
    }

    fn connect(&self, node: &str) -> RemoteKey {
        Remote::connect(&self.address, node).unwrap().remove(0)
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        let _one_more = Remote::connect(&self.address, "nobody");
        self.thread.take().unwrap().join().unwrap();
    }
}

fn in_folder(test: impl Fn(&Path, &str)) {
    let folder = tempfile::tempdir().unwrap();
    test(folder.path(), &format!("unix:{}", folder.path().join("socket").display()));
    let folder = tempfile::tempdir().unwrap();
    test(folder.path(), "127.0.0.1:0");
}

#[test]
fn two_blocks_of_one_slot_are_not_signed_also_after_a_restart() {
    in_folder(|dir, address| {
        let signer = Signer::start(dir, address, Limits::default());
        let node = signer.connect("a");
        assert_eq!(node.public_key(), key().public_key());
        let signature = node.sign_header(&header(100, 1)).unwrap();
        assert_eq!(signature, key().sign(&header(100, 1).digest().0));
        let (witness, time) = (Id(3), TimePointSec(100));
        let another = Err(SigningRefusal::AnotherSigned { witness, time });
        assert_eq!(node.sign_header(&header(100, 2)), another);
        drop(signer);
        let unanswered = node.sign_header(&header(103, 1)).expect_err("nobody is there");
        assert_eq!(unanswered.reason(), "SigningRefusal::NoAnswer");
        let signer = Signer::start(dir, address, Limits::default());
        let node = signer.connect("a");
        assert_eq!(node.sign_header(&header(100, 2)), another);
        assert_eq!(node.sign_header(&header(100, 1)), Ok(signature));
        assert!(node.sign_header(&header(103, 2)).is_ok());
    });
}

#[test]
fn of_two_nodes_one_signs_and_the_other_takes_over_from_a_silent_one() {
    in_folder(|dir, address| {
        let signer = Signer::start(dir, address, Limits::default());
        let (first, second) = (signer.connect("a"), signer.connect("b"));
        assert!(first.sign_header(&header(100, 1)).is_ok());
        let refused = second.sign_header(&header(100, 2));
        let is_leased = |refusal: SigningRefusal| {
            let SigningRefusal::Leased { holder, .. } = refusal else { return false };
            holder == "a"
        };
        assert!(refused.is_err_and(is_leased));
        // While the first says that it is there, the second stands by, and knows it.
        let end = Instant::now() + LEASE * 2;
        while Instant::now() < end {
            assert!(first.ready().is_ok());
            let _asked = second.ready();
            sleep(LEASE / 10);
        }
        assert!(second.ready().is_err_and(is_leased));
        // It falls silent.
        let end = Instant::now() + LEASE * 10;
        while second.ready().is_err() && Instant::now() < end {
            sleep(LEASE / 10);
        }
        assert!(second.sign_header(&header(103, 1)).is_ok());
        assert!(first.sign_header(&header(106, 1)).is_err());
        // Whoever has the lease, the slot that was signed stays signed.
        assert!(second.sign_header(&header(100, 9)).is_err());
    });
}

/// Says something to a signer; gives its last line before it ended the connection.
fn say(address: &Address, bytes: &[u8]) -> String {
    let Address::Unix(path) = address else { panic!("a unix socket") };
    let mut stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _may_be_ended = stream.write_all(bytes);
    BufReader::new(stream).lines().map_while(Result::ok).last().unwrap_or_default()
}

#[test]
fn whatever_is_said_ends_one_connection_only() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("unix:{}", folder.path().join("socket").display());
    let limits = Limits {
        connections: 4,
        question: Duration::from_millis(300),
        answer: Duration::from_millis(300),
    };
    let signer = Signer::start(folder.path(), &address, limits);
    let hello = "{\"hello\":{\"version\":1,\"node\":\"x\"}}\n";
    for (bytes, expected) in [
        (vec![b'x'; 100_000], "more than 16384 bytes"),
        (b"{}\n".to_vec(), "not understood"),
        (b"\xff\xfe\n".to_vec(), "not understood"),
        (b"\"ready\"\n".to_vec(), "hello was not said"),
        (hello.replace('1', "2").into(), "another version"),
        (hello.replace('x', &"x".repeat(300)).into(), "no name of a node"),
        ([hello, hello].concat().into(), "hello was said"),
        (format!("{hello}{{\"sign\":{{\"key\":\"00\",\"header\":\"\"}}}}\n").into(), "no key"),
        (b"{\"hello\":".to_vec(), "not_understood"),
    ] {
        let said = say(&signer.address, &bytes);
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // Connections that say nothing do not stay, and a few too many are ended at once.
    let Address::Unix(path) = &signer.address else { panic!("a unix socket") };
    let silent: Vec<UnixStream> = (0..8).map(|_| UnixStream::connect(path).unwrap()).collect();
    sleep(Duration::from_millis(600));
    assert!(signer.connect("a").sign_header(&header(100, 1)).is_ok());
    drop(silent);
}

#[test]
fn a_socket_that_nobody_listens_at_is_replaced_and_others_cannot_connect() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let address = Address::Unix(path.clone());
    let listener = Listener::bind(&address).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(Listener::bind(&address).is_err());
    drop(listener);
}
