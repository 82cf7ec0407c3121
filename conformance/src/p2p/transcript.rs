//! The lines of a transcript.

use crate::recording;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_net::cipher::SharedSecret;
use serde_json::Value;
use std::io;
use std::path::Path;

/// Something that happened on a connection of the recorded node.
pub(super) struct Entry {
    /// Line of the recording, counted from 1.
    pub(super) line: usize,
    /// Number of the connection.
    pub(super) connection: u64,
    pub(super) event: Event,
}

/// What happened.
pub(super) enum Event {
    /// The keys were exchanged.
    KeyExchange(Box<KeyExchange>),
    /// The node encrypted a message.
    Cipher { plain: Vec<u8>, cipher: Vec<u8> },
    /// The node sent a message.
    Sent(Recorded),
    /// The node received a message.
    Received(Recorded),
}

/// The keys of a connection.
pub(super) struct KeyExchange {
    pub(super) own: PrivateKey,
    pub(super) own_public: PublicKey,
    pub(super) other: PublicKey,
    pub(super) secret: SharedSecret,
    pub(super) aes_key: Vec<u8>,
    pub(super) aes_start: Vec<u8>,
}

/// A recorded message.
pub(super) struct Recorded {
    pub(super) kind: u32,
    pub(super) name: String,
    pub(super) payload: Vec<u8>,
}

/// Reads a transcript.
pub(super) fn read(path: &Path) -> io::Result<Vec<Entry>> {
    let lines = recording::objects(path)?;
    lines.iter().enumerate().map(|(index, line)| entry(index + 1, line)).collect()
}

fn entry(number: usize, line: &Value) -> io::Result<Entry> {
    let malformed = || io::Error::other(format!("line {number} of the transcript is malformed"));
    let connection = line["conn"].as_u64().ok_or_else(malformed)?;
    let event = event(line).ok_or_else(malformed)?;
    Ok(Entry { line: number, connection, event })
}

fn event(line: &Value) -> Option<Event> {
    Some(match line["ev"].as_str()? {
        "key_exchange" => Event::KeyExchange(Box::new(key_exchange(line)?)),
        "cipher" => Event::Cipher { plain: bytes(line, "plain")?, cipher: bytes(line, "cipher")? },
        "send" => Event::Sent(recorded(line)?),
        "recv" => Event::Received(recorded(line)?),
        _ => return None,
    })
}

fn key_exchange(line: &Value) -> Option<KeyExchange> {
    let public = |name| Some(PublicKey(bytes(line, name)?.try_into().ok()?));
    Some(KeyExchange {
        own: PrivateKey::from_bytes(bytes(line, "private_key")?.try_into().ok()?).ok()?,
        own_public: public("public_key")?,
        other: public("remote_public_key")?,
        secret: SharedSecret::from_bytes(bytes(line, "shared_secret")?.try_into().ok()?),
        aes_key: bytes(line, "aes_key")?,
        aes_start: bytes(line, "aes_iv")?,
    })
}

fn recorded(line: &Value) -> Option<Recorded> {
    Some(Recorded {
        kind: u32::try_from(line["type"].as_u64()?).ok()?,
        name: line["name"].as_str()?.to_owned(),
        payload: bytes(line, "hex")?,
    })
}

fn bytes(line: &Value, member: &str) -> Option<Vec<u8>> {
    hex::decode(line[member].as_str()?).ok()
}
