//! Commitments and range proofs against what the reference node answered and accepted.
//!
//! `commitments.jsonl` holds answers of the node's crypto API, `outputs.jsonl` the confidential
//! transfers of a recorded chain, `range_proofs.jsonl` what secp256k1-zkp of May 2015, the library
//! inside the reference, makes of inputs from all corners; proofs stand there as their SHA-256.

use carbyne_crypto::commitment::{Commitment, blind, blind_sum, verify_sum};
use carbyne_crypto::hash::sha256;
use carbyne_crypto::range_proof::{
    RangeProofInput, range_get_info, range_proof_sign, verify_range, verify_range_proof_rewind,
};
use serde_json::{Value, json};

fn lines(compressed: &[u8]) -> Vec<Value> {
    let text = zstd::decode_all(compressed).unwrap();
    let text = String::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn commitment(value: &Value) -> Option<Commitment> {
    let decoded = hex::decode(value.as_str()?).ok()?;
    decoded.try_into().ok().map(Commitment)
}

/// Numbers come as numbers or as text; negative ones wrap, as in the reference's API.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        _ => value.as_u64().or_else(|| value.as_i64().map(|number| number as u64)),
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(read).collect()
}

/// What the node would answer; nothing if it would refuse.
fn answer(method: &str, params: &[Value]) -> Option<Value> {
    let parameter = |index: usize| params.get(index);
    match method {
        "blind" => {
            let made = blind(&array(parameter(0)?), number(parameter(1)?)?).ok()?;
            Some(json!(hex::encode(made.0)))
        }
        "blind_sum" => {
            let factors = list(parameter(0)?, |factor| Some(array(factor)))?;
            let count = number(parameter(1)?)?.try_into().ok()?;
            Some(json!(hex::encode(blind_sum(&factors, count).ok()?)))
        }
        "verify_sum" => {
            let (commits_in, commits_out) =
                (list(parameter(0)?, commitment)?, list(parameter(1)?, commitment)?);
            Some(json!(verify_sum(&commits_in, &commits_out, parameter(2)?.as_i64()?)))
        }
        _ => range_answer(method, params),
    }
}

fn range_answer(method: &str, params: &[Value]) -> Option<Value> {
    match method {
        "range_proof_sign" => Some(json!(hex::encode(range_proof_sign(&input(params)?).ok()?))),
        "verify_range" => {
            let (min, max) = verify_range(&commitment(&params[0])?, &bytes(&params[1]))?;
            Some(json!({"success": true, "min_val": min, "max_val": max}))
        }
        "range_get_info" => {
            let info = range_get_info(&bytes(&params[0]))?;
            Some(json!({"exp": info.exp, "mantissa": info.mantissa,
                "min_value": info.min_value, "max_value": info.max_value}))
        }
        "verify_range_proof_rewind" => {
            let (nonce, commit) = (array(&params[0]), commitment(&params[1])?);
            let rewind = verify_range_proof_rewind(&nonce, &commit, &bytes(&params[2]))?;
            Some(json!({"success": true, "min_val": rewind.min_val, "max_val": rewind.max_val,
                "value_out": rewind.value_out, "blind_out": hex::encode(rewind.blind_out),
                "message_out": ""}))
        }
        other => panic!("nobody tests {other}"),
    }
}

fn input(params: &[Value]) -> Option<RangeProofInput> {
    Some(RangeProofInput {
        min_value: number(&params[0])?,
        commit: commitment(&params[1])?,
        commit_blind: array(&params[2]),
        nonce: array(&params[3]),
        base10_exp: params[4].as_i64()?.try_into().ok()?,
        min_bits: number(&params[5])?.try_into().ok()?,
        actual_value: number(&params[6])?,
    })
}

#[test]
fn answers_are_those_of_the_reference() {
    let lines = lines(include_bytes!("../testdata/commitments.jsonl.zst"));
    assert_eq!(lines.len(), 42);
    for line in &lines {
        let method = line["method"].as_str().unwrap();
        let got = answer(method, line["params"].as_array().unwrap());
        assert_eq!(got.as_ref(), line.get("result"), "{method} {}", line["params"]);
    }
}

#[test]
fn recorded_confidential_transfers_balance_and_their_ranges_hold() {
    for line in &lines(include_bytes!("../testdata/outputs.jsonl.zst")) {
        let mut commits_in = list(&line["inputs"], commitment).unwrap();
        let outputs = line["outputs"].as_array().unwrap();
        let mut commits_out: Vec<_> =
            outputs.iter().map(|output| commitment(&output["commitment"]).unwrap()).collect();
        let fee = line["fee"].as_i64().unwrap();
        let excess = match number(&line["amount"]) {
            None => fee,
            Some(amount) => {
                let is_going_public = outputs.is_empty();
                let amount = if is_going_public { amount + fee as u64 } else { amount };
                let public = blind(&array(&line["blinding_factor"]), amount).unwrap();
                if is_going_public { &mut commits_out } else { &mut commits_in }.push(public);
                0
            }
        };
        assert!(verify_sum(&commits_in, &commits_out, excess));
        assert!(!verify_sum(&commits_in, &commits_out, excess + 1));
        for output in outputs.iter().filter(|output| output["range_proof"] != "") {
            let commit = commitment(&output["commitment"]).unwrap();
            assert!(verify_range(&commit, &bytes(&output["range_proof"])).is_some());
        }
    }
}

#[test]
fn proofs_from_all_corners_are_byte_equal_and_can_be_read_back() {
    for line in &lines(include_bytes!("../testdata/range_proofs.jsonl.zst")) {
        let fields = ["min_value", "commit", "blind", "nonce", "exp", "min_bits", "value"];
        let params: Vec<Value> = fields.iter().map(|field| line[*field].clone()).collect();
        let input = input(&params).unwrap();
        let proof = range_proof_sign(&input).ok();
        let digest = proof.as_ref().map(|proof| json!(hex::encode(sha256(proof))));
        assert_eq!(digest.as_ref(), line.get("sha256"), "{line}");
        let Some(proof) = proof else { continue };
        let (min, max) = verify_range(&input.commit, &proof).unwrap();
        assert_eq!(json!([min.to_string(), max.to_string()]), line["range"]);
        let rewind = verify_range_proof_rewind(&input.nonce, &input.commit, &proof).unwrap();
        assert_eq!((rewind.min_val, rewind.max_val), (min, max));
        assert_eq!(json!(hex::encode(rewind.blind_out)), line["rewind"][0]);
        assert_eq!(json!(rewind.value_out.to_string()), line["rewind"][1]);
    }
}

fn sample(base10_exp: i8) -> (RangeProofInput, Vec<u8>) {
    let commit_blind = sha256(b"blind");
    let commit = blind(&commit_blind, 1234).unwrap();
    let nonce = sha256(b"nonce");
    let input = RangeProofInput {
        min_value: 0,
        commit,
        commit_blind,
        nonce,
        base10_exp,
        min_bits: 0,
        actual_value: 1234,
    };
    let proof = range_proof_sign(&input).unwrap();
    (input, proof)
}

#[test]
fn refuses_a_proof_with_any_byte_changed() {
    for exponent in [-1, 0, 2] {
        let (input, proof) = sample(exponent);
        assert!(verify_range(&input.commit, &proof).is_some());
        for index in 0..proof.len() {
            let mut spoilt = proof.clone();
            spoilt[index] ^= 1 << (index % 8);
            assert_eq!(verify_range(&input.commit, &spoilt), None, "byte {index}");
        }
    }
}

#[test]
fn refuses_a_proof_cut_or_extended() {
    let (input, proof) = sample(1);
    for length in 0..proof.len() {
        assert_eq!(verify_range(&input.commit, &proof[..length]), None, "{length} bytes");
    }
    let extended = [proof.as_slice(), &[0]].concat();
    assert_eq!(verify_range(&input.commit, &extended), None);
}

#[test]
fn refuses_a_proof_for_another_commitment_or_none() {
    let (input, proof) = sample(0);
    let other = blind(&input.commit_blind, 1235).unwrap();
    for commitment in [other, Commitment::default(), Commitment([255; 33])] {
        assert_eq!(verify_range(&commitment, &proof), None);
    }
}

#[test]
fn tells_nothing_without_the_nonce() {
    let (input, proof) = sample(0);
    assert_eq!(verify_range_proof_rewind(&[1; 32], &input.commit, &proof), None);
}

#[test]
fn a_value_of_another_commitment_cannot_be_proven() {
    let (mut input, _) = sample(0);
    input.actual_value = 1235;
    let proof = range_proof_sign(&input).unwrap();
    assert_eq!(verify_range(&input.commit, &proof), None);
}
