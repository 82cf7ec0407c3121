//! What the issuer of an asset sets, of a SmartCoin too, and what it may be whatever the state
//! (reference: `protocol/asset_ops.cpp`).

use crate::Rejected;
use crate::constants::{MAX_COLLATERAL_RATIO, MAX_SHARE_SUPPLY, PERCENT_100};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Price};
use crate::price_feed::check_collateral_ratio;
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_wire::{FlatSet, Text, Wire};

/// Bits of an asset's `flags` and `issuer_permissions` (reference: `protocol/types.hpp`).
pub mod flag {
    /// Trades are charged a market fee.
    pub const CHARGE_MARKET_FEE: u16 = 0x01;
    /// Holders must be whitelisted.
    pub const WHITE_LIST: u16 = 0x02;
    /// The issuer may take back what others hold.
    pub const OVERRIDE_AUTHORITY: u16 = 0x04;
    /// The issuer must be one side of every transfer.
    pub const TRANSFER_RESTRICTED: u16 = 0x08;
    /// No force settlement.
    pub const DISABLE_FORCE_SETTLE: u16 = 0x10;
    /// The issuer may settle all; a permission only.
    pub const GLOBAL_SETTLE: u16 = 0x20;
    /// No confidential transfers.
    pub const DISABLE_CONFIDENTIAL: u16 = 0x40;
    /// Witnesses feed the price.
    pub const WITNESS_FED_ASSET: u16 = 0x80;
    /// The committee feeds the price.
    pub const COMMITTEE_FED_ASSET: u16 = 0x100;
    /// The maximum supply cannot change.
    pub const LOCK_MAX_SUPPLY: u16 = 0x200;
    /// No new supply.
    pub const DISABLE_NEW_SUPPLY: u16 = 0x400;
    /// The issuer cannot set the maintenance collateral ratio; a permission only.
    pub const DISABLE_MCR_UPDATE: u16 = 0x800;
    /// The issuer cannot set the initial collateral ratio; a permission only.
    pub const DISABLE_ICR_UPDATE: u16 = 0x1000;
    /// The issuer cannot set the maximum short squeeze ratio; a permission only.
    pub const DISABLE_MSSR_UPDATE: u16 = 0x2000;
    /// The issuer cannot set the black swan response; a permission only.
    pub const DISABLE_BSRM_UPDATE: u16 = 0x4000;
    /// No bids for collateral after a global settlement.
    pub const DISABLE_COLLATERAL_BIDDING: u16 = 0x8000;
    /// Bits that, set in issuer permissions, allow the issuer to change a flag or to act.
    pub const ENABLING: u16 = CHARGE_MARKET_FEE
        | WHITE_LIST
        | OVERRIDE_AUTHORITY
        | TRANSFER_RESTRICTED
        | DISABLE_FORCE_SETTLE
        | GLOBAL_SETTLE
        | DISABLE_CONFIDENTIAL
        | WITNESS_FED_ASSET
        | COMMITTEE_FED_ASSET;
    /// Bits that, set in issuer permissions, forbid it: they came later, and clients did not set
    /// them.
    pub const DISABLING: u16 = !ENABLING;
    /// Bits that are permissions only, never flags.
    pub const PERMISSION_ONLY: u16 = GLOBAL_SETTLE
        | DISABLE_MCR_UPDATE
        | DISABLE_ICR_UPDATE
        | DISABLE_MSSR_UPDATE
        | DISABLE_BSRM_UPDATE;
    /// Bits of flags and permissions that an asset without a price feed may have.
    pub const UIA: u16 = DEFAULT_UIA_PERMISSIONS | LOCK_MAX_SUPPLY | DISABLE_NEW_SUPPLY;
    /// Permissions of an asset where the creator names none.
    pub const DEFAULT_UIA_PERMISSIONS: u16 = CHARGE_MARKET_FEE
        | WHITE_LIST
        | OVERRIDE_AUTHORITY
        | TRANSFER_RESTRICTED
        | DISABLE_CONFIDENTIAL;
}

/// What the issuer of an asset sets.
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct AssetOptions {
    /// Largest supply, in smallest units.
    pub max_supply: i64,
    /// Market fee of makers (of all, if takers have none of their own), in basis points.
    pub market_fee_percent: u16,
    /// Largest market fee of one trade, in smallest units.
    pub max_market_fee: i64,
    /// Flags the issuer may set; see [`flag`].
    pub issuer_permissions: u16,
    /// Flags that are set; see [`flag`].
    pub flags: u16,
    /// At what price the fee pool takes the asset for fees.
    pub core_exchange_rate: Price,
    /// Accounts whose whitelists count; none means no whitelist.
    pub whitelist_authorities: FlatSet<AccountId>,
    /// Accounts whose blacklists count.
    pub blacklist_authorities: FlatSet<AccountId>,
    /// The only assets it may be traded for, if any.
    pub whitelist_markets: FlatSet<AssetId>,
    /// Assets it may not be traded for.
    pub blacklist_markets: FlatSet<AssetId>,
    /// Free text; wallets keep JSON in it.
    pub description: Text,
    /// Options added later.
    pub extensions: AssetOptionExtensions,
}

/// Options of assets added after launch.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension, plain)]
pub struct AssetOptionExtensions {
    /// Part of market fees shared with the referrers of the trader, in basis points.
    pub reward_percent: Option<u16>,
    /// The only registrars and referrers it is shared with.
    pub whitelist_market_fee_sharing: Option<FlatSet<AccountId>>,
    /// Market fee of takers, in basis points (BSIP 81).
    pub taker_fee_percent: Option<u16>,
}

impl Default for AssetOptions {
    fn default() -> Self {
        Self {
            max_supply: MAX_SHARE_SUPPLY,
            market_fee_percent: 0,
            max_market_fee: MAX_SHARE_SUPPLY,
            issuer_permissions: flag::DEFAULT_UIA_PERMISSIONS,
            flags: 0,
            core_exchange_rate: Price::new(Asset::core(0), Asset::new(0, carbyne_wire::Id(1))),
            whitelist_authorities: FlatSet::new(),
            blacklist_authorities: FlatSet::new(),
            whitelist_markets: FlatSet::new(),
            blacklist_markets: FlatSet::new(),
            description: Text::default(),
            extensions: AssetOptionExtensions::default(),
        }
    }
}

/// How a SmartCoin responds when a debt position cannot pay (reference:
/// `black_swan_response_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlackSwanResponse {
    /// All positions are closed and their collateral moves to a fund.
    GlobalSettlement,
    /// None is closed; the price is capped at what the weakest position can pay.
    NoSettlement,
    /// Those that cannot pay are closed; their collateral moves to a fund for force settlements.
    IndividualSettlementToFund,
    /// Those that cannot pay are closed; their collateral is sold by an order.
    IndividualSettlementToOrder,
}

impl BlackSwanResponse {
    /// Number of responses; the option must be below it.
    pub const COUNT: u8 = 4;
}

/// What the issuer of a SmartCoin sets.
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct BitassetOptions {
    /// Seconds after which a feed no longer counts.
    pub feed_lifetime_sec: u32,
    /// Fewest feeds that make a price.
    pub minimum_feeds: u8,
    /// Seconds between a force settlement order and its execution.
    pub force_settlement_delay_sec: u32,
    /// By how much a force settlement favours the position, in basis points.
    pub force_settlement_offset_percent: u16,
    /// Part of the supply that may be force settled between two maintenances, in basis points.
    pub maximum_force_settlement_volume: u16,
    /// The collateral.
    pub short_backing_asset: AssetId,
    /// Options added later.
    pub extensions: BitassetOptionExtensions,
}

/// Options of SmartCoins added after launch. Ratios in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension, plain)]
pub struct BitassetOptionExtensions {
    /// New and changed debt positions must be above it (BSIP 77).
    pub initial_collateral_ratio: Option<u16>,
    /// Debt positions not above it are called (BSIP 75).
    pub maintenance_collateral_ratio: Option<u16>,
    /// How far below the price a call may sell (BSIP 75).
    pub maximum_short_squeeze_ratio: Option<u16>,
    /// Part of a margin call that goes to the issuer (BSIP 74).
    pub margin_call_fee_ratio: Option<u16>,
    /// Part of a force settlement that goes to the issuer, in basis points (BSIP 87).
    pub force_settle_fee_percent: Option<u16>,
    /// The number of a [`BlackSwanResponse`].
    pub black_swan_response_method: Option<u8>,
}

impl Default for BitassetOptions {
    fn default() -> Self {
        Self {
            feed_lifetime_sec: 86_400,
            minimum_feeds: 1,
            force_settlement_delay_sec: 86_400,
            force_settlement_offset_percent: 0,
            maximum_force_settlement_volume: 2_000,
            short_backing_asset: AssetId::default(),
            extensions: BitassetOptionExtensions::default(),
        }
    }
}

impl BitassetOptions {
    /// How the asset responds to a position that cannot pay.
    pub fn black_swan_response_method(&self) -> BlackSwanResponse {
        match self.extensions.black_swan_response_method {
            Some(1) => BlackSwanResponse::NoSettlement,
            Some(2) => BlackSwanResponse::IndividualSettlementToFund,
            Some(3) => BlackSwanResponse::IndividualSettlementToOrder,
            _ => BlackSwanResponse::GlobalSettlement,
        }
    }
}

refusals! {
    /// Why options are refused.
    pub enum AssetOptionsRefusal {
        /// A maximum supply of nothing, or above the greatest possible.
        MaxSupplyOutOfRange { max_supply: i64, asked: Asked }: "the maximum supply {max_supply} \
            is out of range",
        /// More than all of something.
        PercentTooLarge { percent: u16, asked: Asked }: "{percent} basis points are more than 100%",
        /// A negative or too large cap of the market fee.
        MaxMarketFeeOutOfRange { fee: i64 }: "the maximum market fee {fee} is out of range",
        /// A permission that cannot be a flag.
        PermissionOnly { flags: u16, asked: Asked }:
            "the flags {flags:#x} hold a bit that is a permission only",
        /// A flag that only SmartCoins can have.
        ForBitassetsOnly { flags: u16 }:
            "the flags {flags:#x} hold a bit that only SmartCoins can have",
        /// Feeds from both witnesses and committee.
        FedByTwo: "an asset cannot be both witness fed and committee fed",
        /// A core exchange rate between two other assets.
        RateWithoutCore { base: AssetId, quote: AssetId }:
            "the core exchange rate is between {base} and {quote}",
        /// Authorities for lists that are switched off.
        WhiteListNotSet: "whitelist or blacklist authorities need the white_list flag",
        /// A market both allowed and forbidden.
        MarketInBothLists { asset: AssetId }: "{asset} is in both lists of markets",
        /// A median of no feeds.
        NoMinimumFeeds: "at least one feed must be asked for",
        /// A margin call fee above every collateral ratio.
        FeeRatioTooLarge { ratio: u16 }: "the margin call fee ratio {ratio} is out of range",
        /// A response to black swans that does not exist.
        UnknownResponse { method: u8 }: "there is no black swan response method {method}",
    }
}

fn check_percent(percent: u16, asked: Asked) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, AssetOptionsRefusal::PercentTooLarge { percent, asked });
    Ok(())
}

/// Bits that are permissions only, and what setting them as flags is refused with.
pub const PERMISSION_ONLY: [(u16, Asked); 5] = [
    (flag::GLOBAL_SETTLE, asked::asset::GLOBAL_SETTLE_FLAG),
    (flag::DISABLE_MCR_UPDATE, asked::asset::DISABLE_MCR_UPDATE_FLAG),
    (flag::DISABLE_ICR_UPDATE, asked::asset::DISABLE_ICR_UPDATE_FLAG),
    (flag::DISABLE_MSSR_UPDATE, asked::asset::DISABLE_MSSR_UPDATE_FLAG),
    (flag::DISABLE_BSRM_UPDATE, asked::asset::DISABLE_BSRM_UPDATE_FLAG),
];

fn check_not_flag(flags: u16, (bit, asked): (u16, Asked)) -> Result<(), Rejected> {
    ensure!(flags & bit == 0, AssetOptionsRefusal::PermissionOnly { flags, asked });
    Ok(())
}

impl AssetOptions {
    /// Refuses options that no asset can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        use AssetOptionsRefusal as R;
        let (max_supply, fee) = (self.max_supply, self.max_market_fee);
        let asked = asked::asset::MAX_SUPPLY_LEAST;
        ensure!(max_supply > 0, R::MaxSupplyOutOfRange { max_supply, asked });
        let asked = asked::asset::MAX_SUPPLY_MOST;
        ensure!(max_supply <= MAX_SHARE_SUPPLY, R::MaxSupplyOutOfRange { max_supply, asked });
        check_percent(self.market_fee_percent, asked::asset::MARKET_FEE_PERCENT)?;
        let taker = self.extensions.taker_fee_percent.unwrap_or(0);
        check_percent(taker, asked::asset::TAKER_FEE_PERCENT)?;
        ensure!((0..=MAX_SHARE_SUPPLY).contains(&fee), R::MaxMarketFeeOutOfRange { fee });
        let flags = self.flags;
        check_not_flag(flags, PERMISSION_ONLY[0])?;
        let fed = flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
        ensure!(flags & fed != fed, R::FedByTwo);
        self.validate_core_exchange_rate()?;
        self.validate_lists()?;
        check_percent(self.extensions.reward_percent.unwrap_or(0), asked::asset::REWARD_PERCENT)
    }

    fn validate_core_exchange_rate(&self) -> Result<(), Rejected> {
        let rate = self.core_exchange_rate;
        rate.validate()?;
        let (base, quote) = (rate.base.asset_id, rate.quote.asset_id);
        ensure!(
            base == crate::constants::CORE || quote == crate::constants::CORE,
            AssetOptionsRefusal::RateWithoutCore { base, quote }
        );
        Ok(())
    }

    fn validate_lists(&self) -> Result<(), Rejected> {
        let has_lists =
            !self.whitelist_authorities.is_empty() || !self.blacklist_authorities.is_empty();
        ensure!(
            !has_lists || self.flags & flag::WHITE_LIST != 0,
            AssetOptionsRefusal::WhiteListNotSet
        );
        let in_both = self.whitelist_markets.iter().find(|a| self.blacklist_markets.contains(a));
        match in_both {
            Some(asset) => Err(AssetOptionsRefusal::MarketInBothLists { asset: *asset }.into()),
            None => Ok(()),
        }
    }

    /// Refuses flags that an asset of its kind cannot have.
    pub fn validate_flags(&self, is_market_issued: bool) -> Result<(), Rejected> {
        let flags = self.flags;
        PERMISSION_ONLY.into_iter().try_for_each(|bit| check_not_flag(flags, bit))?;
        let is_allowed = is_market_issued || flags & !flag::UIA == 0;
        ensure!(is_allowed, AssetOptionsRefusal::ForBitassetsOnly { flags });
        Ok(())
    }

    /// The bits of [`flag`] that the issuer may change: enabling permissions that are set and
    /// disabling ones that are not.
    pub fn enabled_issuer_permissions_mask(&self) -> u16 {
        (self.issuer_permissions & flag::ENABLING) | (!self.issuer_permissions & flag::DISABLING)
    }
}

impl BitassetOptions {
    /// Refuses options that no SmartCoin can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.minimum_feeds > 0, AssetOptionsRefusal::NoMinimumFeeds);
        check_percent(self.force_settlement_offset_percent, asked::asset::SETTLEMENT_OFFSET)?;
        check_percent(self.maximum_force_settlement_volume, asked::asset::SETTLEMENT_VOLUME)?;
        let extensions = &self.extensions;
        let ratio = extensions.margin_call_fee_ratio.unwrap_or(0);
        ensure!(ratio <= MAX_COLLATERAL_RATIO, AssetOptionsRefusal::FeeRatioTooLarge { ratio });
        for (ratio, asked) in [
            (extensions.initial_collateral_ratio, &asked::price_feed::INITIAL_RATIO),
            (extensions.maintenance_collateral_ratio, &asked::price_feed::OPTIONS_MAINTENANCE),
            (extensions.maximum_short_squeeze_ratio, &asked::price_feed::OPTIONS_SQUEEZE),
        ] {
            ratio.map_or(Ok(()), |ratio| check_collateral_ratio(ratio, asked))?;
        }
        let percent = extensions.force_settle_fee_percent.unwrap_or(0);
        check_percent(percent, asked::asset::SETTLE_FEE_PERCENT)?;
        let method = extensions.black_swan_response_method.unwrap_or(0);
        let is_known = method < BlackSwanResponse::COUNT;
        ensure!(is_known, AssetOptionsRefusal::UnknownResponse { method });
        Ok(())
    }
}
