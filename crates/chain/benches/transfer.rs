//! How many transfers a second the core applies on one thread: full evaluators, fees, authority
//! against recovered keys, undo on, in blocks of 3,000. Recovering the keys is not timed: workers
//! do that. Afterwards the supply must add up, and undoing and applying the last block must give
//! the same state hash.
//!
//! `cargo bench -p carbyne-chain --bench transfer -- ACCOUNTS TRANSFERS`; prints one JSON line.

use carbyne_chain::Chain;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Ledger;
use carbyne_ledger::authority::Authority;
use carbyne_ledger::genesis::GenesisState;
use carbyne_ledger::ids::{AccountBalanceId, AccountId, AccountStatisticsId};
use carbyne_ledger::money::Asset;
use carbyne_ledger::objects::{Account, AccountBalance, AccountStatistics};
use carbyne_ledger::ops::transfer::Transfer;
use carbyne_ledger::recovered::{Recover, RecoveredBlock};
use carbyne_ledger::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedTransaction, ref_block_prefix,
};
use carbyne_ledger::{Questions, Trust};
use carbyne_wire::{Digest, Id, Json};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PER_BLOCK: usize = 3_000;
const KEYS: u64 = 500;
const FEE: i64 = 2_000_000;
const FUNDS: i64 = 900_000_000;

/// Everything is asked but what needs the witness's key: the blocks here are not signed.
const UNSIGNED: Trust = Trust::Except(
    Questions::WITNESS_SIGNATURE
        .and(Questions::MERKLE_ROOT)
        .and(Questions::SIZE)
        .and(Questions::UNDO_HISTORY),
);

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

fn transfer(
    chain: &Chain,
    first: u64,
    accounts: u64,
    sequence: &mut Sequence,
) -> SignedTransaction {
    let from = sequence.below(accounts);
    let to = (from + 1 + sequence.below(accounts - 1)) % accounts;
    let operation = Transfer {
        fee: Asset::core(FEE),
        from: Id(first + from),
        to: Id(first + to),
        amount: Asset::core(1 + sequence.below(100) as i64),
        ..Transfer::default()
    };
    let head = chain.head_id();
    let mut transaction = SignedTransaction {
        ref_block_num: chain.head_number() as u16,
        ref_block_prefix: ref_block_prefix(&head),
        expiration: chain
            .ledger()
            .head_time()
            .expect("a time")
            .wrapping_add(60 + sequence.below(600) as u32),
        operations: [operation.into()].into(),
        ..SignedTransaction::default()
    };
    transaction.sign(&key(from % KEYS), chain.chain_id());
    transaction
}

fn block(chain: &Chain, transactions: Vec<SignedTransaction>) -> Arc<RecoveredBlock> {
    let slot = chain.slot(1).expect("a slot");
    let processed = transactions.into_iter().map(|transaction| ProcessedTransaction {
        transaction: Arc::new(transaction),
        operation_results: Vec::new(),
    });
    let mut block = SignedBlock { transactions: processed.collect(), ..SignedBlock::default() };
    block.signed_header.header = BlockHeader {
        previous: chain.head_id(),
        timestamp: slot.time,
        witness: slot.witness,
        ..BlockHeader::default()
    };
    Arc::new(RecoveredBlock::new(block, chain.chain_id(), Recover::Signatures))
}

/// Time this thread had a processor, which other programs do not lengthen.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn main() {
    let arguments: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let accounts = arguments.first().copied().unwrap_or(10_000);
    let transfers = arguments.get(1).copied().unwrap_or(60_000) as usize;
    let chain_id = Digest([7; 32]);
    let mut ledger = Ledger::from_genesis(&genesis(), chain_id).expect("a ledger");
    let first = add_accounts(&mut ledger, accounts);
    let mut chain = Chain::new(ledger, chain_id);
    // The first block is a maintenance block, whose work is linear in the accounts: it is not a
    // transfer's.
    let maintenance = block(&chain, Vec::new());
    chain.push_block(maintenance, UNSIGNED).expect("an empty block applies");
    let mut sequence = Sequence(1);
    let (mut spent, mut busy, mut applied) = (Duration::ZERO, Duration::ZERO, 0);
    let mut last = None;
    while applied < transfers {
        let signed = (0..PER_BLOCK).map(|_| transfer(&chain, first, accounts, &mut sequence));
        let block = block(&chain, signed.collect());
        let (start, busy_before) = (Instant::now(), processor_time());
        chain.push_block(block.clone(), UNSIGNED).expect("the block applies");
        spent += start.elapsed();
        busy += processor_time() - busy_before;
        chain.take_events();
        applied += PER_BLOCK;
        last = Some(block);
    }
    let hash = chain.ledger().state_hash();
    chain.pop_block().expect("the last block can be undone");
    chain.push_block(last.expect("a block"), UNSIGNED).expect("it applies again");
    assert_eq!(chain.ledger().state_hash(), hash, "undo and redo give the same state");
    let audit = carbyne_ledger::audit::audit(chain.ledger()).expect("an audit");
    assert!(audit.iter().all(|line| line.is_balanced()), "supply adds up");
    println!(
        "{{\"name\":\"apply_transfer\",\"accounts\":{accounts},\"transfers\":{applied},\
         \"per_second\":{:.0},\"ns\":{:.0},\"processor_ns\":{:.0},\"state_hash\":\"{hash}\"}}",
        applied as f64 / spent.as_secs_f64(),
        spent.as_nanos() as f64 / applied as f64,
        busy.as_nanos() as f64 / applied as f64,
    );
}
