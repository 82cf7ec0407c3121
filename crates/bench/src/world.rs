//! A chain of many accounts and what they do, the same every time: what the benchmarks measure on.

use crate::sequence::Sequence;
use carbyne_chain::Chain;
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::audit::audit;
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_objects::{Account, AccountBalance, AccountStatistics, AssetDynamicData, AssetObject};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AccountStatisticsId, AssetId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::AssetOptions;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::{Recover, RecoveredBlock};
use carbyne_protocol::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedTransaction, ref_block_prefix,
};
use carbyne_wire::{Dialect, Digest, Id, JsonIn};
use serde_json::json;
use std::sync::Arc;

/// Transfers of a block.
pub const PER_BLOCK: usize = 3_000;
/// Seconds for which a transaction may come, at least, and half of what it is at most.
const LIFE_MIN: u32 = 30;
/// More blocks than any transaction lives and any block can be undone.
const BLOCKS_UNTIL_STEADY: usize = if cfg!(test) { 1 } else { 24 };
/// Keys that the accounts share.
const KEYS: u64 = 500;
/// What every transfer pays, in smallest units of the core asset.
const FEE: i64 = 2_000_000;
/// What every account begins with at most, in smallest units of the core asset.
const FUNDS_MAX: i64 = 900_000_000;
/// What all accounts begin with at most, which is less than there is.
const FUNDS_OF_ALL: i64 = 900_000_000_000_000;

/// Everything but what needs the witness's key: the blocks here are not signed.
pub const UNSIGNED: Trust = Trust::Except(
    Questions::WITNESS_SIGNATURE
        .and(Questions::MERKLE_ROOT)
        .and(Questions::SIZE)
        .and(Questions::UNDO_HISTORY),
);

/// Everything but signatures, and what needs the witness's key.
pub const NO_SIGNATURES: Trust = Trust::Except(
    Questions::SIGNATURES
        .and(Questions::WITNESS_SIGNATURE)
        .and(Questions::MERKLE_ROOT)
        .and(Questions::SIZE)
        .and(Questions::UNDO_HISTORY),
);
/// What every account has of a coin, in its smallest units.
const FUNDS_OF_COIN: i64 = 10_000_000_000;
/// Enough for all the fees of a benchmark, in smallest units of the core asset.
const MUCH: i64 = 50_000_000_000_000;

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
    GenesisState::from_json_in(&value, Dialect::REFERENCE).expect("a genesis")
}

/// Adds the account `user` with that number, its key, and what it has of the core asset in smallest
/// units, which nobody loses for that: only time and memory count.
pub fn add_account(ledger: &mut Ledger, n: u64, key: PublicKey, funds: i64) {
    let statistics: AccountStatisticsId = Id(ledger.tables.statistics.next_instance());
    let name = format!("user{n}");
    let authority = Authority::key(key);
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
    ledger.create::<AccountBalanceId>(AccountBalance::new(account, Asset::core(funds)));
}

/// Gives every account its funds from the committee's, so that the supply still adds up.
fn add_accounts(ledger: &mut Ledger, count: u64) -> u64 {
    let first = ledger.tables.accounts.next_instance();
    let funds = FUNDS_MAX.min(FUNDS_OF_ALL / count.max(1) as i64);
    let keys: Vec<_> = (0..KEYS).map(|n| key(n).public_key()).collect();
    for (n, key) in (0..count).zip(keys.into_iter().cycle()) {
        add_account(ledger, n, key, funds);
    }
    let total = Asset::core(funds * count as i64).negated();
    ledger.adjust_balance(Id(0), total).expect("the committee holds the supply");
    first
}

/// A chain with accounts, and the sequence their transfers come from.
pub struct World {
    /// The chain, behind its first block: that is a maintenance block, whose work is linear in the
    /// accounts and not a transfer's.
    pub chain: Chain,
    first: u64,
    accounts: u64,
    sequence: Sequence,
    /// Transfers so far.
    made: i64,
    /// Whether the first account pays every other transfer.
    one_pays_half: bool,
}

impl World {
    /// A chain with that many accounts, besides those of the genesis.
    pub fn new(accounts: u64) -> Self {
        let chain_id = Digest([7; 32]);
        let mut ledger = Ledger::from_genesis(&genesis(), chain_id).expect("a ledger");
        let first = add_accounts(&mut ledger, accounts);
        let chain = Chain::new(ledger, chain_id);
        let sequence = Sequence(1);
        let mut world = Self { chain, first, accounts, sequence, made: 0, one_pays_half: false };
        let maintenance = world.block(Vec::new(), Recover::Nothing);
        world.chain.push_block(maintenance, UNSIGNED).expect("an empty block applies");
        world
    }

    /// So many signed transfers of small amounts.
    pub fn transfers(&mut self, count: usize) -> Vec<SignedTransaction> {
        (0..count).map(|_| self.transfer(|_, amount| amount)).collect()
    }

    /// From now on the first account, which has enough for it, pays every other transfer.
    pub fn crowd_the_first(&mut self) {
        self.enrich(self.account(0));
        self.one_pays_half = true;
    }

    /// Who pays next.
    fn payer(&mut self) -> u64 {
        let any = self.sequence.below(self.accounts);
        if self.one_pays_half && self.made % 2 == 0 { 0 } else { any }
    }

    /// One of the accounts.
    pub fn account(&self, number: u64) -> AccountId {
        Id(self.first + number % self.accounts.max(1))
    }

    /// Whom accounts belong to.
    pub fn authority(&self) -> Authority {
        Authority::key(key(0).public_key())
    }

    /// Gives an account much of the core asset.
    pub fn enrich(&mut self, account: AccountId) {
        let ledger = self.chain.ledger_mut();
        let much = Asset::core(MUCH);
        ledger.adjust_balance(Id(0), much.negated()).expect("the committee holds the supply");
        ledger.adjust_balance(account, much).expect("an account");
    }

    /// An asset that every account has much of.
    pub fn add_coin(&mut self) -> AssetId {
        let (first, accounts) = (self.first, self.accounts);
        let ledger = self.chain.ledger_mut();
        let current_supply = FUNDS_OF_COIN * accounts as i64;
        let dynamic_asset_data_id =
            ledger.create(AssetDynamicData { current_supply, ..AssetDynamicData::default() });
        let number = ledger.tables.assets.next_instance();
        let rate = Price::new(Asset::core(1), Asset::new(1, Id(number)));
        let coin = ledger.create::<AssetId>(AssetObject {
            symbol: "COIN".into(),
            precision: 5,
            options: AssetOptions { core_exchange_rate: rate, ..AssetOptions::default() },
            dynamic_asset_data_id,
            ..AssetObject::default()
        });
        for account in (first..first + accounts).map(Id) {
            let funds = AccountBalance::new(account, Asset::new(FUNDS_OF_COIN, coin));
            ledger.create::<AccountBalanceId>(funds);
        }
        coin
    }

    /// An operation with the fee that it needs, in the core asset.
    pub fn with_fee(&self, mut operation: Operation) -> Operation {
        let parameters = self.chain.ledger().parameters().expect("parameters");
        let fee = parameters.current_fees.calculate_fee(&operation).expect("a fee");
        *operation.fee_mut() = Asset::core(fee);
        operation
    }

    /// A transaction of one operation that nobody signed.
    pub fn unsigned(&self, operation: Operation) -> SignedTransaction {
        let time = self.chain.ledger().head_time().expect("a time");
        SignedTransaction {
            ref_block_num: self.chain.head_number() as u16,
            ref_block_prefix: ref_block_prefix(&self.chain.head_id()),
            expiration: time.wrapping_add(600),
            operations: [operation].into(),
            ..SignedTransaction::default()
        }
    }

    /// The hash of the state, whose supplies add up.
    pub fn checked_hash(&self) -> Digest<32> {
        let ledger = self.chain.ledger();
        let audit = audit(ledger).expect("an audit");
        assert!(audit.iter().all(|line| line.is_balanced()), "supply adds up");
        ledger.state_hash()
    }

    /// Blocks of so many transfers until the chain forgets as many as it learns: what is
    /// remembered of transactions that could come again, and what is kept to undo blocks.
    pub fn settle(&mut self, per_block: usize) -> Vec<Arc<RecoveredBlock>> {
        let blocks = (0..BLOCKS_UNTIL_STEADY).map(|_| {
            let block = self.unsigned_block(per_block);
            self.push(&block, NO_SIGNATURES);
            block
        });
        blocks.collect()
    }

    /// The next block, of so many transfers that nobody signed.
    pub fn unsigned_block(&mut self, per_block: usize) -> Arc<RecoveredBlock> {
        let transfers = (0..per_block).map(|_| self.unsigned_transfer(|_, made| made).0);
        let transfers = transfers.collect();
        self.block(transfers, Recover::Nothing)
    }

    /// Applies the next block.
    pub fn push(&mut self, block: &Arc<RecoveredBlock>, trust: Trust) {
        self.chain.push_block(block.clone(), trust).expect("the block applies");
        self.chain.take_events();
    }

    /// A signed transfer of what `choose` makes of the payer's balance and a small amount.
    pub fn transfer(&mut self, choose: impl FnOnce(i64, i64) -> i64) -> SignedTransaction {
        let (mut transaction, from) = self.unsigned_transfer(choose);
        transaction.sign(&key(from % KEYS), self.chain.chain_id());
        transaction
    }

    /// The same unsigned, and the number of the account that has to sign it.
    fn unsigned_transfer(
        &mut self,
        choose: impl FnOnce(i64, i64) -> i64,
    ) -> (SignedTransaction, u64) {
        let from = self.payer();
        let to = (from + 1 + self.sequence.below(self.accounts - 1)) % self.accounts;
        let payer = Id(self.first + from);
        let balance = self.chain.ledger().balance(payer, CORE);
        // No two are alike.
        self.made += 1;
        let amount = choose(balance, self.made);
        let operation = Transfer {
            fee: Asset::core(FEE),
            from: payer,
            to: Id(self.first + to),
            amount: Asset::core(amount),
            ..Transfer::default()
        };
        let life = LIFE_MIN + self.sequence.below(LIFE_MIN.into()) as u32;
        let mut transaction = self.unsigned(operation.into());
        let time = self.chain.ledger().head_time().expect("a time");
        transaction.expiration = time.wrapping_add(life);
        (transaction, from)
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
