//! A recorded block in which one field is spoilt is refused, and the state is as it was.

use carbyne_chain::Chain;
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_protocol::{Recover, RecoveredBlock};
use carbyne_wire::{Dialect, Digest, Json, JsonIn, Pack, Tags, unpack_exact};
use conformance::scenarios::trust;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Blocks that are spoilt, of each recording.
const BLOCKS_MAX: usize = 25;

/// The spoilt versions of a block, by name. One whose bytes are no block any more is none.
fn spoilt(block: &SignedBlock) -> Vec<(&'static str, Option<SignedBlock>)> {
    let change = |change: &dyn Fn(&mut SignedBlock)| {
        let mut block = block.clone();
        change(&mut block);
        Some(block)
    };
    let mut versions = vec![
        ("signature", change(&|block| block.signed_header.witness_signature.0[40] ^= 1)),
        ("recovery byte", change(&|block| block.signed_header.witness_signature.0[0] ^= 0x80)),
        ("witness", change(&|block| block.signed_header.header.witness.0 += 1)),
        ("unknown witness", change(&|block| block.signed_header.header.witness.0 = 1 << 40)),
        ("time", change(&|block| block.signed_header.header.timestamp.0 += 5)),
        ("time before", change(&|block| block.signed_header.header.timestamp.0 -= 500)),
        (
            "merkle root",
            change(&|block| {
                block.signed_header.header.transaction_merkle_root.0[7] ^= 1;
            }),
        ),
        ("previous", change(&|block| block.signed_header.header.previous.0[19] ^= 1)),
        ("number", change(&|block| block.signed_header.header.previous.0[3] ^= 1)),
    ];
    if let Some(first) = block.transactions.first() {
        for at in 0..first.transaction.to_bytes().len() {
            let mut bytes = first.transaction.to_bytes();
            bytes[at] ^= 1;
            let version = unpack_exact(&bytes, Tags::Reference).ok().and_then(|transaction| {
                change(&|block: &mut SignedBlock| {
                    block.transactions[0].transaction = Arc::new(Clone::clone(&transaction));
                })
            });
            versions.push(("transaction", version));
        }
        versions.push((
            "last transaction",
            change(&|block| {
                block.transactions.pop();
            }),
        ));
    }
    versions
}

fn push(chain: &mut Chain, block: SignedBlock, trust: Trust) -> Result<(), String> {
    let block = RecoveredBlock::new(block, chain.chain_id(), Recover::Signatures);
    let pushed = chain.push_block(Arc::new(block), trust);
    pushed.map(|_| ()).map_err(|rejected| rejected.to_string())
}

fn check_block(chain: &mut Chain, block: &SignedBlock) {
    let before = chain.ledger().state_hash();
    for (name, version) in spoilt(block) {
        // Some bytes can be spoilt without a change: a set may be written in any order.
        let Some(version) = version.filter(|version| version != block) else { continue };
        let outcome = push(chain, version, Trust::Nobody);
        assert!(outcome.is_err(), "block {}: spoilt {name} was taken", block.block_num());
        // Transactions of a popped block are pending after any push, refused or not.
        chain.clear_pending();
    }
    assert_eq!(chain.ledger().state_hash(), before, "block {}", block.block_num());
}

fn check(recording: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios").join(recording);
    let mut chain = Chain::new(Ledger::default(), Digest::default());
    let mut count = 0;
    for event in conformance::recording::objects(&path).unwrap() {
        match event["ev"].as_str().unwrap() {
            "genesis" => {
                let genesis =
                    GenesisState::from_json_in(&event["genesis"], Dialect::REFERENCE).unwrap();
                let chain_id = Digest::from_json(&event["chain_id"]).unwrap();
                chain = Chain::new(Ledger::from_genesis(&genesis, chain_id).unwrap(), chain_id);
            }
            "pop" => chain.pop_block().unwrap(),
            "block" => {
                let block: SignedBlock =
                    unpack_exact(&bytes(&event["hex"]), Tags::Reference).unwrap();
                let recorded = trust(event["skip"].as_u64().unwrap() as u32);
                // The blocks that set the scene are not signed.
                if recorded.asks(Questions::WITNESS_SIGNATURE) {
                    check_block(&mut chain, &block);
                    push(&mut chain, block, Trust::Nobody).unwrap();
                    count += 1;
                } else {
                    push(&mut chain, block, recorded).unwrap();
                }
            }
            _ => {}
        }
        if count == BLOCKS_MAX {
            return;
        }
    }
    panic!("{recording} has only {count} blocks");
}

fn bytes(hex: &Value) -> Vec<u8> {
    hex::decode(hex.as_str().unwrap()).unwrap()
}

#[test]
fn every_single_field_spoiling_is_refused_and_leaves_the_state_as_it_was() {
    check("random.core-1.0.jsonl.zst");
    check("random.core-7.0.jsonl.zst");
}
