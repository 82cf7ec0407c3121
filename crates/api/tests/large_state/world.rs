//! A large state, made without blocks: accounts, one of which has much of everything, a market with
//! a deep book, an asset with many holders, many markets, and history of it all.

use crate::Size;
use carbyne_crypto::PrivateKey;
use carbyne_index::History;
use carbyne_ledger::Ledger;
use carbyne_ledger::run::AppliedOperation;
use carbyne_objects::*;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::market::fill_order::FillOrder;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::transaction::{BlockHeader, SignedBlock, SignedHeader};
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock};
use carbyne_wire::{Digest, Hash160, Id, TimePointSec};

/// The asset that is traded for core.
pub const TRADED: AssetId = Id(1);
const CHAIN_ID: Digest<32> = Digest([7; 32]);
const FIRST_TIME: u32 = 1_900_000_000;
const OPERATIONS_PER_BLOCK: u64 = 500;
/// As with eleven witnesses.
const UNDOABLE_BLOCKS: usize = 8;

/// The key of every account.
pub fn key() -> PrivateKey {
    PrivateKey::from_seed("everybody")
}

fn genesis() -> GenesisState {
    let public = key().public_key();
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(FIRST_TIME),
        initial_active_witnesses: 1,
        initial_accounts: [InitialAccount {
            name: "witness0".into(),
            owner_key: public,
            is_lifetime_member: true,
            ..InitialAccount::default()
        }]
        .into(),
        initial_witness_candidates: [InitialWitness {
            owner_name: "witness0".into(),
            block_signing_key: public,
        }]
        .into(),
        initial_committee_candidates: [InitialCommitteeMember { owner_name: "witness0".into() }]
            .into(),
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = 1;
    genesis.immutable_parameters.min_committee_member_count = 1;
    genesis
}

/// The state; `user0` is the account with much of everything.
pub fn ledger(size: &Size) -> Ledger {
    let mut ledger = Ledger::from_genesis(&genesis(), CHAIN_ID).expect("a ledger");
    let first = add_accounts(&mut ledger, size.accounts);
    add_assets(&mut ledger, first, size.markets);
    add_holders(&mut ledger, first, size.holders);
    add_orders(&mut ledger, first, size.orders);
    add_belongings(&mut ledger, first, size.holders);
    ledger
}

fn add_accounts(ledger: &mut Ledger, count: u64) -> AccountId {
    let first = Id(ledger.tables.accounts.next_instance());
    let authority = Authority::key(key().public_key());
    for n in 0..count {
        let statistics: AccountStatisticsId = Id(ledger.tables.statistics.next_instance());
        let name = format!("user{n}");
        let account: AccountId = ledger.create(Account {
            name: name.as_str().into(),
            owner: authority.clone(),
            active: authority.clone(),
            statistics,
            ..Account::default()
        });
        ledger.create::<AccountStatisticsId>(AccountStatistics {
            owner: account,
            name: name.as_str().into(),
            ..AccountStatistics::default()
        });
        let amount = Asset::core(1_000_000 + n as i64 % 1_000);
        ledger.create::<AccountBalanceId>(AccountBalance::new(account, amount));
    }
    first
}

/// `TRADED` and one for each market, all issued by `first`.
fn add_assets(ledger: &mut Ledger, first: AccountId, markets: u64) {
    for n in 0..=markets {
        let data = ledger.create::<AssetDynamicDataId>(AssetDynamicData::default());
        let symbol = if n == 0 { "TRADED".to_owned() } else { format!("MARKET{n}") };
        let asset: AssetId = ledger.create(AssetObject {
            symbol: symbol.as_str().into(),
            precision: 5,
            issuer: first,
            dynamic_asset_data_id: data,
            ..AssetObject::default()
        });
        ledger.create::<LiquidityPoolId>(LiquidityPool {
            asset_a: Id(0),
            asset_b: asset,
            share_asset: asset,
            ..LiquidityPool::default()
        });
    }
}

fn add_holders(ledger: &mut Ledger, first: AccountId, count: u64) {
    for n in 0..count {
        let amount = Asset::new(1 + (n as i64 * 7_919) % 1_000, TRADED);
        ledger.create::<AccountBalanceId>(AccountBalance::new(Id(first.0 + n), amount));
    }
}

/// A deep book on each side; half of the orders are those of `first`.
fn add_orders(ledger: &mut Ledger, first: AccountId, count: u64) {
    for n in 1..=count {
        let (core, other) = (Asset::core(1_000_000), Asset::new(1_000_000 + n as i64, TRADED));
        let (base, quote) = if n % 2 == 0 { (core, other) } else { (other, core) };
        ledger.create::<LimitOrderId>(LimitOrder {
            expiration: TimePointSec::MAX,
            seller: if n % 4 < 2 { first } else { Id(first.0 + n % 1_000) },
            for_sale: base.amount,
            sell_price: Price { base, quote },
            ..LimitOrder::default()
        });
    }
}

fn add_belongings(ledger: &mut Ledger, first: AccountId, count: u64) {
    for n in 0..count {
        let other = Id(first.0 + 1 + n % 100);
        ledger.create::<VestingBalanceId>(VestingBalance { owner: first, ..Default::default() });
        ledger.create::<WithdrawPermissionId>(WithdrawPermission {
            withdraw_from_account: first,
            authorized_account: other,
            ..WithdrawPermission::default()
        });
        ledger.create::<TicketId>(Ticket { account: first, ..Ticket::default() });
        ledger.create::<SametFundId>(SametFund { owner_account: first, ..SametFund::default() });
        ledger.create::<CreditOfferId>(CreditOffer { owner_account: first, ..Default::default() });
        ledger.create::<CustomAuthorityId>(CustomAuthority {
            account: first,
            enabled: true,
            valid_to: TimePointSec::MAX,
            auth: Authority::key(key().public_key()),
            ..CustomAuthority::default()
        });
    }
}

/// History in which `user0` did half of everything.
pub fn history(ledger: &Ledger, size: &Size) -> History {
    let first = ledger.tables.accounts.index().find(&"user0".into()).expect("the first account");
    let mut history = History::new(Default::default());
    let mut previous = Hash160::default();
    for block in 0..size.operations / OPERATIONS_PER_BLOCK {
        let time = TimePointSec(FIRST_TIME + block as u32);
        let header = BlockHeader { previous, timestamp: time, ..BlockHeader::default() };
        let signed_header = SignedHeader { header, ..SignedHeader::default() };
        let signed = SignedBlock { signed_header, ..SignedBlock::default() };
        let number = signed.block_num();
        let recovered = RecoveredBlock::new(signed, &CHAIN_ID, Recover::Nothing);
        let numbers = block * OPERATIONS_PER_BLOCK..(block + 1) * OPERATIONS_PER_BLOCK;
        let operations: Vec<_> =
            numbers.map(|n| applied(operation(n, first, size), number, time)).collect();
        previous = recovered.id();
        history.apply(&recovered, &operations);
        history.commit(UNDOABLE_BLOCKS);
    }
    assert_eq!(history.failure(), None);
    history
}

fn applied(op: Operation, block_num: u32, block_time: TimePointSec) -> AppliedOperation {
    AppliedOperation {
        is_virtual: matches!(op, Operation::FillOrder(_)),
        op,
        result: OperationResult::default(),
        block_num,
        trx_in_block: 0,
        op_in_trx: 0,
        virtual_op: 0,
        block_time,
    }
}

/// By turns a transfer, a fill of the deep market and one of some other market.
fn operation(n: u64, first: AccountId, size: &Size) -> Operation {
    let other = Id(first.0 + 1 + n % 1_000);
    let account_id = if n.is_multiple_of(2) { first } else { other };
    let quote = if n % 4 == 1 { TRADED } else { Id(2 + n / 4 % size.markets) };
    let (pays, receives) = (Asset::core(100 + n as i64 % 97), Asset::new(50, quote));
    match n % 4 {
        0 => Transfer { from: first, to: other, amount: Asset::core(1), ..Transfer::default() }
            .into(),
        _ => FillOrder {
            order_id: LimitOrderId::from(Id(n)).into(),
            account_id,
            pays,
            receives,
            fill_price: Price { base: pays, quote: receives },
            ..FillOrder::default()
        }
        .into(),
    }
}
