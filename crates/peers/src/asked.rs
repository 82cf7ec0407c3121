//! What a peer sent on its way through the core: with its keys, and what the peer is told became
//! of it.

use carbyne_core::{Input, Outcome};
use carbyne_ledger::Trust;
use carbyne_net::{Delivered, Lasting, Token, Verdict};
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_wire::Digest;
use std::sync::Arc;

/// What a peer sent, with the keys that signed it.
#[derive(Clone, Debug)]
pub enum Item {
    /// A transaction.
    Transaction(Arc<RecoveredTransaction>),
    /// A block.
    Block(Arc<RecoveredBlock>),
}

impl Item {
    /// Recovers keys, in the thread that asks.
    pub fn recover(delivered: Delivered, chain_id: &Digest<32>) -> Self {
        match delivered {
            Delivered::Transaction(transaction) => {
                let transaction = Arc::unwrap_or_clone(transaction);
                let all = Recover::Signatures;
                Self::Transaction(Arc::new(RecoveredTransaction::new(transaction, chain_id, all)))
            }
            Delivered::NewBlock(block) | Delivered::SyncBlock(block) => {
                let block = RecoveredBlock::new(*block, chain_id, Recover::Signatures);
                Self::Block(Arc::new(block))
            }
        }
    }
}

/// What the core is to look at for a peer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The number of the delivery.
    pub token: Token,
    /// What it is.
    pub item: Item,
}

impl Asked {
    /// The input of the core. Nobody vouches for what a peer sends.
    pub fn input(&self) -> Input {
        match &self.item {
            Item::Transaction(transaction) => {
                Input::Transaction(transaction.clone(), Trust::Nobody)
            }
            Item::Block(block) => Input::Block(block.clone(), Trust::Nobody),
        }
    }
}

/// What the peer protocol is told of what became of an item.
pub fn verdict(outcome: &Outcome) -> Verdict {
    match outcome {
        Ok(_) => Verdict::Accepted,
        Err(refusal) => {
            let lasting = match refusal.lasting {
                carbyne_core::Lasting::ForGood => Lasting::ForGood,
                carbyne_core::Lasting::ForNow => Lasting::ForNow,
                carbyne_core::Lasting::Unlinkable => Lasting::Unlinkable,
            };
            Verdict::Refused { lasting, why: refusal.rejected.to_string() }
        }
    }
}

/// What the peer protocol is told of an item that did not even come to the core.
pub fn refused(why: impl ToString) -> Verdict {
    Verdict::Refused { lasting: Lasting::ForNow, why: why.to_string() }
}
