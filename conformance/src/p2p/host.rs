//! The chain of the recorded node: what its peers sent is applied for real.

use crate::recording;
use carbyne_chain::Chain;
use carbyne_crypto::hash::sha256;
use carbyne_ledger::{Ledger, Trust};
use carbyne_net::{ChainView, Head};
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Dialect, Digest, Hash160, JsonIn, Pack, TimePointSec};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A chain and its blocks.
pub(super) struct Host {
    chain: Chain,
    ids: Vec<Hash160>,
    blocks: BTreeMap<Hash160, (TimePointSec, Vec<u8>)>,
    /// What could not be undone before the newest block came.
    was_final: u32,
}

impl Host {
    /// A chain at the genesis of a folder.
    pub(super) fn begin(dir: &Path) -> io::Result<Self> {
        let genesis = recording::bytes(&recording::find_file(dir, "genesis.json")?)?;
        let chain_id = Digest(sha256(&genesis));
        let state =
            GenesisState::from_json_in(&serde_json::from_slice(&genesis)?, Dialect::REFERENCE);
        let ledger = Ledger::from_genesis(&state.map_err(io::Error::other)?, chain_id);
        let ledger = ledger.map_err(|rejected| io::Error::other(rejected.to_string()))?;
        let chain = Chain::new(ledger, chain_id);
        Ok(Self { chain, ids: Vec::new(), blocks: BTreeMap::new(), was_final: 0 })
    }

    pub(super) fn chain_id(&self) -> Digest<32> {
        *self.chain.chain_id()
    }

    /// Applies a block; all that the recorded node got were one after the other.
    pub(super) fn push_block(&mut self, block: SignedBlock) -> Result<(), Rejected> {
        let (id, time, packed) = (block.id(), block.header().timestamp, block.to_bytes());
        let recovered = RecoveredBlock::new(block, self.chain.chain_id(), Recover::Signatures);
        let was_final = self.is_final();
        self.chain.push_block(Arc::new(recovered), Trust::Nobody)?;
        self.chain.take_events();
        self.was_final = was_final;
        self.ids.push(id);
        self.blocks.insert(id, (time, packed));
        Ok(())
    }

    fn is_final(&self) -> u32 {
        self.chain.head_number() - self.chain.undoable_blocks()
    }

    /// The node was started anew. The recorded one then begins its synopsis a block above the last
    /// irreversible one, until the next block comes.
    pub(super) fn restart(&mut self) {
        self.was_final = self.is_final() + u32::from(!self.ids.is_empty());
    }

    pub(super) fn push_transaction(
        &mut self,
        transaction: SignedTransaction,
    ) -> Result<(), Rejected> {
        let chain_id = self.chain.chain_id();
        let recovered = RecoveredTransaction::new(transaction, chain_id, Recover::Signatures);
        let pushed = self.chain.push_transaction(Arc::new(recovered), Trust::Nobody);
        self.chain.take_events();
        pushed.map(|_| ())
    }
}

impl ChainView for Host {
    fn head(&self) -> Head {
        let id = self.chain.head_id();
        Head { id, time: self.time_of(&id).unwrap_or_default() }
    }

    /// The reference lets go of old values when the next block comes.
    fn last_final(&self) -> u32 {
        self.was_final
    }

    fn block_interval(&self) -> u32 {
        self.chain.ledger().global().map_or(0, |global| global.parameters.block_interval.into())
    }

    fn id_at(&self, number: u32) -> Option<Hash160> {
        self.ids.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    fn knows_block(&self, id: &Hash160) -> bool {
        self.blocks.contains_key(id)
    }

    fn time_of(&self, id: &Hash160) -> Option<TimePointSec> {
        self.blocks.get(id).map(|(time, _)| *time)
    }

    fn block(&self, id: &Hash160) -> Option<Vec<u8>> {
        self.blocks.get(id).map(|(_, packed)| packed.clone())
    }

    fn branch(&self, _id: &Hash160) -> Option<Vec<Hash160>> {
        None
    }
}
