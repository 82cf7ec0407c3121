//! Bytes of connections: keys, encrypted writes, messages.

use super::transcript::{Entry, Event, KeyExchange, Recorded};
use crate::compare::Difference;
use crate::report::Report;
use carbyne_net::cipher::{Decryptor, Encryptor, SharedSecret};
use carbyne_net::frame::{self, Assembly};
use carbyne_net::message::Message;
use carbyne_wire::Tags;
use std::collections::BTreeMap;

/// Adds a case for every key exchange, encrypted write and message.
pub(super) fn check(entries: &[Entry], file: &str, report: &mut Report) {
    let mut ends: BTreeMap<u64, (Encryptor, Decryptor)> = BTreeMap::new();
    for entry in entries {
        let (subject, differences) = match &entry.event {
            Event::KeyExchange(keys) => {
                let both = (keys.secret.encryptor(), keys.secret.decryptor());
                ends.insert(entry.connection, both);
                ("key exchange".to_owned(), key_exchange(keys))
            }
            Event::Cipher { plain, cipher } => {
                let ends = ends.get_mut(&entry.connection);
                ("encrypted write".to_owned(), write(ends, plain, cipher))
            }
            Event::Sent(recorded) | Event::Received(recorded) => {
                (recorded.name.clone(), message(recorded))
            }
        };
        let subject = format!("connection {}: {subject}", entry.connection);
        report.add(file, entry.line, &subject, differences);
    }
}

fn differ(field: &str, wanted: impl AsRef<[u8]>, got: impl AsRef<[u8]>) -> Option<Difference> {
    let (wanted, got) = (wanted.as_ref(), got.as_ref());
    (wanted != got).then(|| Difference::new(field, hex::encode(wanted), hex::encode(got)))
}

fn key_exchange(keys: &KeyExchange) -> Vec<Difference> {
    let mut differences = Vec::new();
    differences.extend(differ("public_key", keys.own_public.0, keys.own.public_key().0));
    match SharedSecret::new(&keys.own, &keys.other) {
        Ok(secret) => {
            if secret != keys.secret {
                differences.push(Difference::new("shared_secret", "as recorded", "another"));
            }
            differences.extend(differ("aes_key", &keys.aes_key, secret.key()));
            differences.extend(differ("aes_iv", &keys.aes_start, secret.start()));
        }
        Err(error) => differences.push(Difference::new("shared_secret", "a secret", error)),
    }
    differences
}

/// What was written is read as a whole frame, and that frame is written as it was.
fn write(
    ends: Option<&mut (Encryptor, Decryptor)>,
    plain: &[u8],
    cipher: &[u8],
) -> Vec<Difference> {
    let Some((encryptor, decryptor)) = ends else {
        return vec![Difference::new("connection", "a key exchange", "none")];
    };
    let mut assembly = Assembly::default();
    decryptor.decrypt(cipher, assembly.room());
    let framed = match assembly.next_frame() {
        Ok(Some(frame)) => frame::pack(frame.kind, &frame.payload),
        _ => Vec::new(),
    };
    let mut encrypted = framed.clone();
    encryptor.encrypt(&mut encrypted);
    differ("plain", plain, framed).into_iter().chain(differ("cipher", cipher, encrypted)).collect()
}

/// A message unpacks and packs to equal bytes; one whose number nobody knows is known as that.
fn message(recorded: &Recorded) -> Vec<Difference> {
    let is_known = recorded.name != "unknown";
    match Message::read(recorded.kind, &recorded.payload, Tags::Reference) {
        Ok(Some(message)) if is_known => {
            let mut differences = Vec::new();
            differences.extend(differ("hex", &recorded.payload, message.payload()));
            if message.kind() != recorded.kind {
                differences.push(Difference::new("type", recorded.kind, message.kind()));
            }
            differences
        }
        Ok(None) if !is_known => Vec::new(),
        Ok(_) => vec![Difference::new("type", recorded.name.clone(), "another")],
        Err(error) => vec![Difference::new("hex", "a message", error)],
    }
}
