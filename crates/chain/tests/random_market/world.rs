//! A small chain with traders, two plain assets, two SmartCoins, a liquidity pool and all families
//! of contracts, and the doors to it. Knows no test.

use carbyne_chain::{Chain, ChainEvent};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::run::AppliedOperation;
use carbyne_ledger::{Ledger, Questions, Trust};
use carbyne_protocol::features::Family;
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::genesis::{InitialAccount, InitialCommitteeMember, InitialWitness};
use carbyne_protocol::ids::{AccountId, AssetId, LiquidityPoolId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::fund_fee_pool::AssetFundFeePool;
use carbyne_protocol::ops::asset::issue::AssetIssue;
use carbyne_protocol::ops::asset::options::{
    AssetOptions, BitassetOptionExtensions, BitassetOptions, flag,
};
use carbyne_protocol::ops::asset::update_feed_producers::AssetUpdateFeedProducers;
use carbyne_protocol::ops::pool::{LiquidityPoolCreate, LiquidityPoolDeposit};
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_protocol::{GenesisState, Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Digest, FlatSet, Id, TimePointSec};
use std::sync::Arc;

const CHAIN_ID: Digest<32> = Digest([7; 32]);
const START: u32 = 1_900_000_000;
const WITNESSES: usize = 3;
/// Accounts of the chain itself come first, then the witnesses.
const FIRST_FREE: u64 = 6 + WITNESSES as u64;
const TRADER_FUNDS: i64 = 10_000_000_000_000;

/// Transactions here are neither signed nor built on a block.
pub const UNSIGNED: Trust = Trust::Except(Questions::SIGNATURES.and(Questions::REFERENCE_BLOCK));

/// Issues the assets and publishes their prices.
pub const ISSUER: AccountId = Id(FIRST_FREE);
/// How many trade.
pub const TRADERS: u64 = 4;
/// A name that is sold now and then.
pub const NAME: AccountId = Id(FIRST_FREE + 1 + TRADERS);
/// A plain asset with market fees.
pub const GOLD: AssetId = Id(1);
/// A SmartCoin backed by core.
pub const USD: AssetId = Id(2);
/// A SmartCoin backed by [`USD`].
pub const EUR: AssetId = Id(3);
/// Shares of [`POOL`].
pub const SHARE: AssetId = Id(4);
/// A pool of core and [`GOLD`].
pub const POOL: LiquidityPoolId = Id(0);

/// What differs between chains.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Scale of fees, in basis points.
    pub fee_scale: u32,
    /// Market fees, market fee sharing and the makers' discount, all in basis points.
    pub market_fee: u16,
    /// The responses of the SmartCoins when a position cannot pay.
    pub responses: [u8; 2],
    /// In thousandths; 1,000 for none.
    pub margin_call_fee_ratio: u16,
}

/// The account of a trader.
pub fn trader(n: u8) -> AccountId {
    Id(FIRST_FREE + 1 + u64::from(n) % TRADERS)
}

/// A chain and what it did.
pub struct World {
    pub chain: Chain,
    transactions: u32,
}

impl World {
    pub fn new(setting: &Setting) -> Self {
        let ledger = Ledger::from_genesis(&genesis(setting), CHAIN_ID).expect("a ledger");
        let mut world = Self { chain: Chain::new(ledger, CHAIN_ID), transactions: 0 };
        for operation in scenery(setting) {
            world.push(operation).expect("what sets the scene applies");
        }
        world.produce(1);
        world
    }

    /// One on which nothing costs a fee.
    pub fn without_fees() -> Self {
        Self::new(&Setting {
            fee_scale: 0,
            market_fee: 0,
            responses: [0, 0],
            margin_call_fee_ratio: 1_000,
        })
    }

    pub fn ledger(&self) -> &Ledger {
        self.chain.ledger()
    }

    /// Pushes an operation in a transaction of its own, with the fee it takes. Operations that pay
    /// no core pay in [`GOLD`].
    pub fn push(&mut self, mut operation: Operation) -> Result<(), Rejected> {
        let schedule = &self.ledger().parameters()?.current_fees;
        let fee_asset = operation.stateless().offered_fee().asset_id;
        let fee = match fee_asset {
            Id(0) => Asset::core(schedule.calculate_fee(&operation)?),
            _ => {
                let rate = self.ledger().get(fee_asset)?.options.core_exchange_rate;
                schedule.calculate_fee_in(&operation, rate)?
            }
        };
        *operation.fee_mut() = fee;
        // Equal operations may come twice, equal transactions may not.
        self.transactions += 1;
        let transaction = SignedTransaction {
            ref_block_prefix: self.transactions,
            expiration: self.ledger().head_time()?.wrapping_add(600),
            operations: [operation].into(),
            ..SignedTransaction::default()
        };
        let recovered = RecoveredTransaction::new(transaction, &CHAIN_ID, Recover::Signatures);
        self.chain.push_transaction(Arc::new(recovered), UNSIGNED).map(drop)
    }

    /// Makes the block of the slot `slots` after the head block from all that is pending.
    pub fn produce(&mut self, slots: u32) -> Arc<RecoveredBlock> {
        let slot = self.chain.slot(slots).expect("a slot");
        self.chain.take_events();
        let pending = self.chain.pending_count();
        let block = self
            .chain
            .generate_block(slot.time, slot.witness, &key(), UNSIGNED)
            .expect("what is pending makes a block");
        assert_eq!(
            block.block().transactions.len(),
            pending,
            "all that was accepted applies again"
        );
        block
    }

    pub fn push_block(&mut self, block: &Arc<RecoveredBlock>) {
        self.chain.push_block(block.clone(), UNSIGNED).expect("a block applies again");
        self.chain.clear_pending();
    }

    pub fn pop_block(&mut self) {
        self.chain.pop_block().expect("the head block can be undone");
        self.chain.clear_pending();
    }

    /// The operations of the blocks applied since this was asked last.
    pub fn take_operations(&mut self) -> Vec<AppliedOperation> {
        let operations = |event| match event {
            ChainEvent::Applied(block) => block.operations.clone(),
            _ => Vec::new(),
        };
        self.chain.take_events().into_iter().flat_map(operations).collect()
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_seed("everybody")
}

fn genesis(setting: &Setting) -> GenesisState {
    let public = key().public_key();
    let account = |name: &str| InitialAccount {
        name: name.into(),
        owner_key: public,
        is_lifetime_member: true,
        ..InitialAccount::default()
    };
    let traders = ["ann0", "bob0", "cid0", "dan0"];
    let names: Vec<&str> = ["witness0", "witness1", "witness2", "issuer0"]
        .into_iter()
        .chain(traders)
        .chain(["name0"])
        .collect();
    let mut genesis = GenesisState {
        initial_timestamp: TimePointSec(START),
        initial_active_witnesses: WITNESSES as u64,
        initial_accounts: names.iter().copied().map(account).collect(),
        carbyne_features: Some(Family::ALL.into_iter().collect()),
        ..GenesisState::default()
    };
    genesis.immutable_parameters.min_witness_count = WITNESSES as u16;
    genesis.immutable_parameters.min_committee_member_count = WITNESSES as u16;
    let parameters = &mut genesis.initial_parameters;
    parameters.maintenance_interval = 60;
    *parameters.current_fees = FeeSchedule::with_defaults();
    parameters.current_fees.scale = setting.fee_scale;
    parameters.extensions.market_fee_network_percent = Some(setting.market_fee);
    parameters.extensions.maker_fee_discount_percent = Some(setting.market_fee);
    for name in names.iter().take(WITNESSES) {
        let (owner_name, block_signing_key) = ((*name).into(), public);
        genesis.initial_witness_candidates.push(InitialWitness { owner_name, block_signing_key });
        let owner_name = (*name).into();
        genesis.initial_committee_candidates.push(InitialCommitteeMember { owner_name });
    }
    genesis
}

/// The operations that make assets, prices, the pool, and what traders have at first.
fn scenery(setting: &Setting) -> Vec<Operation> {
    let usd = coin_options(Id(0), setting, setting.responses[0]);
    let eur = coin_options(USD, setting, setting.responses[1]);
    let mut operations = vec![
        give(ISSUER, Asset::core(TRADER_FUNDS)),
        give(NAME, Asset::core(TRADER_FUNDS)),
        asset("GOLD", setting, None),
        asset("USD", setting, Some(usd)),
        asset("EUR", setting, Some(eur)),
        asset("SHARE", setting, None),
        issue(ISSUER),
        producers(USD),
        producers(EUR),
    ];
    for n in 0..TRADERS as u8 {
        operations.extend([give(trader(n), Asset::core(TRADER_FUNDS)), issue(trader(n))]);
    }
    operations.extend(pool());
    operations
}

fn producers(asset_to_update: AssetId) -> Operation {
    AssetUpdateFeedProducers {
        issuer: ISSUER,
        asset_to_update,
        new_feed_producers: FlatSet::from_iter([ISSUER]),
        ..AssetUpdateFeedProducers::default()
    }
    .into()
}

fn give(to: AccountId, amount: Asset) -> Operation {
    Transfer { from: Id(0), to, amount, ..Transfer::default() }.into()
}

fn issue(to: AccountId) -> Operation {
    AssetIssue {
        issuer: ISSUER,
        asset_to_issue: Asset::new(1_000_000_000, GOLD),
        issue_to_account: to,
        ..AssetIssue::default()
    }
    .into()
}

fn asset(symbol: &str, setting: &Setting, coin: Option<BitassetOptions>) -> Operation {
    let mut options = AssetOptions {
        market_fee_percent: setting.market_fee,
        core_exchange_rate: Price::new(Asset::core(3), Asset::new(2, Id(1))),
        ..AssetOptions::default()
    };
    if coin.is_some() {
        options.issuer_permissions |= flag::GLOBAL_SETTLE | flag::DISABLE_FORCE_SETTLE;
    }
    if symbol != "SHARE" && setting.market_fee > 0 {
        options.flags = flag::CHARGE_MARKET_FEE;
        options.extensions.reward_percent = Some(setting.market_fee);
        options.extensions.taker_fee_percent = Some(setting.market_fee / 2);
    }
    AssetCreate {
        issuer: ISSUER,
        symbol: symbol.into(),
        common_options: options,
        bitasset_opts: coin,
        ..AssetCreate::default()
    }
    .into()
}

/// Options of a SmartCoin whose periods are a few blocks long.
pub fn coin_options(backing: AssetId, setting: &Setting, response: u8) -> BitassetOptions {
    let margin_call_fee_ratio = setting.margin_call_fee_ratio;
    BitassetOptions {
        feed_lifetime_sec: 300,
        force_settlement_delay_sec: 20,
        force_settlement_offset_percent: setting.market_fee,
        maximum_force_settlement_volume: 5_000,
        short_backing_asset: backing,
        extensions: BitassetOptionExtensions {
            margin_call_fee_ratio: (margin_call_fee_ratio > 1_000)
                .then_some(margin_call_fee_ratio - 1_000),
            force_settle_fee_percent: Some(setting.market_fee),
            black_swan_response_method: Some(response),
            ..BitassetOptionExtensions::default()
        },
        ..BitassetOptions::default()
    }
}

/// The liquidity pool, and a fee pool.
fn pool() -> [Operation; 3] {
    let create = LiquidityPoolCreate {
        account: ISSUER,
        asset_a: Id(0),
        asset_b: GOLD,
        share_asset: SHARE,
        taker_fee_percent: 30,
        withdrawal_fee_percent: 10,
        ..LiquidityPoolCreate::default()
    };
    let deposit = LiquidityPoolDeposit {
        account: ISSUER,
        pool: POOL,
        amount_a: Asset::core(3_000),
        amount_b: Asset::new(1_000, GOLD),
        ..LiquidityPoolDeposit::default()
    };
    let fund = AssetFundFeePool {
        from_account: ISSUER,
        asset_id: GOLD,
        amount: TRADER_FUNDS / 10,
        ..AssetFundFeePool::default()
    };
    [create.into(), deposit.into(), fund.into()]
}
