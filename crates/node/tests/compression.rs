//! Compressed messages (RFC 7692) over real sockets, by a client that speaks the frames itself.

#[allow(dead_code)]
mod harness;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use harness::Dev;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use tempfile::TempDir;

const FINAL_TEXT: u8 = 0x81;
const COMPRESSED: u8 = 0x40;
const CLOSE: u8 = 0x88;
const MESSAGE_TOO_BIG: u16 = 1_009;
/// What every compressed message ends with and leaves out.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

struct Client {
    stream: TcpStream,
    /// What the node answered to the handshake.
    head: String,
}

impl Client {
    fn connect(node: &Dev, offer: &str) -> Self {
        let address = node.url.trim_start_matches("ws://");
        let mut stream = TcpStream::connect(address).expect("connected");
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {offer}\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text").to_lowercase();
        assert!(head.starts_with("http/1.1 101"), "{head}");
        Self { stream, head }
    }

    /// Sends a frame, masked with zeros.
    fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first, 0x80 | 126];
        frame.extend(u16::try_from(payload.len()).expect("a short frame").to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(payload);
        self.stream.write_all(&frame).expect("sent");
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("a frame");
        bytes
    }

    /// The next frame: its first byte and what it carries.
    fn receive(&mut self) -> (u8, Vec<u8>) {
        let start = self.bytes(2);
        let wide = match start[1] {
            126 => 2,
            127 => 8,
            length => return (start[0], self.bytes(length.into())),
        };
        let length = self.bytes(wide).iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        (start[0], self.bytes(length))
    }
}

fn node(api: &str) -> (TempDir, Dev) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    Dev::start_in(&data, &["--instant"]).stop("-TERM");
    let node = Dev::start_node(&data, api);
    (folder, node)
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1_024);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(text, &mut bytes, FlushCompress::Sync).expect("deflated");
    assert!(bytes.ends_with(&TAIL));
    bytes.truncate(bytes.len() - TAIL.len());
    bytes
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let bytes = [bytes, &TAIL].concat();
    let mut text = Vec::with_capacity(1 << 20);
    let mut inflate = Decompress::new(false);
    inflate.decompress_vec(&bytes, &mut text, FlushDecompress::Sync).expect("inflated");
    text
}

fn long_question() -> String {
    json!({ "id": 1, "method": "call", "params": ["carbyne", "get_openrpc", []] }).to_string()
}

fn short_question() -> String {
    json!({ "id": 2, "method": "get_chain_id", "params": [] }).to_string()
}

fn id(answer: &[u8]) -> Value {
    serde_json::from_slice::<Value>(answer).expect("JSON")["id"].clone()
}

#[test]
fn long_answers_are_compressed_for_who_asks() {
    let (_folder, node) = node("");
    let mut client = Client::connect(&node, OFFER);
    let head = &client.head;
    assert!(head.contains("sec-websocket-extensions: permessage-deflate"), "{head}");
    // Each message is compressed for itself: nothing is kept for a connection that says nothing.
    assert!(head.contains("server_no_context_takeover"), "{head}");
    assert!(head.contains("client_no_context_takeover"), "{head}");
    for _ in 0..3 {
        client.send(FINAL_TEXT | COMPRESSED, &deflated(long_question().as_bytes()));
        let (first, payload) = client.receive();
        let text = inflated(&payload);
        assert_eq!((first, id(&text)), (FINAL_TEXT | COMPRESSED, json!(1)));
        assert!(payload.len() * 3 < text.len(), "{} of {}", payload.len(), text.len());
        client.send(FINAL_TEXT, short_question().as_bytes());
        let (first, text) = client.receive();
        assert_eq!((first, id(&text)), (FINAL_TEXT, json!(2)));
    }
}

#[test]
fn nothing_is_compressed_unless_both_want_it() {
    for (api, offer) in [("", ""), ("compress = false", OFFER)] {
        let (_folder, node) = node(api);
        let mut client = Client::connect(&node, offer);
        assert!(!client.head.contains("permessage-deflate"), "{}", client.head);
        client.send(FINAL_TEXT, long_question().as_bytes());
        let (first, text) = client.receive();
        assert_eq!((first, id(&text)), (FINAL_TEXT, json!(1)));
    }
}

#[test]
fn a_message_that_is_too_large_when_inflated_ends_the_connection() {
    let (_folder, node) = node("frame_kib = 64");
    let mut client = Client::connect(&node, OFFER);
    let bomb = deflated(&vec![b' '; 16 << 20]);
    assert!(bomb.len() < 64 << 10, "it is {} bytes long", bomb.len());
    client.send(FINAL_TEXT | COMPRESSED, &bomb);
    let (first, payload) = client.receive();
    assert_eq!((first, &payload[..2]), (CLOSE, &MESSAGE_TOO_BIG.to_be_bytes()[..]));
    let (_, page) = node.client().get("/metrics").expect("it lives");
    assert!(page.contains("carbyne_head_block"), "{page}");
}
