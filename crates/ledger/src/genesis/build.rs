//! From the founders' wishes to objects (reference: `chain/db_genesis.cpp`).
//!
//! Invariant: objects are created in the reference's order, because their ids are the order.

use crate::Ledger;
use crate::evaluate::Mode;
use crate::ledger::LedgerRefusal;
use crate::tables::Stored;
use carbyne_objects::*;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::constants::*;
use carbyne_protocol::genesis::{GenesisState, InitialAsset, InitialCollateral};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price, Shares};
use carbyne_protocol::ops::account::create::AccountCreate;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_protocol::ops::account::upgrade::AccountUpgrade;
use carbyne_protocol::ops::asset::options::{AssetOptions, flag};
use carbyne_protocol::ops::governance::committee_member_create::CommitteeMemberCreate;
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_protocol::ops::governance::worker_create::{
    VestingBalanceWorkerInitializer, WorkerCreate, WorkerInitializer,
};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::{Dialect, Digest, Id, ObjectId, Text, TimePointSec};
use std::collections::BTreeMap;

refusals! {
    /// Why no chain can begin like this.
    pub enum GenesisRefusal {
        /// No time.
        NoTimestamp: "Must initialize genesis timestamp.",
        /// A time between two slots.
        UnevenTimestamp { time: TimePointSec, interval: u32 }:
            "Genesis timestamp {time} must be divisible by {interval}",
        /// Nobody to produce blocks.
        NoWitnesses: "Cannot start a chain with zero witnesses.",
        /// Fewer witnesses than are to produce.
        TooFewWitnesses { active: u64, candidates: usize }:
            "{active} witnesses are to be active, there are {candidates}",
        /// A minimum that must be odd.
        EvenMinimum { minimum: u16 }: "the minimum of {minimum} must be odd",
        /// A name of no account.
        UnknownAccount { name: Text }: "Unable to find account '{name}' in initial_accounts",
        /// A symbol of no asset.
        UnknownAsset { symbol: Text }: "Unable to find asset '{symbol}' in initial_assets",
        /// More or less is owed than exists.
        Imbalanced { asset: AssetId, debt: i64, supply: i64 }:
            "Genesis for asset {asset} is not balanced: debt is {debt}, supply is {supply}",
    }
}

/// Seconds between blocks unless the parameters say otherwise.
const DEFAULT_BLOCK_INTERVAL: u32 = 5;
/// Feeds that a SmartCoin of the genesis needs.
const DEFAULT_MINIMUM_FEEDS: u8 = 7;
/// The collateral ratio at which debt positions of the genesis were called.
const DEFAULT_MAINTENANCE_COLLATERAL_RATIO: u16 = 1_750;

impl Ledger {
    /// The state before the first block, of a chain that says `BTS` before keys unless it is
    /// [told otherwise](Ledger::speaking).
    pub fn from_genesis(genesis: &GenesisState, chain_id: Digest<32>) -> Result<Self, Rejected> {
        check(genesis)?;
        let mut ledger = Self::default();
        ledger.run.stand_at(0, genesis.initial_timestamp);
        ledger.create_special_accounts(genesis);
        ledger.create_core_asset(genesis);
        ledger.create_properties(genesis, chain_id)?;
        let mut builder = Builder { ledger, genesis, supplies: BTreeMap::new() };
        builder.create_accounts()?;
        builder.create_assets()?;
        builder.create_balances()?;
        builder.save_supplies()?;
        builder.create_producers()?;
        let mut ledger = builder.ledger;
        ledger.modify(Id(0) as GlobalPropertyId, |global| {
            let last = genesis.initial_active_witnesses;
            global.active_witnesses.extend((1..=last).map(Id));
            // The accounts above may have raised the fee of registration.
            global.parameters.current_fees = genesis.initial_parameters.current_fees.clone();
        })?;
        ledger.create_schedule()?;
        if let Some(open) = &genesis.carbyne_features {
            ledger.create::<FeatureSettingsId>(FeatureSettings::new(open.clone()));
        }
        ledger.run = Default::default();
        Ok(ledger.speaking(Dialect::REFERENCE))
    }
}

fn check(genesis: &GenesisState) -> Result<(), Rejected> {
    let time = genesis.initial_timestamp;
    ensure!(time != TimePointSec::default(), GenesisRefusal::NoTimestamp);
    let interval = DEFAULT_BLOCK_INTERVAL;
    ensure!(time.0.is_multiple_of(interval), GenesisRefusal::UnevenTimestamp { time, interval });
    let (active, candidates) =
        (genesis.initial_active_witnesses, genesis.initial_witness_candidates.len());
    ensure!(candidates > 0, GenesisRefusal::NoWitnesses);
    ensure!(active <= candidates as u64, GenesisRefusal::TooFewWitnesses { active, candidates });
    Ok(())
}

/// What exists and what is owed of an asset, in its smallest units.
#[derive(Default)]
struct Supply {
    total: i64,
    /// Only of SmartCoins.
    debt: Option<i64>,
}

struct Builder<'a> {
    ledger: Ledger,
    genesis: &'a GenesisState,
    supplies: BTreeMap<AssetId, Supply>,
}

impl Builder<'_> {
    fn apply(&mut self, operation: impl Into<Operation>) -> Result<ObjectId, Rejected> {
        match self.ledger.apply_operation(&operation.into(), Mode::Free, true)? {
            OperationResult::Object(id) => Ok(id),
            _ => Ok(ObjectId::default()),
        }
    }

    fn account(&self, name: &Text) -> Result<AccountId, Rejected> {
        let found = self.ledger.tables.accounts.index().find(name);
        found.ok_or_else(|| GenesisRefusal::UnknownAccount { name: name.clone() }.into())
    }

    fn asset(&self, symbol: &Text) -> Result<AssetId, Rejected> {
        let found = self.ledger.tables.assets.index().find(symbol);
        found.ok_or_else(|| GenesisRefusal::UnknownAsset { symbol: symbol.clone() }.into())
    }

    fn add_supply(&mut self, asset: AssetId, amount: i64) -> Result<(), Rejected> {
        let supply = self.supplies.entry(asset).or_default();
        supply.total = supply.total.plus(amount)?;
        Ok(())
    }

    fn create_account(&mut self, account: AccountCreate) -> Result<AccountId, Rejected> {
        let account = AccountCreate { registrar: TEMP_ACCOUNT, ..account };
        let id = self.apply(account)?;
        let contradiction = LedgerRefusal::Contradiction { what: "no account was created" };
        id.try_into().map_err(|_| contradiction.into())
    }

    fn create_accounts(&mut self) -> Result<(), Rejected> {
        for account in &self.genesis.initial_accounts {
            let active = match account.active_key.is_null() {
                true => account.owner_key,
                false => account.active_key,
            };
            let id = self.create_account(AccountCreate {
                name: account.name.clone(),
                owner: Authority::key(account.owner_key),
                active: Authority::key(active),
                options: AccountOptions { memo_key: active, ..AccountOptions::default() },
                ..AccountCreate::default()
            })?;
            if account.is_lifetime_member {
                self.apply(AccountUpgrade {
                    account_to_upgrade: id,
                    upgrade_to_lifetime_member: true,
                    ..AccountUpgrade::default()
                })?;
            }
        }
        Ok(())
    }

    fn create_assets(&mut self) -> Result<(), Rejected> {
        for asset in &self.genesis.initial_assets {
            let id = Id(self.ledger.tables.assets.next_instance());
            self.add_supply(id, 0)?;
            let bitasset_data_id = match asset.is_bitasset {
                true => Some(self.create_bitasset(asset, id)?),
                false => None,
            };
            let dynamic_asset_data_id = self.ledger.create(AssetDynamicData {
                accumulated_fees: asset.accumulated_fees,
                ..AssetDynamicData::default()
            });
            self.add_supply(id, asset.accumulated_fees)?;
            let issuer = self.account(&asset.issuer_name)?;
            self.ledger.create_unique::<AssetId>(AssetObject {
                symbol: asset.symbol.clone(),
                precision: asset.precision,
                issuer,
                options: options_of(asset),
                dynamic_asset_data_id,
                bitasset_data_id,
                creation_time: self.genesis.initial_timestamp,
                ..AssetObject::default()
            })?;
        }
        Ok(())
    }

    fn create_bitasset(
        &mut self,
        asset: &InitialAsset,
        id: AssetId,
    ) -> Result<AssetBitassetDataId, Rejected> {
        let mut owed = 0_i64;
        for (number, record) in asset.collateral_records.iter().enumerate() {
            self.create_position(asset, id, number, record)?;
            owed = owed.plus(record.debt)?;
        }
        self.supplies.entry(id).or_default().debt = Some(owed);
        let mut bitasset = AssetBitassetData { asset_id: id, ..AssetBitassetData::default() };
        bitasset.options.minimum_feeds = DEFAULT_MINIMUM_FEEDS;
        bitasset.options.short_backing_asset = CORE;
        Ok(self.ledger.create(bitasset))
    }

    fn create_position(
        &mut self,
        asset: &InitialAsset,
        id: AssetId,
        number: usize,
        record: &InitialCollateral,
    ) -> Result<(), Rejected> {
        let mut name = asset.symbol.as_bytes().to_ascii_lowercase();
        name.extend_from_slice(format!("-collateral-holder-{number}").as_bytes());
        let authority = Authority {
            weight_threshold: 1,
            address_auths: [(record.owner, 1)].into_iter().collect(),
            ..Authority::default()
        };
        let borrower = self.create_account(AccountCreate {
            name: name.into(),
            owner: authority.clone(),
            active: authority,
            ..AccountCreate::default()
        })?;
        let statistics = self.ledger.get(borrower)?.statistics;
        self.ledger.modify(statistics, |statistics| {
            statistics.total_core_in_orders = record.collateral;
        })?;
        let (debt, collateral) = (Asset::new(record.debt, id), Asset::core(record.collateral));
        let ratio = DEFAULT_MAINTENANCE_COLLATERAL_RATIO;
        self.ledger.create_unique::<CallOrderId>(CallOrder {
            id: Id(0),
            borrower,
            collateral: record.collateral,
            debt: record.debt,
            call_price: Price::call_price(debt, collateral, ratio)?,
            target_collateral_ratio: None,
        })?;
        self.add_supply(CORE, record.collateral)
    }

    fn create_balances(&mut self) -> Result<(), Rejected> {
        for wanted in &self.genesis.initial_balances {
            let asset = self.asset(&wanted.asset_symbol)?;
            self.ledger.create::<BalanceId>(Balance {
                owner: wanted.owner,
                balance: Asset::new(wanted.amount, asset),
                ..Balance::default()
            });
            self.add_supply(asset, wanted.amount)?;
        }
        for wanted in &self.genesis.initial_vesting_balances {
            let asset = self.asset(&wanted.asset_symbol)?;
            self.ledger.create::<BalanceId>(Balance {
                owner: wanted.owner,
                balance: Asset::new(wanted.amount, asset),
                vesting_policy: Some(LinearVesting {
                    begin_timestamp: wanted.begin_timestamp,
                    vesting_cliff_seconds: 0,
                    vesting_duration_seconds: wanted.vesting_duration_seconds,
                    begin_balance: wanted.begin_balance,
                }),
                ..Balance::default()
            });
            self.add_supply(asset, wanted.amount)?;
        }
        Ok(())
    }

    /// The committee keeps all of the core asset only if the genesis hands out none.
    fn save_supplies(&mut self) -> Result<(), Rejected> {
        let core = self.supplies.entry(CORE).or_default();
        if core.total > 0 {
            let everything = self.ledger.balance(COMMITTEE_ACCOUNT, CORE);
            self.ledger.adjust_balance(COMMITTEE_ACCOUNT, Asset::core(everything).negated())?;
        } else {
            core.total = MAX_SHARE_SUPPLY;
        }
        for (asset, supply) in &self.supplies {
            let (asset, total) = (*asset, supply.total);
            let debt = supply.debt.unwrap_or(total);
            ensure!(debt == total, GenesisRefusal::Imbalanced { asset, debt, supply: total });
            let data = self.ledger.get(asset)?.dynamic_asset_data_id;
            self.ledger.modify(data, |data| data.current_supply = total)?;
        }
        Ok(())
    }

    /// Witnesses, committee members and workers. The first witness id stands for nobody.
    fn create_producers(&mut self) -> Result<(), Rejected> {
        WitnessId::table_mut(&mut self.ledger.tables).set_next_instance(1);
        for witness in &self.genesis.initial_witness_candidates {
            let witness_account = self.account(&witness.owner_name)?;
            self.apply(WitnessCreate {
                witness_account,
                block_signing_key: witness.block_signing_key,
                ..WitnessCreate::default()
            })?;
        }
        for member in &self.genesis.initial_committee_candidates {
            let committee_member_account = self.account(&member.owner_name)?;
            self.apply(CommitteeMemberCreate {
                committee_member_account,
                ..CommitteeMemberCreate::default()
            })?;
        }
        for worker in &self.genesis.initial_worker_candidates {
            let name = [b"Genesis-Worker-", worker.owner_name.as_bytes()].concat();
            let vesting = VestingBalanceWorkerInitializer { pay_vesting_period_days: 0 };
            let owner = self.account(&worker.owner_name)?;
            self.apply(WorkerCreate {
                owner,
                work_begin_date: self.genesis.initial_timestamp,
                work_end_date: TimePointSec::MAX,
                daily_pay: worker.daily_pay,
                name: name.into(),
                initializer: WorkerInitializer::VestingBalance(vesting),
                ..WorkerCreate::default()
            })?;
        }
        Ok(())
    }
}

fn options_of(asset: &InitialAsset) -> AssetOptions {
    AssetOptions {
        max_supply: asset.max_supply,
        issuer_permissions: match asset.is_bitasset {
            true => flag::ENABLING,
            false => flag::DEFAULT_UIA_PERMISSIONS,
        },
        flags: flag::WITNESS_FED_ASSET,
        description: asset.description.clone(),
        ..AssetOptions::default()
    }
}
