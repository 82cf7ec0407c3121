//! Keys made from seeds: texts, shared secrets, signatures, memos; and the default fee schedule.

use super::{expect, form, text};
use crate::compare::Difference;
use crate::recording;
use crate::report::Report;
use carbyne_crypto::{PrivateKey, memo, recover};
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ops::transfer::Memo;
use carbyne_wire::{Dialect, Digest, JsonIn, Pack};
use serde_json::Value;
use std::io;
use std::path::Path;

/// Version byte of the recorded addresses in the form of PTS.
const PTS_VERSION: u8 = 56;

/// Checks the fee schedule in the first line and a key in each of the others.
pub(super) fn check_file(path: &Path) -> io::Result<Report> {
    let file = recording::name(path);
    let mut report = Report::default();
    for (index, line) in recording::objects(path)?.iter().enumerate() {
        let (subject, differences) = match line.get("default_fee_schedule") {
            Some(schedule) => ("default fee schedule", check_schedule(line, schedule)),
            None => (text(line, "seed"), check_key(line)),
        };
        report.add(&file, index + 1, subject, differences);
    }
    Ok(report)
}

fn check_schedule(line: &Value, wanted: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    let schedule = FeeSchedule::with_defaults();
    form::compare_written(wanted, &schedule.to_json_in(Dialect::REFERENCE), &mut differences);
    expect(&mut differences, line, "hex", hex::encode(schedule.to_bytes()));
    match FeeSchedule::from_json_in(wanted, Dialect::REFERENCE) {
        Ok(read) if read == schedule => {}
        Ok(read) => differences.push(Difference::new(
            "json",
            schedule.to_json_in(Dialect::REFERENCE),
            read.to_json_in(Dialect::REFERENCE),
        )),
        Err(error) => differences.push(Difference::new("json", "readable JSON", error)),
    }
    differences
}

fn check_key(line: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    let key = PrivateKey::from_seed(text(line, "seed"));
    let peer = PrivateKey::from_seed(text(line, "peer_seed"));
    let public = key.public_key();
    let prefix = Dialect::REFERENCE.prefix();
    expect(&mut differences, line, "secret_hex", hex::encode(key.to_bytes()));
    expect(&mut differences, line, "wif", key.to_wif());
    expect(&mut differences, line, "public_key", public.to_text(prefix));
    expect(&mut differences, line, "address", public.address().to_text(prefix));
    expect(&mut differences, line, "peer_public_key", peer.public_key().to_text(prefix));
    let pts = public.pts_address(true, PTS_VERSION).map(|address| address.to_text());
    expect(&mut differences, line, "pts_address", pts.unwrap_or_else(|error| error.to_string()));
    let secret = key.shared_secret(&peer.public_key()).map(hex::encode);
    let secret = secret.unwrap_or_else(|error| error.to_string());
    expect(&mut differences, line, "shared_secret_sha512", secret);
    match PrivateKey::from_wif(text(line, "wif")) {
        Ok(read) if read == key => {}
        _ => differences.push(Difference::new("wif", "the same key", "another key or none")),
    }
    check_signature(line, &key, &mut differences);
    check_memo(line, &key, &peer, &mut differences);
    differences
}

fn check_signature(line: &Value, key: &PrivateKey, differences: &mut Vec<Difference>) {
    let digest = Digest::<32>::from_hex(text(line, "digest")).unwrap_or_default().0;
    let signature = key.sign(&digest);
    expect(differences, line, "compact_signature", hex::encode(signature.0));
    if recover(&digest, &signature) != Ok(key.public_key()) {
        differences.push(Difference::new("compact_signature", "recovers its key", "does not"));
    }
}

fn check_memo(
    line: &Value,
    key: &PrivateKey,
    peer: &PrivateKey,
    differences: &mut Vec<Difference>,
) {
    let recorded = match Memo::from_json_in(&line["memo"], Dialect::REFERENCE) {
        Ok(memo) => memo,
        Err(error) => {
            differences.push(Difference::new("memo", "readable JSON", error));
            return;
        }
    };
    form::compare_written(&line["memo"], &recorded.to_json_in(Dialect::REFERENCE), differences);
    let (nonce, message) = (recorded.nonce, &recorded.message);
    let plain = memo::decrypt(peer, &key.public_key(), nonce, &message.0);
    expect(differences, line, "memo_text", plain.unwrap_or_else(|error| error.to_string()));
    match memo::encrypt(key, &peer.public_key(), nonce, text(line, "memo_text")) {
        Ok(bytes) if bytes == message.0 => {}
        Ok(bytes) => {
            let (wanted, got) = (hex::encode(&message.0), hex::encode(bytes));
            differences.push(Difference::new("memo.message", wanted, got));
        }
        Err(error) => differences.push(Difference::new("memo.message", "a message", error)),
    }
}
