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
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Blocks whose keys are found together, at most.
const AT_ONCE: usize = 64;

/// A block of a peer.
pub(super) struct Delivery {
    pub(super) token: Token,
    pub(super) block: Box<SignedBlock>,
    /// Whether it was just made, and is to be passed on.
    pub(super) is_new: bool,
}

/// Starts the thread; it ends when nobody can deliver any more.
pub(super) fn start(node: Arc<Node>, line: Line) -> Result<Sender<Delivery>> {
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

fn work(node: &Node, line: &Line, deliveries: &Receiver<Delivery>) {
    while let Ok(first) = deliveries.recv() {
        let more = deliveries.try_iter().take(AT_ONCE - 1);
        let (tokens, blocks): (Vec<_>, Vec<_>) = std::iter::once(first)
            .chain(more)
            .map(|delivery| ((delivery.token, delivery.is_new), *delivery.block))
            .unzip();
        for ((token, is_new), block) in tokens.into_iter().zip(node.recover_blocks(blocks)) {
            let asked = Box::new(Asked { token, item: Item::Block(Arc::new(block)) });
            hand_on(node, line, asked, is_new);
        }
    }
}

fn hand_on(node: &Node, line: &Line, asked: Box<Asked>, is_new: bool) {
    if let (true, Item::Block(block)) = (is_new, &asked.item)
        && node.is_sound(block)
    {
        line.tell(News::Sound(asked.clone()));
    }
    if node.push_asked(line.clone(), asked.clone()).is_err() {
        line.refuse(asked);
    }
}
