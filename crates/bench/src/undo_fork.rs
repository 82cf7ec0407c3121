//! Blocks undone and applied again, as a change of branch does, beside applying them at first.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{UNSIGNED, World};
use carbyne_protocol::recovered::Recover;

const ACCOUNTS: u64 = 10_000;
/// Transfers of a block.
const PER_BLOCK: usize = 300;

/// So many blocks.
pub fn run(blocks: u64) -> Figures {
    let mut world = World::new(ACCOUNTS);
    let (mut first, mut again) = (Watch::default(), Watch::default());
    let mut applied = Vec::new();
    for _ in 0..blocks {
        let signed = world.transfers(PER_BLOCK);
        let block = world.block(signed, Recover::Signatures);
        first
            .time(1, || world.chain.push_block(block.clone(), UNSIGNED))
            .expect("the block applies");
        applied.push(block);
    }
    let hash = world.checked_hash();
    let kept = u64::from(world.chain.undoable_blocks()).min(blocks);
    let undone = applied.split_off(applied.len() - kept as usize);
    again.time(kept, || {
        for _ in &undone {
            world.chain.pop_block().expect("it can be undone");
        }
        for block in undone {
            world.chain.push_block(block, UNSIGNED).expect("it applies again");
        }
    });
    assert_eq!(world.checked_hash(), hash, "undo and redo give the same state");
    Figures::new("undo_fork", blocks, &again, ("applying", first.per_second())).with_state(hash)
}
