//! Assets: what the issuer sets, and supply and pools (reference: `chain/asset_object.hpp`,
//! `protocol/asset_ops.hpp`).

use crate::Assets;
use carbyne_graph::{Index, NoIndex};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::asset::options::{AssetOptions, flag};
use carbyne_wire::{Text, TimePointSec, Wire};
use std::collections::{BTreeMap, BTreeSet};

/// An asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetObject {
    /// Id.
    pub id: AssetId,
    /// Unique symbol.
    pub symbol: Text,
    /// Decimal places.
    pub precision: u8,
    /// Who issues it.
    pub issuer: AccountId,
    /// What the issuer sets.
    pub options: AssetOptions,
    /// Supply and pools.
    pub dynamic_asset_data_id: AssetDynamicDataId,
    /// Feeds and settlement, if it is a SmartCoin.
    pub bitasset_data_id: Option<AssetBitassetDataId>,
    /// Account that buys it back.
    pub buyback_account: Option<AccountId>,
    /// Liquidity pool whose shares it stands for.
    pub for_liquidity_pool: Option<LiquidityPoolId>,
    /// Block that created it.
    pub creation_block_num: u32,
    /// Time of that block.
    pub creation_time: TimePointSec,
}
object!(AssetObject, AssetIndex, holds [], concerns [issuer]);

impl AssetObject {
    /// Whether it has a price feed.
    pub fn is_market_issued(&self) -> bool {
        self.bitasset_data_id.is_some()
    }

    /// Whether a bit of [`flag`] is set.
    pub fn has_flag(&self, flag: u16) -> bool {
        self.options.flags & flag != 0
    }

    /// Whether trades are charged.
    pub fn charges_market_fees(&self) -> bool {
        self.has_flag(flag::CHARGE_MARKET_FEE)
    }

    /// Whether the issuer must be one side of every transfer.
    pub fn is_transfer_restricted(&self) -> bool {
        self.has_flag(flag::TRANSFER_RESTRICTED)
    }

    /// Whether the issuer may take back what others hold.
    pub fn can_override(&self) -> bool {
        self.has_flag(flag::OVERRIDE_AUTHORITY)
    }

    /// Whether it is the share of a liquidity pool.
    pub fn is_liquidity_pool_share_asset(&self) -> bool {
        self.for_liquidity_pool.is_some()
    }

    /// Whether holders may force settle it.
    pub fn can_force_settle(&self) -> bool {
        !self.has_flag(flag::DISABLE_FORCE_SETTLE)
    }

    /// Whether the issuer may settle all positions.
    pub fn can_global_settle(&self) -> bool {
        self.has_permission_bit(flag::GLOBAL_SETTLE)
    }

    /// Whether collateral may be bid for after a global settlement.
    pub fn can_bid_collateral(&self) -> bool {
        !self.has_flag(flag::DISABLE_COLLATERAL_BIDDING)
    }

    /// Whether it may be held in confidential balances.
    pub fn allow_confidential(&self) -> bool {
        !self.has_flag(flag::DISABLE_CONFIDENTIAL)
    }

    /// Whether more of it may come to exist.
    pub fn can_create_new_supply(&self) -> bool {
        !self.has_flag(flag::DISABLE_NEW_SUPPLY)
    }

    /// Whether the bit of [`flag`] is set in the issuer's permissions.
    pub fn has_permission_bit(&self, bit: u16) -> bool {
        self.options.issuer_permissions & bit != 0
    }

    /// An amount in whole units with its symbol, as in `1.50000 BTS`; decimals that are all zero
    /// are left out.
    pub fn pretty(&self, amount: i64) -> String {
        let one = 10_i64.checked_pow(self.precision.into()).unwrap_or(i64::MAX);
        let whole = amount.checked_div(one).unwrap_or(0);
        let decimals = amount.checked_rem(one).unwrap_or(0).unsigned_abs();
        let sign = if amount < 0 && whole == 0 { "-" } else { "" };
        let width = usize::from(self.precision);
        match decimals {
            0 => format!("{whole} {}", self.symbol),
            _ => format!("{sign}{whole}.{decimals:0width$} {}", self.symbol),
        }
    }

    /// `amount` smallest units of it.
    pub fn amount(&self, amount: i64) -> Asset {
        Asset::new(amount, self.id)
    }
}

/// Assets by symbol and by issuer.
#[derive(Clone, Debug, Default)]
pub struct AssetIndex {
    by_symbol: BTreeMap<Text, u64>,
    by_issuer: BTreeSet<(AccountId, u64)>,
}

impl AssetIndex {
    /// The asset of that symbol.
    pub fn find(&self, symbol: &Text) -> Option<AssetId> {
        self.by_symbol.get(symbol).map(|instance| carbyne_wire::Id(*instance))
    }

    /// Symbols from `first` on, in order, with their assets.
    pub fn symbols_from(&self, first: &Text) -> impl Iterator<Item = (&Text, AssetId)> {
        self.by_symbol.range(first.clone()..).map(|(symbol, n)| (symbol, carbyne_wire::Id(*n)))
    }

    /// The assets of an issuer from `first` on, in order of id.
    pub fn of_issuer(&self, issuer: AccountId, first: AssetId) -> impl Iterator<Item = AssetId> {
        let range = (issuer, first.0)..=(issuer, u64::MAX);
        self.by_issuer.range(range).map(|(_, instance)| carbyne_wire::Id(*instance))
    }
}

impl Index<AssetObject> for AssetIndex {
    type Keys = (Text, AccountId);
    fn keys(row: &AssetObject) -> Self::Keys {
        (row.symbol.clone(), row.issuer)
    }
    fn insert(&mut self, instance: u64, (symbol, issuer): Self::Keys) {
        self.by_symbol.insert(symbol, instance);
        self.by_issuer.insert((issuer, instance));
    }
    fn remove(&mut self, instance: u64, (symbol, issuer): Self::Keys) {
        self.by_symbol.remove(&symbol);
        self.by_issuer.remove(&(issuer, instance));
    }
}

/// Supply and pools of an asset, apart from it because they change often. All in smallest units.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct AssetDynamicData {
    /// Id.
    pub id: AssetDynamicDataId,
    /// What exists.
    pub current_supply: i64,
    /// What exists in blinded balances.
    pub confidential_supply: i64,
    /// Fees the issuer may claim.
    pub accumulated_fees: i64,
    /// Fees in the backing asset the issuer may claim.
    pub accumulated_collateral_fees: i64,
    /// Core that pays fees for holders, in smallest units of core.
    pub fee_pool: i64,
}
object! {
    AssetDynamicData, NoIndex,
    holds |data, assets, sheet| {
        sheet.hold(Asset::core(data.fee_pool));
        let Some(asset) = data.asset(assets) else { return };
        sheet.exist(asset.amount(data.current_supply));
        sheet.hold(asset.amount(data.accumulated_fees));
        sheet.hold(asset.amount(data.confidential_supply));
        sheet.hold_backing(asset, data.accumulated_collateral_fees, assets);
    },
    concerns []
}

impl AssetDynamicData {
    /// The asset whose it is: they are created together, so that their numbers are equal.
    fn asset<'a>(&self, assets: &'a impl Assets) -> Option<&'a AssetObject> {
        let asset = assets.asset(carbyne_wire::Id(self.id.0))?;
        (asset.dynamic_asset_data_id == self.id).then_some(asset)
    }
}
