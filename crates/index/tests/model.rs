//! History against a list of what happened, over blocks that come, go back, go to disk and are
//! there after a restart.

use carbyne_index::{History, OperationHistory, Settings, Step, Wanted, named_assets};
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::reserve::AssetReserve;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_wire::{Digest, FlatSet, Hash160, Id, TimePointSec, VarUint};
use proptest::prelude::*;
use std::path::Path;

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    /// A block with so many operations; `seed` says which.
    Block { operations: usize, seed: u64 },
    /// The newest block is taken back, if it can be.
    Undo,
    /// All but so many blocks go to disk.
    Commit(usize),
    /// The program ends and starts again; blocks that are not on disk come again.
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (prop_oneof![Just(0), 1..4_usize, Just(60), Just(300)], any::<u64>())
            .prop_map(|(operations, seed)| Event::Block { operations, seed }),
        2 => Just(Event::Undo),
        3 => (0..4_usize).prop_map(Event::Commit),
        1 => Just(Event::Restart),
    ]
}

/// A block that happened.
#[derive(Clone)]
struct Happened {
    block: std::sync::Arc<RecoveredBlock>,
    operations: Vec<AppliedOperation>,
}

/// Few accounts have most of it, so that they get many entries.
fn account(seed: u64) -> AccountId {
    Id(match seed % 10 {
        0..5 => 3,
        5..8 => 4,
        8 => 5 + seed / 10 % 5,
        _ => u64::MAX - seed / 10 % 2,
    })
}

fn operation(seed: u64) -> Operation {
    let amount = Asset { amount: 1, asset_id: Id(seed / 7 % 40) };
    match seed % 97 {
        0 => Operation::AssetReserve(AssetReserve {
            payer: account(seed / 97),
            amount_to_reserve: amount,
            ..AssetReserve::default()
        }),
        _ => Operation::Transfer(Transfer {
            from: account(seed / 3),
            to: account(seed / 11),
            amount,
            ..Transfer::default()
        }),
    }
}

/// The block behind these, with a transaction for each operation.
fn next(before: &[Happened], count: usize, seed: u64) -> Happened {
    let number = before.len() as u32 + 1;
    let time = TimePointSec(1_000 + 3 * number);
    let mut block = SignedBlock::default();
    block.signed_header.header.previous =
        before.last().map_or(Hash160::default(), |one| one.block.id());
    block.signed_header.header.timestamp = time;
    let seeds = (0..count as u64).map(|n| (seed ^ n << 7).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 9);
    let operations: Vec<Operation> = seeds.map(operation).collect();
    for (n, one) in operations.iter().enumerate() {
        let transaction = SignedTransaction {
            ref_block_num: number as u16,
            ref_block_prefix: n as u32,
            operations: [one.clone()].into_iter().collect(),
            ..SignedTransaction::default()
        };
        let transaction = transaction.into();
        block.transactions.push(ProcessedTransaction { transaction, ..Default::default() });
    }
    let applied = operations.into_iter().enumerate().map(|(n, op)| AppliedOperation {
        op,
        result: Default::default(),
        block_num: number,
        trx_in_block: n as u16,
        op_in_trx: 0,
        virtual_op: 0,
        is_virtual: false,
        block_time: time,
    });
    let operations = applied.collect();
    let block = RecoveredBlock::new(block, &Digest::default(), Recover::Nothing).into();
    Happened { block, operations }
}

/// All operations with their accounts.
fn all(blocks: &[Happened]) -> Vec<(OperationHistory, FlatSet<AccountId>)> {
    let applied = blocks.iter().flat_map(|block| &block.operations);
    let numbered = applied.zip(0..).map(|(applied, number)| {
        let mut operation = OperationHistory::from(applied.clone());
        operation.id = Id(number);
        (operation, applied.concerned_accounts())
    });
    numbered.collect()
}

/// What is found by a search, and how far it looked.
fn found(steps: impl Iterator<Item = Step>) -> Vec<OperationHistory> {
    let found = steps.filter_map(|step| match step {
        Step::Found(operation) => Some(*operation),
        Step::PassedOver(_) => None,
    });
    found.collect()
}

fn compare_account(
    history: &History,
    account: AccountId,
    all: &[(OperationHistory, FlatSet<AccountId>)],
) {
    let own: Vec<&OperationHistory> = all
        .iter()
        .filter(|(_, accounts)| accounts.contains(&account))
        .map(|(operation, _)| operation)
        .collect();
    let total = own.len() as u64;
    assert_eq!(history.activity(account).total_ops, total);
    let back = |from: usize, to: usize| own[from..to].iter().rev().map(|one| (*one).clone());
    for (first, last) in [(1, total), (total / 3, total / 2), (total, u64::MAX), (129, 129), (0, 3)]
    {
        let from = (first.max(1) - 1).min(total) as usize;
        let to = (last.min(total) as usize).max(from);
        assert!(history.operations_of(account, first..=last).eq(back(from, to)), "{first} {last}");
    }
    let middle = own.get(own.len() / 2).map_or(Id(7), |one| one.id);
    for last in [Id(u64::MAX), middle, Id(middle.0.saturating_sub(1)), Id(0)] {
        let to = own.partition_point(|one| one.id <= last);
        assert!(history.operations_until(account, last).eq(back(0, to)), "until {last}");
        for (tags, assets) in
            [(vec![], vec![]), (vec![15], vec![]), (vec![], vec![5]), (vec![0], vec![7, 0])]
        {
            let wanted = Wanted {
                tags: tags.iter().map(|tag| VarUint(*tag)).collect(),
                assets: assets.iter().map(|asset| Id(*asset)).collect(),
            };
            let is_wanted = |one: &OperationHistory| {
                let named = named_assets(one);
                (tags.is_empty() || tags.contains(&one.op.tag()))
                    && wanted.assets.iter().all(|asset| named.contains(asset))
            };
            let expected: Vec<_> = back(0, to).filter(is_wanted).collect();
            assert_eq!(found(history.search(account, last, &wanted)), expected);
        }
    }
}

fn compare(history: &History, blocks: &[Happened], accounts: &[u64]) {
    assert_eq!(history.failure(), None);
    assert_eq!(history.head().0, blocks.len() as u32);
    let all = all(blocks);
    for (operation, _) in all.iter().step_by(37) {
        assert_eq!(history.operation(operation.id).as_ref(), Some(operation));
    }
    assert_eq!(history.operation(Id(all.len() as u64)), None);
    for number in accounts {
        compare_account(history, Id(*number), &all);
    }
    let mut first = 0;
    for block in blocks {
        let of_block = history.block(block.block.number());
        assert_eq!(of_block.map(|block| (block.first, block.count)), {
            let count = block.operations.len() as u64;
            (count > 0).then_some((first, count))
        });
        let end = first as usize + block.operations.len();
        let expected = all[first as usize..end].iter().map(|(operation, _)| operation.clone());
        assert!(of_block.into_iter().flat_map(|block| history.operations(block)).eq(expected));
        let time = block.block.block().header().timestamp;
        let until = history.block_until(TimePointSec(time.0 + 2)).map(|block| block.last());
        assert_eq!(until, (end as u64).checked_sub(1));
        first = end as u64;
        for (place, id) in block.block.transaction_ids().enumerate().step_by(41) {
            let found = history.transaction(&id).expect("its place");
            let expected = (block.block.number(), place as u16, time);
            assert_eq!((found.block_num, found.trx_in_block, found.time), expected);
        }
    }
    compare_entries(history, &all);
    let holdings = history.verify(&mut || ()).expect("it is true");
    assert_eq!(holdings.operations, all.len() as u64);
}

fn compare_entries(history: &History, all: &[(OperationHistory, FlatSet<AccountId>)]) {
    let entries = all
        .iter()
        .flat_map(|(operation, accounts)| accounts.iter().map(|account| (operation.id, *account)));
    let entries: Vec<_> = entries.collect();
    for (number, (operation, account)) in entries.iter().enumerate().step_by(53) {
        let entry = history.entry(number as u64).expect("an entry");
        assert_eq!((entry.operation_id, entry.account), (*operation, *account));
    }
    assert_eq!(history.entry(entries.len() as u64), None);
}

fn on(dir: Option<&Path>) -> History {
    let mut history = match dir {
        Some(dir) => History::open(dir, Settings::default()),
        None => History::new(Settings::default()),
    };
    history.begin_at(0);
    history
}

fn take_in(history: &mut History, happened: &Happened) {
    history.apply(&happened.block, &happened.operations);
}

/// Lets events happen to a history, on disk or in memory; `gone` blocks cannot be taken back.
fn check(dir: Option<&Path>, events: &[Event]) {
    let mut history = on(dir);
    let (mut blocks, mut gone): (Vec<Happened>, usize) = (Vec::new(), 0);
    for event in events {
        match event {
            Event::Block { operations, seed } => {
                blocks.push(next(&blocks, *operations, *seed));
                take_in(&mut history, &blocks[blocks.len() - 1]);
            }
            Event::Undo if blocks.len() > gone => {
                let taken_back = blocks.pop().expect("a block");
                history.undo();
                for id in taken_back.block.transaction_ids() {
                    assert_eq!(history.transaction(&id), None);
                }
            }
            Event::Commit(undoable) => {
                gone = gone.max(blocks.len().saturating_sub(*undoable));
                history.commit(*undoable);
            }
            Event::Restart if dir.is_some() => {
                drop(history);
                history = on(dir);
                for block in &blocks {
                    take_in(&mut history, block);
                }
            }
            Event::Undo | Event::Restart => {}
        }
    }
    compare(&history, &blocks, &[0, 3, 4, 6, 9, u64::MAX]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_history_says_what_happened(events in prop::collection::vec(event(), 1..40)) {
        let dir = tempfile::tempdir().expect("a directory");
        check(Some(dir.path()), &events);
        check(None, &events);
    }
}

/// More than is gathered before the tree is told, on disk and looked at without writing.
#[test]
fn what_was_gathered_for_the_tree_is_there_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut history = on(Some(dir.path()));
    let mut blocks = Vec::new();
    for seed in 0..170 {
        blocks.push(next(&blocks, 300, seed));
        take_in(&mut history, &blocks[blocks.len() - 1]);
        history.commit(1);
    }
    history.sync()().expect("on disk");
    compare(&history, &blocks, &[5]);
    // As after a kill: nothing more is written.
    std::mem::forget(history);
    let looked = History::look(dir.path(), Settings::default());
    assert_eq!(looked.head().0, 169);
    compare(&looked, &blocks[..169], &[5, u64::MAX]);
}

/// What is behind the blocks that are on disk is cut off, what is before them must be there.
#[test]
fn the_files_of_the_record_are_as_long_as_the_tree_says() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut history = on(Some(dir.path()));
    let mut blocks = Vec::new();
    for seed in 0..5 {
        blocks.push(next(&blocks, 60, seed));
        take_in(&mut history, &blocks[blocks.len() - 1]);
    }
    history.commit(0);
    drop(history);
    let rows = dir.path().join("record/rows");
    let bytes = std::fs::read(&rows).expect("rows");
    std::fs::write(&rows, [bytes.as_slice(), b"torn"].concat()).expect("written");
    let history = on(Some(dir.path()));
    compare(&history, &blocks, &[3, 6]);
    drop(history);
    assert_eq!(std::fs::read(&rows).expect("rows"), bytes);
    std::fs::write(&rows, &bytes[..bytes.len() - 1]).expect("written");
    let failure = on(Some(dir.path())).failure().map(str::to_owned).expect("a failure");
    assert!(failure.contains("record of operations is damaged"), "{failure}");
    assert!(failure.contains("history rebuild"), "{failure}");
    let mut spoiled = bytes.clone();
    spoiled[30] ^= 1;
    std::fs::write(&rows, &spoiled).expect("written");
    let history = on(Some(dir.path()));
    assert_eq!(history.operation(Id(0)), None);
    let failure = history.failure().expect("a failure");
    assert!(failure.contains("damaged"), "{failure}");
}

/// A history of an older program is refused by what it says of itself, with what to do.
#[test]
fn a_history_of_an_older_form_says_how_it_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = fjall::Database::builder(dir.path()).open().expect("a database");
    let tree = database.keyspace("history", Default::default).expect("a tree");
    // Form 2, block 7, its id, the first block, and no numbers.
    let head = [&2_u32.to_le_bytes()[..], &7_u32.to_le_bytes(), &[9; 20], &[1, 0, 0, 0], &[0]];
    tree.insert([0], head.concat()).expect("written");
    database.persist(fjall::PersistMode::SyncAll).expect("on disk");
    drop((tree, database));
    let history = on(Some(dir.path()));
    let failure = history.failure().expect("a failure");
    assert!(failure.contains("it has form 2, this program reads 3"), "{failure}");
    assert!(failure.contains("`carbyne history rebuild` makes it anew"), "{failure}");
}
