//! The chain that is read, and the blocks that come meanwhile.

use crate::{chain, crowd};
use carbyne_core::{Input, Now};
use carbyne_ledger::{Ledger, Trust};
use carbyne_node::home::{Home, KeepHistory};
use carbyne_objects::{AssetDynamicData, AssetObject, LimitOrder};
use carbyne_protocol::ids::{AssetDynamicDataId, AssetId, LimitOrderId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_wire::{Id, TimePointSec};
use std::path::Path;
use std::sync::Arc;

/// Blocks that nobody times: they fill history.
const FIRST_BLOCKS: usize = 20;
/// The asset that is traded for core.
pub const SYMBOL: &str = "TRADED";
/// Orders on each side of its market.
const ORDERS: i64 = 500;

/// A market with orders of many accounts on both sides.
fn add_market(ledger: &mut Ledger, first: u64) {
    let dynamic_asset_data_id = ledger.create::<AssetDynamicDataId>(AssetDynamicData::default());
    let asset: AssetId = ledger.create(AssetObject {
        symbol: SYMBOL.into(),
        precision: 5,
        issuer: Id(first),
        dynamic_asset_data_id,
        ..AssetObject::default()
    });
    for n in 1..=ORDERS {
        let seller = Id(first + n as u64);
        let (core, other) = (Asset::core(1_000_000), Asset::new(1_000_000 + 100 * n, asset));
        for sell_price in [Price { base: core, quote: other }, Price { base: other, quote: core }] {
            ledger.create::<LimitOrderId>(LimitOrder {
                expiration: TimePointSec::MAX,
                seller,
                for_sale: sell_price.base.amount,
                sell_price,
                ..LimitOrder::default()
            });
        }
    }
}

fn open(folder: &Path, accounts: u64) -> (Home, u64) {
    let mut home = Home::open(folder, Some(chain::genesis_with(86_400)), KeepHistory::OnDisk)
        .expect("a chain");
    let first = crowd::add_accounts(home.core.chain.ledger_mut(), accounts);
    add_market(home.core.chain.ledger_mut(), first);
    (home, first)
}

/// Makes the next block, of transfers between accounts all over the chain.
fn make_block(home: &mut Home, first: u64, accounts: u64, transfers: usize) -> RecoveredBlock {
    let head = (home.chain().head_number(), home.chain().head_id());
    let time = home.chain().ledger().head_time().expect("a time");
    for n in 0..transfers as u64 {
        let nth = u64::from(head.0) * transfers as u64 + n;
        let from = nth.wrapping_mul(6_364_136_223_846_793_005) % accounts;
        let to = (from + 1 + n) % accounts;
        let operation = chain::a_transfer(Id(first + from), Id(first + to), 1 + nth as i64);
        let signed =
            chain::signed(operation, head, time, &crowd::key(from), home.chain().chain_id());
        let input = Input::Transaction(Arc::new(signed), Trust::Nobody);
        home.step(Now(0), input).expect("accepted");
    }
    let events = chain::produce_waiting(home).expect("a block");
    let made = events.iter().find_map(|event| match event {
        carbyne_chain::ChainEvent::Applied(applied) => Some(applied.block.block().clone()),
        _ => None,
    });
    let made = made.expect("a block");
    assert_eq!(made.transactions.len(), transfers);
    RecoveredBlock::new(made, home.chain().chain_id(), Recover::Signatures)
}

/// A chain with some history, and the blocks of so many transfers that come after it.
pub fn make(
    folder: &Path,
    accounts: u64,
    transfers: usize,
    count: usize,
) -> (Home, Vec<RecoveredBlock>) {
    let (mut maker, first) = open(&folder.join("maker"), accounts);
    let blocks =
        (0..FIRST_BLOCKS + count).map(|_| make_block(&mut maker, first, accounts, transfers));
    let mut blocks: Vec<_> = blocks.collect();
    drop(maker);
    let (mut home, _) = open(&folder.join("node"), accounts);
    for block in blocks.drain(..FIRST_BLOCKS) {
        home.take_in(Arc::new(block), Trust::Nobody).expect("it applies");
        home.settle().expect("on disk");
    }
    (home, blocks)
}
