//! What history costs: `cargo bench -p carbyne --bench history -- OPERATIONS ACCOUNTS`.
//!
//! The same blocks of 1,000 transfers are applied by two processes, one that keeps history on disk
//! and one that keeps none. Shown are the resident memory of both after 10^4, 10^5 … operations,
//! and how fast history took them: on the core's thread, and until they were on disk. Between the
//! blocks somebody reads, so that caches fill.

#[path = "../tests/harness/chain.rs"]
#[allow(dead_code)]
mod chain;
#[path = "../tests/harness/crowd.rs"]
mod crowd;

use carbyne_chain::{Chain, ChainEvent};
use carbyne_index::History;
use carbyne_ledger::{Questions, Trust};
use carbyne_node::home::begin;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{Dialect, Id};
use std::io::BufRead;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PER_BLOCK: u64 = 1_000;
/// Unsigned transactions: recovering keys is nobody's concern here.
/// Nobody signed, and nothing names a block.
const UNSIGNED: Trust = Trust::Except(Questions::SIGNATURES.and(Questions::REFERENCE_BLOCK));
/// The environment variable that tells a child whether to keep history.
const KEEP: &str = "CARBYNE_BENCH_HISTORY";

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let (operations, accounts) = match numbers[..] {
        [] => (100_000, 10_000),
        [operations] => (operations, 1_000_000),
        [operations, accounts, ..] => (operations, accounts),
    };
    match std::env::var(KEEP) {
        Ok(keep) => run(operations, accounts, keep == "yes"),
        Err(_) => compare(operations, accounts),
    }
}

/// Runs both and shows them side by side.
fn compare(operations: u64, accounts: u64) {
    println!("{accounts} accounts, blocks of {PER_BLOCK} transfers");
    let [without, with] = ["no", "yes"].map(|keep| child(operations, accounts, keep));
    for (without, with) in without.iter().zip(&with) {
        println!("none  {without}\nkept  {with}");
        let mib = |line: &str| line.split_whitespace().nth(2).and_then(|text| text.parse().ok());
        if let (Some(without), Some(with)) = (mib(without), mib(with)) {
            let (without, with): (f64, f64) = (without, with);
            println!("      memory with history / without: {:.3}", with / without);
        }
    }
}

fn child(operations: u64, accounts: u64, keep: &str) -> Vec<String> {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([operations.to_string(), accounts.to_string()])
        .env(KEEP, keep)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let lines = std::io::BufReader::new(child.stdout.take().expect("its output")).lines();
    let lines = lines.map_while(Result::ok).inspect(|line| eprintln!("{keep:>3}: {line}"));
    let lines = lines.collect();
    assert!(child.wait().expect("its end").success());
    lines
}

/// Applies blocks; says what they cost after 10^4, 10^5 … operations.
fn run(operations: u64, accounts: u64, keep: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let (ledger, chain_id) =
        begin(&chain::genesis_with(86_400), Dialect::REFERENCE).expect("a genesis");
    let mut world = World {
        chain: Chain::new(ledger, chain_id),
        history: if keep {
            History::open(folder.path(), Default::default())
        } else {
            History::off()
        },
        first: 0,
        accounts,
        transfers: 0,
        on_core: Duration::ZERO,
        started: Instant::now(),
    };
    world.first = crowd::add_accounts(world.chain.ledger_mut(), accounts);
    world.started = Instant::now();
    let mut next = 10_000.min(operations);
    while world.transfers < operations {
        world.block();
        if world.transfers >= next {
            world.show();
            next = (next * 10).min(operations);
        }
    }
}

struct World {
    chain: Chain,
    history: History,
    first: u64,
    accounts: u64,
    transfers: u64,
    /// What history took on the thread that applies blocks.
    on_core: Duration,
    started: Instant,
}

impl World {
    fn transfer(&mut self) -> SignedTransaction {
        self.transfers += 1;
        let n = self.transfers;
        let from = n.wrapping_mul(6_364_136_223_846_793_005) % self.accounts;
        let to = (from + 1 + n % (self.accounts - 1)) % self.accounts;
        let time = self.chain.ledger().head_time().expect("a time");
        let operation = chain::a_transfer(Id(self.first + from), Id(self.first + to), 1 + n as i64);
        SignedTransaction {
            ref_block_num: self.chain.head_number() as u16,
            ref_block_prefix: ref_block_prefix(&self.chain.head_id()),
            expiration: time.wrapping_add(60),
            operations: [operation].into(),
            ..SignedTransaction::default()
        }
    }

    /// The next block, taken into history, and a few questions.
    fn block(&mut self) {
        for _ in 0..PER_BLOCK {
            let (transaction, id) = (self.transfer(), *self.chain.chain_id());
            let recovered = RecoveredTransaction::new(transaction, &id, Recover::Nothing);
            self.chain.push_transaction(Arc::new(recovered), UNSIGNED).expect("accepted");
        }
        let slot = self.chain.slot(1).expect("a slot");
        let witness = self.chain.ledger().get(slot.witness).expect("a witness").signing_key;
        let keys = chain::witness_keys();
        let key = keys.iter().find(|key| key.public_key() == witness).expect("its key");
        self.chain.generate_block(slot.time, slot.witness, key, UNSIGNED).expect("a block");
        for event in self.chain.take_events() {
            if let ChainEvent::Applied(applied) = event {
                let started = Instant::now();
                self.history.apply(&applied.block, &applied.operations);
                self.history.commit(self.chain.undoable_blocks() as usize);
                self.on_core += started.elapsed();
            }
        }
        if self.history.failure().is_none() {
            (0..10).for_each(|n| self.read(self.transfers.wrapping_mul(7_919 + n)));
        }
    }

    /// The newest operations of some account.
    fn read(&self, n: u64) {
        let account = Id(self.first + n % self.accounts);
        let total = self.history.activity(account).total_ops;
        let found = self.history.operations_of(account, 1..=total).take(100).count();
        assert_eq!(found as u64, total.min(100));
    }

    fn show(&self) {
        let applied = self.started.elapsed();
        self.history.sync()().expect("on disk");
        let on_disk = self.started.elapsed();
        let rate = |time: Duration| self.transfers as f64 / time.as_secs_f64().max(1e-9) / 1e3;
        println!(
            "{:>9} operations {:>7.1} MiB, {:.0} k/s in all, {:.0} k/s of history on the core's \
             thread, {:.0} k/s on disk",
            self.transfers,
            resident_mib(),
            rate(applied),
            rate(self.on_core),
            rate(on_disk),
        );
    }
}

/// Resident memory of this process, in MiB.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    let kib: f64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("one");
    kib / 1_024.0
}
