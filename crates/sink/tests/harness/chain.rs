//! A chain made up for tests: blocks of operations of many kinds, on branches, in memory.

use carbyne_index::OperationHistory;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_protocol::ops::market::fill_order::FillOrder;
use carbyne_protocol::ops::pool::exchange::LiquidityPoolExchange;
use carbyne_protocol::ops::recurring::RecurringCancel;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_sink::{SinkBlock, Source, SourceError};
use carbyne_wire::{Dialect, Digest, Hash160, Id, ObjectId, TimePointSec};
use std::sync::{Arc, Mutex, MutexGuard};

/// When block 0 would have been.
pub const GENESIS: u32 = 1_600_000_000;

/// A chain that tests let grow and switch branches. Clones are the same chain.
#[derive(Clone)]
pub struct FakeChain {
    chain_id: Digest<32>,
    blocks: Arc<Mutex<Vec<SinkBlock>>>,
    /// Number of the first block that it has.
    first: u32,
}

impl FakeChain {
    /// A chain without blocks.
    pub fn new(chain: u8) -> Self {
        Self { chain_id: Digest([chain; 32]), blocks: Arc::default(), first: 1 }
    }

    /// A chain of its own with the same blocks.
    pub fn copied(&self) -> Self {
        let blocks = Arc::new(Mutex::new(self.blocks()));
        Self { chain_id: self.chain_id, blocks, first: self.first }
    }

    /// The same chain as a node sees it that began at a snapshot.
    pub fn begun_at(&self, first: u32) -> Self {
        Self { first, ..self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SinkBlock>> {
        self.blocks.lock().expect("nobody panicked")
    }

    /// Its blocks from the first.
    pub fn blocks(&self) -> Vec<SinkBlock> {
        self.lock().clone()
    }

    /// Adds blocks of a branch with so many operations each.
    pub fn grow(&self, branch: u8, blocks: u32, operations: u64) {
        let mut chain = self.lock();
        for _ in 0..blocks {
            let next = next_block(&chain, branch, operations);
            chain.push(next);
        }
    }

    /// Leaves the newest `depth` blocks for `depth` + `more` of another branch.
    pub fn switch(&self, branch: u8, depth: u32, more: u32, operations: u64) {
        let mut chain = self.lock();
        let kept = chain.len().saturating_sub(depth as usize);
        chain.truncate(kept);
        drop(chain);
        self.grow(branch, depth + more, operations);
    }
}

impl Source for FakeChain {
    fn chain_id(&self) -> Digest<32> {
        self.chain_id
    }

    fn dialect(&self) -> Dialect {
        Dialect::REFERENCE
    }

    fn head(&self) -> Result<Option<(u32, Hash160)>, SourceError> {
        Ok(self.lock().last().map(|block| (block.number, block.id)))
    }

    fn block_id(&self, number: u32) -> Result<Option<Hash160>, SourceError> {
        Ok(self.block(number)?.map(|block| block.id))
    }

    fn block(&self, number: u32) -> Result<Option<SinkBlock>, SourceError> {
        if number < self.first {
            return Ok(None);
        }
        let place = number.checked_sub(1).ok_or("block 0")?;
        Ok(self.lock().get(place as usize).cloned())
    }
}

fn hash(number: u32, branch: u8, place: u8) -> Hash160 {
    let mut id = [branch; 20];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id[4] = place;
    Digest(id)
}

fn next_block(chain: &[SinkBlock], branch: u8, count: u64) -> SinkBlock {
    let head = chain.last();
    let number = head.map_or(1, |head| head.number + 1);
    let time = TimePointSec(GENESIS + number * 3);
    let newest = chain.iter().rev().find_map(|block| block.operations.last());
    let first = newest.map_or(0, |newest| newest.id.0 + 1);
    let operations = (0..count).map(|place| {
        let n = first + place;
        let (op, result) = operation(n, branch);
        OperationHistory {
            id: Id(n),
            op,
            result,
            block_num: number,
            trx_in_block: (place % 3) as u16,
            op_in_trx: (place / 3) as u16,
            virtual_op: (n % 5) as u32,
            is_virtual: n % 7 == 0,
            block_time: time,
        }
    });
    SinkBlock {
        number,
        id: hash(number, branch, 0),
        previous: head.map_or(Hash160::default(), |head| head.id),
        time,
        witness: Id(u64::from(number % 11)),
        bytes: 100 * count as usize,
        transactions: (1..=3).map(|place| hash(number, branch, place)).collect(),
        operations: operations.collect(),
    }
}

fn account(n: u64) -> AccountId {
    Id(100 + n % 50)
}

fn operation(n: u64, branch: u8) -> (Operation, OperationResult) {
    let amount =
        Asset { amount: 5_000_000_000 * i64::from(branch) + n as i64, asset_id: Id(n % 3) };
    let other = Asset { amount: 1 + (n % 10) as i64, asset_id: Id(7) };
    match n % 5 {
        0 => (witness(n), OperationResult::Object(ObjectId { space: 1, type_: 6, instance: n })),
        1 => (fill(n, amount, other), OperationResult::Void),
        2 => (exchange(n, amount, other), OperationResult::Void),
        3 => (contract(n), OperationResult::Void),
        _ => (transfer(account(n), account(n / 4), amount), OperationResult::Amount(amount)),
    }
}

/// Texts are bytes: what is no text, and the character 0, come as well.
fn witness(n: u64) -> Operation {
    let url = [b"https://\0".as_slice(), &[0xff, b'a' + (n % 26) as u8], b"\"\\u0000"].concat();
    WitnessCreate { witness_account: account(n), url: url.into(), ..WitnessCreate::default() }
        .into()
}

fn fill(n: u64, pays: Asset, receives: Asset) -> Operation {
    FillOrder {
        order_id: ObjectId { space: 1, type_: 7, instance: n },
        account_id: account(n),
        pays,
        receives,
        fill_price: Price::new(receives, pays),
        is_maker: n % 8 == 1,
        ..FillOrder::default()
    }
    .into()
}

fn exchange(n: u64, amount_to_sell: Asset, min_to_receive: Asset) -> Operation {
    let (account, pool) = (account(n), Id(n % 5));
    LiquidityPoolExchange {
        account,
        pool,
        amount_to_sell,
        min_to_receive,
        ..LiquidityPoolExchange::default()
    }
    .into()
}

/// Only chains that opted in to contracts have it.
fn contract(n: u64) -> Operation {
    let recurring = Id(n);
    RecurringCancel { account: account(n), recurring, ..RecurringCancel::default() }.into()
}

/// A transfer without a memo.
pub fn transfer(from: AccountId, to: AccountId, amount: Asset) -> Operation {
    Transfer { fee: Asset::core(100), from, to, amount, ..Transfer::default() }.into()
}
