//! The chain as peers may know it, of a node that began with a state.

use crate::world::{Blocks, CHAIN_ID, key, ledger};
use carbyne_chain::Chain;
use carbyne_ledger::Trust;
use carbyne_net::{ChainView, following};
use carbyne_peers::Told;
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_wire::{Digest, Hash160};
use std::sync::Arc;

/// A chain that made so many blocks.
fn made(count: u32) -> Vec<Arc<RecoveredBlock>> {
    let mut chain = Chain::new(ledger(), CHAIN_ID);
    let make = |_| {
        let slot = chain.slot(1).expect("a slot");
        let key = key(slot.witness.0 as u32 - 1);
        chain.generate_block(slot.time, slot.witness, &key, Trust::Nobody).expect("a block")
    };
    (0..count).map(make).collect()
}

#[test]
fn the_block_of_the_state_with_which_a_chain_began_is_known() {
    let (made, blocks) = (made(30), Blocks::default());
    let (before, behind) = made.split_at(5);
    let mut ledger = ledger();
    for block in before {
        ledger.apply_block(block, Trust::Nobody).expect("it follows");
    }
    let mut chain = Chain::new(ledger, CHAIN_ID);
    let began_on = Told::of(&chain, Box::new(blocks.clone()));
    assert_eq!(began_on.id_at(5), Some(before[4].id()));
    for block in behind {
        chain.push_block(block.clone(), Trust::Nobody).expect("it follows");
        blocks.0.lock().expect("blocks").insert(block.number(), block.block().clone());
    }
    let told = Told::of(&chain, Box::new(blocks));
    assert!(told.last_final() > 6, "{}", told.last_final());
    assert_eq!(told.id_at(5), Some(before[4].id()));
    assert_eq!(told.id_at(4), None);
    // Who can go back to that block and is on another branch gets all that follow it.
    let found = following(&told, &[before[4].id(), Digest([9; 20])], 100);
    let ids: Vec<Hash160> = made[4..].iter().map(|block| block.id()).collect();
    assert_eq!(found.ids, ids);
}
