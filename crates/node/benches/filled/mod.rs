//! Chains for benchmarks of what a node does with the blocks of others: no transfers in a block,
//! one, or very many.

use crate::chain;
use carbyne_core::{Input, Now, Production};
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory};
use std::path::Path;
use std::sync::Arc;

/// Transfers in a block, and how many blocks of them.
pub const CHAINS: [(usize, usize); 3] = [(0, 20_000), (1, 20_000), (1_000, 100)];
/// Blocks that share a write to the disk while a chain is made.
const AT_ONCE: usize = 100;

/// Makes one of them; all of it is on disk.
pub fn make(dir: &Path, per_block: usize, blocks: usize) -> Home {
    make_on(dir, chain::genesis_with(86_400), per_block, blocks)
}

/// The same on another genesis.
pub fn make_on(dir: &Path, genesis: Vec<u8>, per_block: usize, blocks: usize) -> Home {
    let mut home = Home::open(dir, Some(genesis), KeepHistory::Not).expect("a chain");
    chain::produce(&mut home).expect("the first block");
    home.core.set_producers(chain::witness_keys(), Production::None);
    for block in 0..blocks {
        let head = (home.chain().head_number(), home.chain().head_id());
        let time = home.chain().ledger().head_time().expect("a time");
        for n in 0..per_block {
            let amount = (block * per_block + n) as i64 + 1;
            let transfer = chain::transfer(&home, amount).expect("a transfer");
            let id = *home.chain().chain_id();
            let signed = chain::signed(transfer, head, time, &chain::account_key(), &id);
            let input = Input::Transaction(Arc::new(signed), Trust::Nobody);
            home.advance(Now(0), input).expect("accepted");
        }
        home.advance(Now(0), Input::Produce { seconds: 0 }).expect("a block");
        if block % AT_ONCE == 0 {
            home.settle().expect("on disk");
        }
    }
    home.settle().expect("on disk");
    home
}
