//! Transactions: both forms, id, digests, the keys that signed.

use super::{expect, form, text};
use crate::compare::{Difference, Numbers, compare};
use carbyne_protocol::Rejected;
use carbyne_protocol::recovered::RecoveryRefusal;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest, FlatSet, JsonIn};
use serde_json::Value;

pub(super) fn check(line: &Value) -> (String, Vec<Difference>) {
    let mut differences = Vec::new();
    if let Some(transaction) = form::decode::<SignedTransaction>(line, &mut differences) {
        expect(&mut differences, line, "id", transaction.id());
        expect(&mut differences, line, "digest", transaction.digest());
        let chain_id = Digest::<32>::from_hex(text(line, "chain_id")).unwrap_or_default();
        expect(&mut differences, line, "sig_digest", transaction.sig_digest(&chain_id));
        check_keys(line, &transaction, &chain_id, &mut differences);
    }
    (text(line, "id").to_owned(), differences)
}

fn check_keys(
    line: &Value,
    transaction: &SignedTransaction,
    chain_id: &Digest<32>,
    differences: &mut Vec<Difference>,
) {
    let keys = match transaction.signature_keys(chain_id) {
        Ok(keys) => keys,
        Err(error) => {
            if line.get("signature_error").is_none() {
                differences.push(Difference::new("signature_keys", "keys", error));
            }
            return;
        }
    };
    let count = keys.len();
    let keys: FlatSet<_> = keys.into_iter().collect();
    match line.get("signature_error") {
        // Two signatures of one key are the only thing that may be wrong with keys that can be
        // recovered.
        Some(_) if keys.len() < count => {
            let words = Rejected::from(RecoveryRefusal::DuplicateSignature).words();
            expect(differences, line, "signature_error", words);
        }
        Some(error) => differences.push(Difference::new("signature_error", error, "none")),
        None => compare(
            "signature_keys",
            &line["signature_keys"],
            &keys.to_json_in(Dialect::REFERENCE),
            Numbers::AsWritten,
            differences,
        ),
    }
}
