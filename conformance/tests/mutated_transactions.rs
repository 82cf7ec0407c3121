//! Transactions of recordings with a few bytes changed are pushed as if they were signed: nothing
//! panics, what is refused leaves no trace in what waits, and a block of what is taken can be
//! undone.
//!
//! `CARBYNE_MUTANTS` says how often a transaction is changed.

use carbyne_chain::Chain;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_wire::{Dialect, Digest, Json, JsonIn, Pack, Tags, unpack_exact};
use conformance::recording;
use conformance::scenarios::trust;
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// How often a transaction is changed by default.
const MUTANTS: usize = 24;
/// Blocks of a recording whose transactions are changed, spread evenly.
const BLOCKS: usize = 12;
/// Changed transactions may do what their first form was not signed for.
const UNSIGNED: Trust =
    Trust::Except(Questions::ALL.without(Questions::ASSERTIONS).without(Questions::UNDO_HISTORY));
/// Amounts at which arithmetic may break.
const EXTREMES: [i64; 8] = [
    i64::MAX,
    i64::MIN,
    -1,
    0,
    1,
    1_000_000_000_000_000,
    1_000_000_000_000_001,
    4_611_686_018_427_387_904,
];

/// A seeded sequence: the same changes every time.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    /// Changes bytes in one to three places.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            self.mutate_once(bytes);
        }
    }

    fn mutate_once(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(12)).min(bytes.len());
        match self.below(8) {
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            3 | 4 => {
                let extreme = EXTREMES[self.below(EXTREMES.len())].to_le_bytes();
                bytes.splice(at..(at + 8).min(bytes.len()), extreme);
            }
            5 => drop(bytes.drain(at..end)),
            6 => bytes.insert(at, self.below(256) as u8),
            _ => {
                let copied = bytes[at..end].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
}

fn mutants(block: &SignedBlock, sequence: &mut Sequence, count: usize) -> Vec<SignedTransaction> {
    let mut mutants = Vec::new();
    for processed in &block.transactions {
        let original = processed.transaction.to_bytes();
        for _ in 0..count {
            let mut bytes = original.clone();
            sequence.mutate(&mut bytes);
            mutants.extend(unpack_exact::<SignedTransaction>(&bytes, Tags::Reference));
        }
    }
    mutants
}

fn push(chain: &mut Chain, transaction: &SignedTransaction) -> bool {
    let transaction =
        RecoveredTransaction::new(transaction.clone(), chain.chain_id(), Recover::Signatures);
    chain.push_transaction(Arc::new(transaction), UNSIGNED).is_ok()
}

/// Pushes changed transactions of a block before it comes. Returns how many were taken.
fn check_block(chain: &mut Chain, mutants: &[SignedTransaction]) -> usize {
    let before = chain.ledger().state_hash();
    let taken: Vec<_> = mutants.iter().filter(|mutant| push(chain, mutant)).collect();
    let pending = chain.ledger().state_hash();
    chain.clear_pending();
    assert_eq!(chain.ledger().state_hash(), before, "what waits can be dropped");
    for mutant in &taken {
        assert!(
            push(chain, mutant),
            "what was taken is taken without the refused ones: {mutant:?}"
        );
    }
    if taken.is_empty() {
        return 0;
    }
    assert_eq!(chain.ledger().state_hash(), pending, "what was refused left a trace");
    produce(chain);
    assert_eq!(chain.ledger().state_hash(), before, "a block of what was taken can be undone");
    taken.len()
}

/// Makes a block of what waits and undoes it. Changed parameters of the chain may well forbid it.
fn produce(chain: &mut Chain) {
    let slot = chain.slot(1).expect("a slot");
    let key = PrivateKey::from_seed("nobody");
    if chain.generate_block(slot.time, slot.witness, &key, UNSIGNED).is_ok() {
        chain.pop_block().expect("a new block can be undone");
    }
    chain.clear_pending();
}

/// The number of changed transactions of a recording that were taken.
fn check(path: &Path, count: usize) -> usize {
    let events = recording::objects(path).unwrap();
    let is_block = |event: &&Value| event["ev"] == "block";
    let every = events.iter().filter(is_block).count().div_ceil(BLOCKS);
    let mut chain = Chain::new(Ledger::default(), Digest::default());
    let mut sequence = Sequence(1);
    let (mut number, mut taken) = (0, 0);
    for event in &events {
        match event["ev"].as_str().unwrap() {
            "genesis" => {
                let genesis =
                    GenesisState::from_json_in(&event["genesis"], Dialect::REFERENCE).unwrap();
                let chain_id = Digest::from_json(&event["chain_id"]).unwrap();
                chain = Chain::new(Ledger::from_genesis(&genesis, chain_id).unwrap(), chain_id);
            }
            "pop" => drop(chain.pop_block()),
            "block" => {
                let bytes = hex::decode(event["hex"].as_str().unwrap()).unwrap();
                let block: SignedBlock = unpack_exact(&bytes, Tags::Reference).unwrap();
                number += 1;
                if number % every == 0 && chain.head_number() > 0 && !block.transactions.is_empty()
                {
                    let mutants = mutants(&block, &mut sequence, count);
                    taken += check_block(&mut chain, &mutants);
                }
                let recorded = trust(event["skip"].as_u64().unwrap() as u32);
                let block = RecoveredBlock::new(block, chain.chain_id(), Recover::Signatures);
                // Some recorded blocks are refused, which is another test's business.
                let _refused = chain.push_block(Arc::new(block), recorded);
                chain.clear_pending();
            }
            _ => {}
        }
    }
    taken
}

#[test]
fn changed_transactions_are_refused_or_taken_but_never_break_anything() {
    let asked = std::env::var("CARBYNE_MUTANTS").ok().and_then(|count| count.parse().ok());
    let count = asked.unwrap_or(MUTANTS);
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios");
    let recordings = recording::all(&[scenarios]).unwrap();
    let taken: usize = recordings.par_iter().map(|path| check(path, count)).sum();
    assert!(taken > 1_000, "only {taken} changed transactions were taken");
}
