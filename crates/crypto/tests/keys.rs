//! Keys, signatures and memos against what the reference node computed.
//!
//! `testdata/keys.jsonl` holds one key a line with everything derived from it. Signatures and memos
//! are compared byte for byte, since both are deterministic.

use carbyne_crypto::{Address, PrivateKey, PtsAddress, PublicKey, Signature, memo, recover};
use serde_json::Value;

const PREFIX: &str = "BTS";

fn check(test: impl Fn(&Value, &PrivateKey)) {
    let lines = include_str!("../testdata/keys.jsonl").lines();
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 64);
    for line in &lines {
        test(line, &PrivateKey::from_seed(text(line, "seed")));
    }
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap()
}

fn bytes<const N: usize>(line: &Value, field: &str) -> [u8; N] {
    hex::decode(text(line, field)).unwrap().try_into().unwrap()
}

fn key(line: &Value, field: &str) -> PublicKey {
    PublicKey::from_text(text(line, field), PREFIX).unwrap()
}

#[test]
fn seeds_give_secrets_and_wif() {
    check(|line, private| {
        assert_eq!(hex::encode(private.to_bytes()), text(line, "secret_hex"));
        assert_eq!(private.to_wif(), text(line, "wif"));
        assert_eq!(&PrivateKey::from_wif(text(line, "wif")).unwrap(), private);
    });
}

#[test]
fn secrets_give_public_keys_and_addresses() {
    check(|line, private| {
        let public = private.public_key();
        assert_eq!(public.to_text(PREFIX), text(line, "public_key"));
        assert_eq!(public, key(line, "public_key"));
        let address = public.address();
        assert_eq!(address.to_text(PREFIX), text(line, "address"));
        assert_eq!(address, Address::from_text(text(line, "address"), PREFIX).unwrap());
        let pts = public.pts_address(true, 56).unwrap();
        assert_eq!(pts.to_text(), text(line, "pts_address"));
        assert_eq!(pts, PtsAddress::from_text(text(line, "pts_address")).unwrap());
    });
}

#[test]
fn both_sides_share_the_recorded_secret() {
    check(|line, private| {
        let peer = PrivateKey::from_seed(text(line, "peer_seed"));
        assert_eq!(peer.public_key(), key(line, "peer_public_key"));
        let want = bytes::<64>(line, "shared_secret_sha512");
        assert_eq!(private.shared_secret(&peer.public_key()).unwrap(), want);
        assert_eq!(peer.shared_secret(&private.public_key()).unwrap(), want);
    });
}

#[test]
fn signatures_are_the_recorded_ones_and_give_the_key_back() {
    check(|line, private| {
        let digest = bytes::<32>(line, "digest");
        let signature = Signature(bytes(line, "compact_signature"));
        assert_eq!(recover(&digest, &signature).unwrap(), private.public_key());
        assert_eq!(private.sign(&digest), signature);
    });
}

#[test]
fn memos_are_the_recorded_ones_and_can_be_read() {
    check(|line, private| {
        let memo = &line["memo"];
        let nonce: u64 = memo["nonce"].to_string().trim_matches('"').parse().unwrap();
        let message = hex::decode(text(memo, "message")).unwrap();
        let (to, plain) = (key(memo, "to"), text(line, "memo_text"));
        assert_eq!(memo::encrypt(private, &to, nonce, plain).unwrap(), message);
        let peer = PrivateKey::from_seed(text(line, "peer_seed"));
        assert_eq!(memo::decrypt(&peer, &key(memo, "from"), nonce, &message).unwrap(), plain);
    });
}
