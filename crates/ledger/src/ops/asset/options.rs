//! What the options of an asset and of a SmartCoin may be, whatever the state (reference:
//! `protocol/asset_ops.cpp`).

use crate::Rejected;
use crate::constants::{MAX_COLLATERAL_RATIO, MAX_SHARE_SUPPLY, PERCENT_100};
use crate::ids::AssetId;
use crate::objects::{AssetOptions, BitassetOptions, BlackSwanResponse, flag};
use crate::price_feed::check_collateral_ratio;

refusals! {
    /// Why options are refused.
    pub enum AssetOptionsRefusal {
        /// A maximum supply of nothing, or above the greatest possible.
        MaxSupplyOutOfRange { max_supply: i64 }: "the maximum supply {max_supply} is out of range",
        /// More than all of something.
        PercentTooLarge { percent: u16 }: "{percent} basis points are more than 100%",
        /// A negative or too large cap of the market fee.
        MaxMarketFeeOutOfRange { fee: i64 }: "the maximum market fee {fee} is out of range",
        /// A permission that cannot be a flag.
        PermissionOnly { flags: u16 }: "the flags {flags:#x} contain bits that are permissions only",
        /// A flag that only SmartCoins can have.
        ForBitassetsOnly { flags: u16 }: "the flags {flags:#x} contain bits for SmartCoins only",
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

fn check_percent(percent: u16) -> Result<(), Rejected> {
    ensure!(percent <= PERCENT_100, AssetOptionsRefusal::PercentTooLarge { percent });
    Ok(())
}

impl AssetOptions {
    /// Refuses options that no asset can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        use AssetOptionsRefusal as R;
        let (max_supply, fee) = (self.max_supply, self.max_market_fee);
        let is_supply = |amount: i64| (0..=MAX_SHARE_SUPPLY).contains(&amount);
        ensure!(max_supply != 0 && is_supply(max_supply), R::MaxSupplyOutOfRange { max_supply });
        check_percent(self.market_fee_percent)?;
        check_percent(self.extensions.taker_fee_percent.unwrap_or(0))?;
        ensure!(is_supply(fee), R::MaxMarketFeeOutOfRange { fee });
        let flags = self.flags;
        ensure!(flags & flag::GLOBAL_SETTLE == 0, R::PermissionOnly { flags });
        let fed = flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
        ensure!(flags & fed != fed, R::FedByTwo);
        self.validate_core_exchange_rate()?;
        self.validate_lists()?;
        check_percent(self.extensions.reward_percent.unwrap_or(0))
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
        let is_flag = flags & flag::PERMISSION_ONLY == 0;
        ensure!(is_flag, AssetOptionsRefusal::PermissionOnly { flags });
        let is_allowed = is_market_issued || flags & !flag::UIA == 0;
        ensure!(is_allowed, AssetOptionsRefusal::ForBitassetsOnly { flags });
        Ok(())
    }

    /// The bits of [`flag`] that the issuer may change: enabling permissions that are set and disabling ones that
    /// are not.
    pub fn enabled_issuer_permissions_mask(&self) -> u16 {
        (self.issuer_permissions & flag::ENABLING) | (!self.issuer_permissions & flag::DISABLING)
    }
}

impl BitassetOptions {
    /// Refuses options that no SmartCoin can have.
    pub fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.minimum_feeds > 0, AssetOptionsRefusal::NoMinimumFeeds);
        check_percent(self.force_settlement_offset_percent)?;
        check_percent(self.maximum_force_settlement_volume)?;
        let extensions = &self.extensions;
        let ratio = extensions.margin_call_fee_ratio.unwrap_or(0);
        ensure!(ratio <= MAX_COLLATERAL_RATIO, AssetOptionsRefusal::FeeRatioTooLarge { ratio });
        let ratios = [
            extensions.initial_collateral_ratio,
            extensions.maintenance_collateral_ratio,
            extensions.maximum_short_squeeze_ratio,
        ];
        ratios.into_iter().flatten().try_for_each(check_collateral_ratio)?;
        check_percent(extensions.force_settle_fee_percent.unwrap_or(0))?;
        let method = extensions.black_swan_response_method.unwrap_or(0);
        let is_known = method < BlackSwanResponse::COUNT;
        ensure!(is_known, AssetOptionsRefusal::UnknownResponse { method });
        Ok(())
    }
}
