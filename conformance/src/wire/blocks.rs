//! Blocks: both forms, id, digest, number, merkle root, the key that signed.

use super::{expect, form};
use crate::compare::{Difference, Numbers, compare};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, JsonIn};
use serde_json::Value;

pub(super) fn check(line: &Value) -> (String, Vec<Difference>) {
    let mut differences = Vec::new();
    if let Some(block) = form::decode::<SignedBlock>(line, &mut differences) {
        expect(&mut differences, line, "id", block.id());
        expect(&mut differences, line, "digest", block.header().digest());
        expect(&mut differences, line, "merkle_root", block.merkle_root());
        let num = Value::from(block.block_num());
        compare("num", &line["num"], &num, Numbers::ByValue, &mut differences);
        if let Some(signee) = line.get("signee") {
            match block.signed_header.signee() {
                Ok(key) => {
                    let got = key.to_json_in(Dialect::REFERENCE);
                    compare("signee", signee, &got, Numbers::AsWritten, &mut differences);
                }
                Err(error) => differences.push(Difference::new("signee", signee, error)),
            }
        }
    }
    (format!("block {}", line["num"]), differences)
}
