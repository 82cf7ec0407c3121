//! A node among peers and the chain it tells of, in step with each other.

use crate::asked::{Asked, Item};
use crate::told::Told;
use carbyne_chain::ChainEvent;
use carbyne_net::{ChainView, Config, Delivered, Effect, Input, Lasting, Node, Now, Verdict};
use carbyne_wire::Hash160;
use std::collections::BTreeSet;

/// A node among peers and the chain it tells of.
///
/// Whoever drives it does what its effects say. An [`Effect::Deliver`] becomes an [`Asked`], whose
/// [`Asked::input`] is for the core: what the core then did comes in by [`Peers::follow`] as soon
/// as it is on disk, and only then what became of it by [`Peers::became`]. When all that came at
/// once is taken in, [`Peers::settle`] is called: a message names many items then.
pub struct Peers {
    node: Node,
    told: Told,
    /// The transactions and blocks of peers that are at the core.
    at_the_core: BTreeSet<Hash160>,
}

impl Peers {
    /// A node that tells of a chain.
    pub fn new(node: Node, told: Told) -> Self {
        Self { node, told, at_the_core: BTreeSet::new() }
    }

    /// Does what comes in from sockets and clocks.
    pub fn step(&mut self, now: Now, input: Input, effects: &mut Vec<Effect>) {
        let before = effects.len();
        self.node.take(now, input, &self.told, effects);
        for effect in effects.iter().skip(before) {
            if let Effect::Deliver(_, _, delivered) = effect {
                self.at_the_core.insert(id_of(delivered));
            }
        }
    }

    /// Takes in what the chain did; peers are told of what did not come from them.
    pub fn follow(&mut self, now: Now, event: &ChainEvent, effects: &mut Vec<Effect>) {
        let news = self.news(event);
        self.told.follow(event);
        if let Some(input) = news {
            self.step(now, input, effects);
        }
    }

    /// What peers are to be told of an event.
    fn news(&self, event: &ChainEvent) -> Option<Input> {
        let is_theirs = |id: &Hash160| self.at_the_core.contains(id);
        match event {
            ChainEvent::Applied(applied) => {
                let (id, block) = (applied.block.id(), applied.block.block());
                let is_new = !is_theirs(&id) && !self.told.knows_block(&id);
                is_new.then(|| Input::NewBlock(Box::new(block.clone())))
            }
            ChainEvent::Pending(transaction) => {
                let is_new = !is_theirs(&transaction.id());
                is_new.then(|| Input::NewTransaction(transaction.transaction().clone()))
            }
            ChainEvent::Undone { .. } | ChainEvent::Refused(_) => None,
        }
    }

    /// A block that waits for the core is good as far as that can be said without applying it: it
    /// is passed on.
    pub fn is_sound(&mut self, now: Now, asked: &Asked, effects: &mut Vec<Effect>) {
        self.step(now, Input::Became(asked.token, Verdict::Sound), effects);
    }

    /// Says what became of what a peer sent.
    pub fn became(&mut self, now: Now, asked: &Asked, verdict: Verdict, effects: &mut Vec<Effect>) {
        match &asked.item {
            Item::Transaction(transaction) => {
                self.at_the_core.remove(&transaction.id());
            }
            Item::Block(block) => {
                self.at_the_core.remove(&block.id());
                match &verdict {
                    Verdict::Accepted => self.told.took(block),
                    // What it would follow is not there, whatever was told of its branch before.
                    Verdict::Refused {
                        lasting: Lasting::ForGood | Lasting::Unlinkable, ..
                    } => {
                        self.told.refused(block);
                    }
                    Verdict::Refused { lasting: Lasting::ForNow, .. } | Verdict::Sound => {}
                }
            }
        }
        self.step(now, Input::Became(asked.token, verdict), effects);
    }

    /// Asks peers for what they offered, and offers them what is new.
    pub fn settle(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.node.settle(now, &self.told, effects);
    }

    /// Says how the node behaves towards others from now on.
    pub fn configure(&mut self, config: Config) {
        self.node.configure(config);
    }

    /// The node among peers, to be asked.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The chain as peers know it.
    pub fn told(&self) -> &Told {
        &self.told
    }
}

fn id_of(delivered: &Delivered) -> Hash160 {
    match delivered {
        Delivered::Transaction(transaction) => transaction.id(),
        Delivered::NewBlock(block) | Delivered::SyncBlock(block) => block.id(),
    }
}
