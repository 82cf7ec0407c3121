//! A chain of many accounts and transfers between them, the same every time: what the benchmarks of
//! this room measure on.

use carbyne_chain::Chain;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::objects::{Account, AccountBalance, AccountStatistics};
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AccountStatisticsId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedTransaction, ref_block_prefix,
};
use carbyne_wire::{Digest, Id, Json};
use serde_json::json;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Transfers of a block.
pub const PER_BLOCK: usize = 3_000;
/// Keys that the accounts share.
const KEYS: u64 = 500;
/// What every transfer pays, in smallest units of the core asset.
const FEE: i64 = 2_000_000;
/// What every account begins with, in smallest units of the core asset.
const FUNDS: i64 = 900_000_000;

/// Everything but what needs the witness's key: the blocks here are not signed.
pub const UNSIGNED: Trust = Trust::Except(
    Questions::WITNESS_SIGNATURE
        .and(Questions::MERKLE_ROOT)
        .and(Questions::SIZE)
        .and(Questions::UNDO_HISTORY),
);

/// What says how glibc allocates memory.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// Starts the program once more with memory in large pages, as the node does: with very many
/// accounts most of the time goes into the translation of addresses.
pub fn use_large_pages() {
    if std::env::var_os(TUNABLES).is_none() {
        let program = std::env::current_exe().expect("a program");
        let mut again = Command::new(program);
        let again = again.args(std::env::args_os().skip(1));
        panic!("{}", again.env(TUNABLES, "glibc.malloc.hugetlb=1").exec());
    }
}

/// What it takes to read a line of memory that is named by the one read before, among so many
/// bytes, in nanoseconds: machines that are shared differ in this from minute to minute.
pub fn memory_ns(bytes: usize) -> f64 {
    const LINE: usize = 64;
    const READS: u32 = 1_000_000;
    let lines = bytes / LINE;
    let mut next: Vec<[usize; LINE / size_of::<usize>()]> = vec![[0; _]; lines];
    let mut order: Vec<usize> = (0..lines).collect();
    let mut sequence = Sequence(1);
    for last in (1..lines).rev() {
        // A permutation of one cycle, so that every line is read.
        order.swap(last, sequence.below(last as u64) as usize);
    }
    for (line, place) in next.iter_mut().zip(order) {
        line[0] = place;
    }
    let start = Instant::now();
    let last = (0..READS).fold(0, |line, _| next[line][0]);
    assert!(last < lines);
    start.elapsed().as_nanos() as f64 / f64::from(READS)
}

fn key(n: u64) -> PrivateKey {
    PrivateKey::from_seed(&format!("bench {n}"))
}

fn genesis() -> GenesisState {
    let public = key(0).public_key().to_text("BTS");
    let names: Vec<String> = (0..11).map(|n| format!("init{n}")).collect();
    let account = |name: &String| {
        json!({
            "name": name,
            "owner_key": public,
            "active_key": public,
            "is_lifetime_member": true,
        })
    };
    let witness = |name: &String| json!({ "owner_name": name, "block_signing_key": public });
    let value = json!({
        "initial_timestamp": "2030-01-01T00:00:00",
        "initial_accounts": names.iter().map(account).collect::<Vec<_>>(),
        "initial_witness_candidates": names.iter().map(witness).collect::<Vec<_>>(),
        "initial_committee_candidates":
            names.iter().map(|name| json!({ "owner_name": name })).collect::<Vec<_>>(),
        "initial_active_witnesses": 11,
    });
    GenesisState::from_json(&value).expect("a genesis")
}

/// Gives every account its funds from the committee's, so that the supply still adds up.
fn add_accounts(ledger: &mut Ledger, count: u64) -> u64 {
    let first = ledger.tables.accounts.next_instance();
    for n in 0..count {
        let statistics: AccountStatisticsId = Id(ledger.tables.statistics.next_instance());
        let name = format!("user{n}");
        let authority = Authority::key(key(n % KEYS).public_key());
        let account: AccountId = ledger.create(Account {
            name: name.as_str().into(),
            owner: authority.clone(),
            active: authority,
            statistics,
            ..Account::default()
        });
        ledger.create::<AccountStatisticsId>(AccountStatistics {
            owner: account,
            name: name.as_str().into(),
            ..AccountStatistics::default()
        });
        ledger.create::<AccountBalanceId>(AccountBalance::new(account, Asset::core(FUNDS)));
    }
    let total = Asset::core(FUNDS * count as i64).negated();
    ledger.adjust_balance(Id(0), total).expect("the committee holds the supply");
    first
}

/// A seeded sequence: the same transfers every time.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A chain with accounts, and the sequence their transfers come from.
pub struct World {
    /// The chain, behind its first block: that is a maintenance block, whose work is linear in the
    /// accounts and not a transfer's.
    pub chain: Chain,
    first: u64,
    accounts: u64,
    sequence: Sequence,
}

impl World {
    /// A chain with that many accounts, besides those of the genesis.
    pub fn new(accounts: u64) -> Self {
        let chain_id = Digest([7; 32]);
        let mut ledger = Ledger::from_genesis(&genesis(), chain_id).expect("a ledger");
        let first = add_accounts(&mut ledger, accounts);
        let chain = Chain::new(ledger, chain_id);
        let mut world = Self { chain, first, accounts, sequence: Sequence(1) };
        let maintenance = world.block(Vec::new(), Recover::Nothing);
        world.chain.push_block(maintenance, UNSIGNED).expect("an empty block applies");
        world
    }

    /// Signed transfers of small amounts, enough for a block.
    pub fn transfers(&mut self) -> Vec<SignedTransaction> {
        (0..PER_BLOCK).map(|_| self.transfer(|_, amount| amount)).collect()
    }

    /// A signed transfer of what `choose` makes of the payer's balance and a small amount.
    pub fn transfer(&mut self, choose: impl FnOnce(i64, i64) -> i64) -> SignedTransaction {
        let from = self.sequence.below(self.accounts);
        let to = (from + 1 + self.sequence.below(self.accounts - 1)) % self.accounts;
        let payer = Id(self.first + from);
        let balance = self.chain.ledger().balance(payer, CORE);
        let amount = choose(balance, 1 + self.sequence.below(100) as i64);
        let operation = Transfer {
            fee: Asset::core(FEE),
            from: payer,
            to: Id(self.first + to),
            amount: Asset::core(amount),
            ..Transfer::default()
        };
        let time = self.chain.ledger().head_time().expect("a time");
        let mut transaction = SignedTransaction {
            ref_block_num: self.chain.head_number() as u16,
            ref_block_prefix: ref_block_prefix(&self.chain.head_id()),
            expiration: time.wrapping_add(60 + self.sequence.below(600) as u32),
            operations: [operation.into()].into(),
            ..SignedTransaction::default()
        };
        transaction.sign(&key(from % KEYS), self.chain.chain_id());
        transaction
    }

    /// The next block with these transactions, not signed.
    pub fn block(
        &self,
        transactions: Vec<SignedTransaction>,
        recover: Recover,
    ) -> Arc<RecoveredBlock> {
        let slot = self.chain.slot(1).expect("a slot");
        let processed = transactions.into_iter().map(|transaction| ProcessedTransaction {
            transaction: Arc::new(transaction),
            operation_results: Vec::new(),
        });
        let mut block = SignedBlock { transactions: processed.collect(), ..SignedBlock::default() };
        block.signed_header.header = BlockHeader {
            previous: self.chain.head_id(),
            timestamp: slot.time,
            witness: slot.witness,
            ..BlockHeader::default()
        };
        Arc::new(RecoveredBlock::new(block, self.chain.chain_id(), recover))
    }
}

/// Wall clock and processor time of some work, summed up.
#[derive(Default)]
pub struct Stopwatch {
    wall: Duration,
    processor: Duration,
}

impl Stopwatch {
    /// Adds what `work` takes.
    pub fn time<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let (start, busy) = (Instant::now(), processor_time());
        let result = work();
        self.wall += start.elapsed();
        self.processor += processor_time() - busy;
        result
    }

    /// Wall clock per piece of work, in nanoseconds.
    pub fn ns(&self, pieces: usize) -> f64 {
        self.wall.as_nanos() as f64 / pieces as f64
    }

    /// Processor time per piece of work, in nanoseconds.
    pub fn processor_ns(&self, pieces: usize) -> f64 {
        self.processor.as_nanos() as f64 / pieces as f64
    }
}

/// Time this thread had a processor, which other programs do not lengthen.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}
