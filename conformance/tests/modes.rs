//! Who vouches for a block changes nothing of what it does: every recording's chain, applied as it
//! was recorded, as our own log, and as our log from a state read in the middle, is the same.

use carbyne_chain::{Chain, ChainEvent};
use carbyne_ledger::tables::AnyTable;
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_protocol::{Recover, RecoveredBlock};
use carbyne_wire::{Digest, Json, Pack, Reader, unpack_exact};
use conformance::recording;
use conformance::scenarios::trust;
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Bits of the reference's mask whose answers show in the state: duplicates, `assert`.
const SHOWING: u32 = 4 | 256;
/// Blocks between two comparisons.
const EVERY: u32 = 10;

/// The blocks of the branch on which a chain stands, and hashes of the state after some of them.
struct Recorded {
    genesis: GenesisState,
    chain_id: Digest<32>,
    blocks: Vec<Arc<RecoveredBlock>>,
}

fn begin(genesis: &GenesisState, chain_id: Digest<32>) -> Chain {
    Chain::new(Ledger::from_genesis(genesis, chain_id).expect("a state"), chain_id)
}

/// Applies a recording up to its first write from outside the rules; what waits is left out.
fn record(events: &[Value]) -> Option<Recorded> {
    let first = events.first()?;
    let genesis = GenesisState::from_json(&first["genesis"]).ok()?;
    let chain_id = Digest::from_json(&first["chain_id"]).ok()?;
    let mut chain = begin(&genesis, chain_id);
    let mut blocks: Vec<Arc<RecoveredBlock>> = Vec::new();
    for event in events.iter().skip(1) {
        match event["ev"].as_str() {
            Some("set") => break,
            Some("pop") => drop(chain.pop_block()),
            Some("block") => {
                let skip = event["skip"].as_u64().expect("a mask") as u32;
                let _may_be_refused = chain.push_block(read(event, &chain), trust(skip & !SHOWING));
            }
            _ => {}
        }
        for event in chain.take_events() {
            match event {
                ChainEvent::Applied(applied) => blocks.push(applied.block.clone()),
                ChainEvent::Undone { .. } => drop(blocks.pop()),
                ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
            }
        }
        chain.clear_pending();
    }
    Some(Recorded { genesis, chain_id, blocks })
}

fn read(event: &Value, chain: &Chain) -> Arc<RecoveredBlock> {
    let bytes = hex::decode(event["hex"].as_str().expect("bytes")).expect("hexadecimal");
    let block: SignedBlock = unpack_exact(&bytes).expect("a block");
    Arc::new(RecoveredBlock::new(block, chain.chain_id(), Recover::Signatures))
}

/// The same chain from packed tables, as a snapshot holds them.
fn restored(chain: &Chain) -> Chain {
    let mut packed = Vec::new();
    chain.ledger().tables.each(&mut |_, table| {
        let mut bytes = Vec::new();
        table.pack_all(&mut bytes);
        packed.push((bytes, table.next_number()));
    });
    let mut ledger = Ledger::default();
    let mut packed = packed.into_iter();
    ledger.tables.each_mut(&mut |_, table: &mut dyn AnyTable| {
        let (bytes, next) = packed.next().expect("as many tables");
        let mut input = Reader::new(&bytes);
        let count = u64::unpack(&mut input).expect("a count");
        u64::unpack(&mut input).expect("a number");
        table.unpack_rows(count as u32, &mut input).expect("rows");
        table.set_next_number(next);
    });
    Chain::new(ledger, *chain.chain_id())
}

fn push_as_our_log(chain: &mut Chain, block: &RecoveredBlock) {
    let block = RecoveredBlock::new(block.block().clone(), chain.chain_id(), Recover::Nothing);
    chain.push_block(Arc::new(block), Trust::OurLog).expect("a block of the log applies");
    chain.take_events();
}

/// Compares the modes; gives the number of blocks.
fn check(path: &Path) -> usize {
    let events = recording::objects(path).expect("a recording");
    let Some(recorded) = record(&events) else { return 0 };
    let name = recording::name(path);
    let again = || begin(&recorded.genesis, recorded.chain_id);
    let (mut asked, mut logged, mut late) = (again(), again(), None);
    for (at, block) in recorded.blocks.iter().enumerate() {
        let everything_shown = trust(!SHOWING);
        asked.push_block(block.clone(), everything_shown).expect("it was applied before");
        asked.take_events();
        push_as_our_log(&mut logged, block);
        if let Some(late) = &mut late {
            push_as_our_log(late, block);
        }
        if at == recorded.blocks.len() / 2 {
            late = Some(restored(&logged));
        }
        if block.number() % EVERY == 0 || at + 1 == recorded.blocks.len() {
            let wanted = asked.ledger().state_hash();
            let number = block.number();
            assert_eq!(logged.ledger().state_hash(), wanted, "{name}: log, block {number}");
            if let Some(late) = &late {
                assert_eq!(late.ledger().state_hash(), wanted, "{name}: later, block {number}");
            }
        }
    }
    recorded.blocks.len()
}

#[test]
fn who_vouches_for_a_block_changes_nothing_of_what_it_does() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios");
    let recordings = recording::all(&[scenarios]).expect("recordings");
    let blocks: usize = recordings.par_iter().map(|path| check(path)).sum();
    assert!(blocks > 10_000, "only {blocks} blocks were compared");
}
