//! The thread that finds the keys of blocks that peers sent, ahead of the core, and hands them on
//! in the order in which they came.
//!
//! Invariant: the order stays; how many wait is bounded by the peer protocol, which gives the chain
//! only so many. This file must never know what a block does.

use super::{Line, News};
use crate::core::Node;
use crate::run;
use anyhow::{Context, Result};
use carbyne_net::Token;
use carbyne_peers::{Asked, Item};
use carbyne_protocol::transaction::SignedBlock;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Blocks whose keys are found together, at most, and from how many transactions on no more: the
/// core is not to wait for a heap of large ones.
const AT_ONCE: usize = 256;
const TRANSACTIONS_AT_ONCE: usize = 4_096;

/// A block of a peer.
pub(super) struct Delivery {
    pub(super) token: Token,
    pub(super) block: Box<SignedBlock>,
    /// Whether it was just made, and is to be passed on.
    pub(super) is_new: bool,
}

/// Starts the thread; it ends when nobody can deliver any more.
pub(super) fn start(node: Arc<Node>, line: Line) -> Result<Sender<Vec<Delivery>>> {
    let (sender, deliveries) = channel();
    std::thread::Builder::new()
        .name("blocks".into())
        .spawn(move || {
            run::yield_to_core();
            work(&node, &line, &deliveries);
        })
        .context("cannot start the thread that recovers blocks")?;
    Ok(sender)
}

fn work(node: &Node, line: &Line, deliveries: &Receiver<Vec<Delivery>>) {
    let mut waiting = VecDeque::new();
    while let Some(handful) = handful(&mut waiting, deliveries) {
        let (tokens, blocks): (Vec<_>, Vec<_>) = handful
            .into_iter()
            .map(|delivery| ((delivery.token, delivery.is_new), *delivery.block))
            .unzip();
        let asked = tokens.into_iter().zip(node.recover_blocks(blocks));
        let asked = asked.map(|((token, is_new), block)| {
            let asked = Asked { token, item: Item::Block(Arc::new(block)) };
            if is_new {
                pass_on_if_sound(node, line, &asked);
            }
            asked
        });
        node.push_asked(line, asked.collect());
    }
}

/// What came first, as much as is worth doing together; none at the end.
fn handful(
    waiting: &mut VecDeque<Delivery>,
    deliveries: &Receiver<Vec<Delivery>>,
) -> Option<Vec<Delivery>> {
    if waiting.is_empty() {
        waiting.extend(deliveries.recv().ok()?);
    }
    waiting.extend(deliveries.try_iter().flatten());
    let (mut handful, mut transactions) = (Vec::new(), 0);
    while handful.len() < AT_ONCE && transactions < TRANSACTIONS_AT_ONCE {
        let Some(next) = waiting.pop_front() else { break };
        transactions += next.block.transactions.len();
        handful.push(next);
    }
    Some(handful)
}

fn pass_on_if_sound(node: &Node, line: &Line, asked: &Asked) {
    if let Item::Block(block) = &asked.item
        && node.is_sound(block)
    {
        line.tell(News::Sound(Box::new(asked.clone())));
    }
}
