//! What every chain has before anything its founders ask for: reserved accounts, the core asset,
//! properties.

use super::GenesisRefusal;
use crate::Ledger;
use crate::tables::Stored;
use carbyne_objects::*;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::constants::*;
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::AssetOptions;
use carbyne_wire::{Digest, Id, TimePointSec};

/// Ids of blocks are kept for every value of 16 bits, and one more.
const BLOCK_SUMMARIES: usize = 0x1_0000 + 1;

impl Ledger {
    /// The accounts with fixed ids; the committee has all of the core asset until it is handed out.
    pub(super) fn create_special_accounts(&mut self, genesis: &GenesisState) {
        let everything = AccountBalance { balance: MAX_SHARE_SUPPLY, ..AccountBalance::default() };
        self.create::<AccountBalanceId>(everything);
        let time = genesis.initial_timestamp;
        let shared = DEFAULT_NETWORK_PERCENT_OF_FEE;
        self.create_special("committee-account", COMMITTEE_ACCOUNT, 1, shared, time);
        self.create_special("witness-account", WITNESS_ACCOUNT, 1, shared, time);
        self.create_special(
            "relaxed-committee-account",
            RELAXED_COMMITTEE_ACCOUNT,
            1,
            shared,
            time,
        );
        self.create_special("null-account", NULL_ACCOUNT, 1, 0, time);
        self.create_special("temp-account", TEMP_ACCOUNT, 0, shared, time);
        self.create_special("proxy-to-self", PROXY_TO_SELF_ACCOUNT, 1, 0, time);
        let reserved = u64::from(genesis.immutable_parameters.num_special_accounts);
        let next = self.tables.accounts.next_instance().max(reserved);
        AccountId::table_mut(&mut self.tables).set_next_instance(next);
        AccountStatisticsId::table_mut(&mut self.tables).set_next_instance(next);
    }

    fn create_special(
        &mut self,
        name: &str,
        account: AccountId,
        weight_threshold: u32,
        network_fee_percentage: u16,
        creation_time: TimePointSec,
    ) {
        let authority = Authority { weight_threshold, ..Authority::default() };
        let is_committee = account == COMMITTEE_ACCOUNT;
        let registrar = if account == PROXY_TO_SELF_ACCOUNT { NULL_ACCOUNT } else { account };
        let statistics = self.create(AccountStatistics {
            owner: account,
            name: name.into(),
            core_in_balance: if is_committee { MAX_SHARE_SUPPLY } else { 0 },
            ..AccountStatistics::default()
        });
        self.create::<AccountId>(Account {
            name: name.into(),
            statistics,
            owner: authority.clone(),
            active: authority,
            registrar,
            referrer: registrar,
            lifetime_referrer: registrar,
            membership_expiration_date: TimePointSec::MAX,
            network_fee_percentage,
            lifetime_referrer_fee_percentage: PERCENT_100.saturating_sub(network_fee_percentage),
            creation_time,
            ..Account::default()
        });
    }

    /// The core asset, which nobody issues.
    pub(super) fn create_core_asset(&mut self, genesis: &GenesisState) {
        let supply = AssetDynamicData { current_supply: MAX_SHARE_SUPPLY, ..Default::default() };
        let dynamic_asset_data_id = self.create(supply);
        self.create::<AssetId>(AssetObject {
            symbol: CORE_SYMBOL.into(),
            precision: CORE_PRECISION_DIGITS,
            issuer: NULL_ACCOUNT,
            options: AssetOptions {
                max_supply: genesis.max_core_supply,
                issuer_permissions: 0,
                core_exchange_rate: Price::new(Asset::core(1), Asset::core(1)),
                ..AssetOptions::default()
            },
            dynamic_asset_data_id,
            creation_time: genesis.initial_timestamp,
            ..AssetObject::default()
        });
        let reserved = u64::from(genesis.immutable_parameters.num_special_assets);
        let next = self.tables.assets.next_instance().max(reserved);
        AssetId::table_mut(&mut self.tables).set_next_instance(next);
        AssetDynamicDataId::table_mut(&mut self.tables).set_next_instance(next);
    }

    /// Objects of which there is one, and the room for ids of blocks.
    pub(super) fn create_properties(
        &mut self,
        genesis: &GenesisState,
        chain_id: Digest<32>,
    ) -> Result<(), Rejected> {
        self.create::<GlobalPropertyId>(GlobalProperty {
            parameters: genesis.initial_parameters.clone(),
            ..GlobalProperty::default()
        });
        self.create::<DynamicGlobalPropertyId>(DynamicGlobalProperty {
            time: genesis.initial_timestamp,
            recent_slots_filled: u128::MAX,
            ..DynamicGlobalProperty::default()
        });
        let immutable = &genesis.immutable_parameters;
        for minimum in [immutable.min_witness_count, immutable.min_committee_member_count] {
            ensure!(minimum % 2 == 1, GenesisRefusal::EvenMinimum { minimum });
        }
        self.create::<ChainPropertyId>(ChainProperty {
            id: Id(0),
            chain_id,
            immutable_parameters: immutable.clone(),
        });
        for _ in 0..BLOCK_SUMMARIES {
            self.create::<BlockSummaryId>(BlockSummary::default());
        }
        Ok(())
    }

    /// The first schedule, and what collects the fees of confidential transfers.
    pub(super) fn create_schedule(&mut self) -> Result<(), Rejected> {
        let active = self.global()?.active_witnesses.iter().copied().collect();
        self.create::<WitnessScheduleId>(WitnessSchedule {
            id: Id(0),
            current_shuffled_witnesses: active,
        });
        for id in [FBA_TRANSFER_TO_BLIND, FBA_BLIND_TRANSFER, FBA_TRANSFER_FROM_BLIND] {
            let designated_asset = Some(FBA_STEALTH_ASSET);
            self.create::<FbaAccumulatorId>(FbaAccumulator {
                id,
                accumulated_fba_fees: 0,
                designated_asset,
            });
        }
        Ok(())
    }
}
