//! The blocks of a recording that went by the rules alone, to be applied in other ways.

use super::event::trust;
use carbyne_chain::{Chain, ChainEvent};
use carbyne_core::{Core, Effects, Input, Now, Production};
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_protocol::{Recover, RecoveredBlock};
use carbyne_wire::{Dialect, Digest, Json, JsonIn, Tags, unpack_exact};
use serde_json::Value;
use std::sync::Arc;

/// Bits of the reference's mask whose answers show in the state: duplicates, `assert`.
const SHOWING: u32 = 4 | 256;

/// The branch on which a recording ends, or stands before its first write from outside the rules.
pub struct Branch {
    /// The genesis as it was recorded.
    pub genesis: Value,
    /// The chain.
    pub chain_id: Digest<32>,
    /// Its blocks, from the first on.
    pub blocks: Vec<Arc<RecoveredBlock>>,
}

impl Branch {
    /// Applies a recording up to its first write from outside the rules; what waits is left out.
    pub fn of(events: &[Value]) -> Option<Self> {
        let first = events.first()?;
        let genesis = first["genesis"].clone();
        let chain_id = Digest::from_json(&first["chain_id"]).ok()?;
        let mut branch = Self { genesis, chain_id, blocks: Vec::new() };
        let mut core = branch.begin(chain_id)?;
        for event in events.iter().skip(1) {
            match event["ev"].as_str() {
                Some("set") => break,
                Some("pop") => {
                    let _may_be_refused = core.chain.pop_block();
                    branch.follow(core.chain.take_events());
                }
                Some("block") => branch.block(&mut core, event)?,
                _ => {}
            }
            core.chain.clear_pending();
        }
        Some(branch)
    }

    /// The chain at its genesis, under another chain id or its own.
    pub fn begin(&self, chain_id: Digest<32>) -> Option<Core> {
        let genesis = GenesisState::from_json_in(&self.genesis, Dialect::REFERENCE).ok()?;
        let ledger = Ledger::from_genesis(&genesis, chain_id).ok()?;
        Some(Core::new(Chain::new(ledger, chain_id), Vec::new(), Production::None))
    }

    /// Whoever recorded these blocks vouches for whatever does not show in the state.
    pub fn trust() -> Trust {
        trust(!SHOWING)
    }

    /// Does a step after the time of all blocks; gives what it did, whatever became of it.
    pub fn step(core: &mut Core, block: Arc<RecoveredBlock>, trust: Trust) -> Vec<ChainEvent> {
        let mut effects = Effects::default();
        let _may_be_refused = core.step(Now(i64::MAX), Input::Block(block, trust), &mut effects);
        effects.events
    }

    fn block(&mut self, core: &mut Core, event: &Value) -> Option<()> {
        let bytes = hex::decode(event["hex"].as_str()?).ok()?;
        let block: SignedBlock = unpack_exact(&bytes, Tags::Reference).ok()?;
        let block = RecoveredBlock::new(block, &self.chain_id, Recover::Signatures);
        let skip = event["skip"].as_u64()? as u32;
        self.follow(Self::step(core, Arc::new(block), trust(skip & !SHOWING)));
        Some(())
    }

    fn follow(&mut self, events: Vec<ChainEvent>) {
        for event in events {
            match event {
                ChainEvent::Applied(applied) => self.blocks.push(applied.block.clone()),
                ChainEvent::Undone { .. } => drop(self.blocks.pop()),
                ChainEvent::Pending(_) | ChainEvent::Refused(_) => {}
            }
        }
    }
}
