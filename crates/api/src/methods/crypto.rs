//! Crypto: commitments and range proofs of confidential transfers, for clients that cannot compute
//! them.

use super::{Method, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_crypto::commitment::{self, Commitment};
use carbyne_crypto::range_proof::{self, RangeProofInput};
use carbyne_wire::{Bytes, Digest, Json};
use serde_json::{Value, json};

pub(super) const METHODS: &[Method] = &[
    read(
        "blind(blind: hash256, value: uint64) -> commitment",
        "The commitment to a value.",
        |_, arguments| {
            let (factor, value): (Digest<32>, u64) = (arguments.get(0)?, arguments.get(1)?);
            let commitment = commitment::blind(&factor.0, value)
                .map_err(|error| ApiRefusal::NoCommitment { reason: error.to_string() })?;
            Ok(Digest(commitment.0).to_json())
        },
    ),
    read(
        "blind_sum(blinds_in: [hash256]<=blind_sum, non_neg: uint32) -> hash256",
        "The sum of the first blinding factors less the others.",
        |_, arguments| {
            let factors: Vec<Digest<32>> = arguments.get(0)?;
            let factors: Vec<[u8; 32]> = factors.into_iter().map(|factor| factor.0).collect();
            let sum = commitment::blind_sum(&factors, arguments.get(1)?)
                .map_err(|error| ApiRefusal::NoBlindSum { reason: error.to_string() })?;
            Ok(Digest(sum).to_json())
        },
    ),
    read(
        "verify_sum(commits_in: [commitment]<=verify_sum, neg_commits_in: \
         [commitment]<=verify_sum, excess: int64) -> bool",
        "Whether commitments add up.",
        |_, arguments| {
            let (left, right) = (commitments(arguments, 0)?, commitments(arguments, 1)?);
            Ok(Value::Bool(commitment::verify_sum(&left, &right, arguments.get(2)?)))
        },
    ),
    read(
        "verify_range(commit: commitment, proof: hex) -> verify_range_result",
        "Whether a range proof holds, and for which range.",
        |_, arguments| {
            let (commit, proof) = (commitment(arguments, 0)?, arguments.get::<Bytes>(1)?);
            let Some((low, high)) = range_proof::verify_range(&commit, &proof) else {
                return Ok(failed());
            };
            let (low, high) = (low.to_json(), high.to_json());
            Ok(json!({ "success": true, "min_val": low, "max_val": high }))
        },
    ),
    read(
        "range_proof_sign(min_value: uint64, commit: commitment, commit_blind: hash256, \
         nonce: hash256, base10_exp: int8, min_bits: uint8, actual_value: uint64) -> hex",
        "Makes a range proof.",
        range_proof_sign,
    ),
    read(
        "verify_range_proof_rewind(nonce: hash256, commit: commitment, proof: hex) \
         -> verify_range_proof_rewind_result",
        "What a range proof hides from others.",
        rewind,
    ),
    read(
        "range_get_info(proof: hex) -> range_proof_info",
        "What a range proof claims.",
        range_get_info,
    ),
];

/// The answer about a proof that does not hold. The reference adds bounds that it never set.
fn failed() -> Value {
    json!({ "success": false })
}

fn commitment(arguments: &Arguments<'_>, position: usize) -> Result<Commitment, ApiError> {
    Ok(Commitment(arguments.get::<Digest<33>>(position)?.0))
}

fn commitments(arguments: &Arguments<'_>, position: usize) -> Result<Vec<Commitment>, ApiError> {
    let commitments: Vec<Digest<33>> = arguments.get(position)?;
    Ok(commitments.into_iter().map(|commitment| Commitment(commitment.0)).collect())
}

fn range_proof_sign(_: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let proof = range_proof::range_proof_sign(&RangeProofInput {
        min_value: arguments.get(0)?,
        commit: commitment(arguments, 1)?,
        commit_blind: arguments.get::<Digest<32>>(2)?.0,
        nonce: arguments.get::<Digest<32>>(3)?.0,
        base10_exp: arguments.get(4)?,
        min_bits: arguments.get(5)?,
        actual_value: arguments.get(6)?,
    });
    let proof = proof.map_err(|error| ApiRefusal::NoRangeProof { reason: error.to_string() })?;
    Ok(Bytes(proof).to_json())
}

fn rewind(_: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let nonce: Digest<32> = arguments.get(0)?;
    let (commit, proof) = (commitment(arguments, 1)?, arguments.get::<Bytes>(2)?);
    let hidden = range_proof::verify_range_proof_rewind(&nonce.0, &commit, &proof);
    let hidden = hidden.ok_or(ApiRefusal::NotRewound)?;
    Ok(json!({
        "success": true,
        "min_val": hidden.min_val.to_json(),
        "max_val": hidden.max_val.to_json(),
        "value_out": hidden.value_out.to_json(),
        "blind_out": Digest(hidden.blind_out).to_json(),
        "message_out": "",
    }))
}

fn range_get_info(_: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let proof: Bytes = arguments.get(0)?;
    let info = range_proof::range_get_info(&proof);
    let info = info.ok_or(ApiRefusal::NotARangeProof)?;
    Ok(json!({
        "exp": info.exp.to_json(),
        "mantissa": info.mantissa.to_json(),
        "min_value": info.min_value.to_json(),
        "max_value": info.max_value.to_json(),
    }))
}
