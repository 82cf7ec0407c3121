//! What the reference says about assets.

use crate::ops::asset::AssetRefusal;
use crate::ops::asset::bid_collateral::BidCollateralRefusal;
use crate::ops::asset::claim_fees::AssetClaimFeesRefusal;
use crate::ops::asset::claim_pool::AssetClaimPoolRefusal;
use crate::ops::asset::create::AssetCreateRefusal;
use crate::ops::asset::fund_fee_pool::AssetFundFeePoolRefusal;
use crate::ops::asset::global_settle::AssetGlobalSettleRefusal;
use crate::ops::asset::issue::AssetIssueRefusal;
use crate::ops::asset::options::AssetOptionsRefusal;
use crate::ops::asset::override_transfer::OverrideTransferRefusal;
use crate::ops::asset::settle::AssetSettleRefusal;
use crate::ops::asset::update::AssetUpdateRefusal;

reference_words! { AssetRefusal {
    NegativeFee => "fee.amount >= 0: ",
    Virtual { asked } => "{asked}",
    AmountNotPositive { asked } => "{asked}",
    AmountTooLarge { asked } => "{asked}",
    SameIssuer { asked } => "{asked}",
} }

reference_words! { AssetOptionsRefusal {
    MaxSupplyOutOfRange { asked } => "{asked}",
    PercentTooLarge { asked } => "{asked}",
    MaxMarketFeeOutOfRange =>
        "max_market_fee >= 0 && max_market_fee <= GRAPHENE_MAX_SHARE_SUPPLY: ",
    PermissionOnly { asked } => "{asked}",
    ForBitassetsOnly =>
        "0 == (flags & (uint16_t)(~UIA_ASSET_ISSUER_PERMISSION_MASK)): Can not set a flag for \
         bitassets only to UIA",
    FedByTwo =>
        "(flags & (witness_fed_asset | committee_fed_asset)) != (witness_fed_asset | \
         committee_fed_asset): ",
    RateWithoutCore =>
        "core_exchange_rate.base.asset_id.instance.value == 0 || \
         core_exchange_rate.quote.asset_id.instance.value == 0: ",
    WhiteListNotSet => "0 != (flags & white_list): ",
    MarketInBothLists => "blacklist_markets.find(item) == blacklist_markets.end(): ",
    NoMinimumFeeds => "minimum_feeds > 0: ",
    FeeRatioTooLarge =>
        "*extensions.value.margin_call_fee_ratio <= GRAPHENE_MAX_COLLATERAL_RATIO: ",
    UnknownResponse =>
        "*extensions.value.black_swan_response_method < bsrm_count: black_swan_response_method \
         should be less than 4",
} }

reference_words! { AssetCreateRefusal {
    InvalidSymbol => "is_valid_symbol(symbol): ",
    NotABitasset => "bitasset_opts.valid(): ",
    InvalidPredictionMarket { asked } => "{asked}",
    RateOfOtherAsset => "dummy.asset_id == asset_id_type(1): ",
    PrecisionTooLarge { asked } => "{asked}",
} }

reference_words! { AssetUpdateRefusal {
    RateOfOtherAsset => "dummy.asset_id == asset_id_type(): ",
    SkipIsFalse =>
        "*extensions.value.skip_core_exchange_rate == true: If skip_core_exchange_rate is \
         specified, it can only be true",
} }

reference_words! { AssetIssueRefusal {
    CoreAsset => "asset_to_issue.asset_id != asset_id_type(0): ",
} }

reference_words! { AssetFundFeePoolRefusal {
    FeeNotInCore => "fee.asset_id == asset_id_type(): ",
} }

reference_words! { AssetClaimFeesRefusal {
    SameAsset => "*extensions.value.claim_from_asset_id != amount_to_claim.asset_id: ",
} }

reference_words! { AssetClaimPoolRefusal {
    FeeFromPool => "fee.asset_id != asset_id: ",
    NotCore => "amount_to_claim.asset_id == asset_id_type(): ",
} }

reference_words! { AssetSettleRefusal {
    NegativeAmount => "amount.amount >= 0: ",
} }

reference_words! { AssetGlobalSettleRefusal {
    PriceOfOtherAsset => "asset_to_settle == settle_price.base.asset_id: ",
} }

reference_words! { BidCollateralRefusal {
    EmptyBid =>
        "debt_covered.amount == 0 || (debt_covered.amount > 0 && additional_collateral.amount > \
         0): ",
} }

reference_words! { OverrideTransferRefusal {
    ToItself => "from != to: ",
    FromIssuer => "issuer != from: ",
} }

questions! {
    GLOBAL_SETTLE_FLAG =
        "0 == (flags & global_settle): Can not set global_settle flag, it is for issuer \
         permission only";
    DISABLE_MCR_UPDATE_FLAG =
        "0 == (flags & disable_mcr_update): Can not set disable_mcr_update flag, it is for \
         issuer permission only";
    DISABLE_ICR_UPDATE_FLAG =
        "0 == (flags & disable_icr_update): Can not set disable_icr_update flag, it is for \
         issuer permission only";
    DISABLE_MSSR_UPDATE_FLAG =
        "0 == (flags & disable_mssr_update): Can not set disable_mssr_update flag, it is for \
         issuer permission only";
    DISABLE_BSRM_UPDATE_FLAG =
        "0 == (flags & disable_bsrm_update): Can not set disable_bsrm_update flag, it is for \
         issuer permission only";
    CLAIM_AMOUNT = "amount_to_claim.amount > 0: ";
    FUND_AMOUNT = "amount > 0: ";
    OVERRIDE_AMOUNT = "amount.amount > 0: ";
    ISSUE_MOST = "asset_to_issue.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: ";
    ISSUE_AMOUNT = "asset_to_issue.amount.value > 0: ";
    RESERVE_MOST = "amount_to_reserve.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: ";
    RESERVE_AMOUNT = "amount_to_reserve.amount.value > 0: ";
    SETTLE_CANCEL_VIRTUAL = "!\"Virtual operation\": ";
    EXECUTE_BID_VIRTUAL = "!\"virtual operation\": ";
    UPDATE_ISSUER_SAME = "issuer != new_issuer: ";
    UPDATE_SAME_ISSUER = "issuer != *new_issuer: ";
    UPDATE_PRECISION = "*extensions.value.new_precision <= 12: ";
    CREATE_PRECISION = "precision <= 12: ";
    PREDICTION_MARKET_OPTIONS = "bitasset_opts.valid(): Cannot have a User-Issued Asset implement \
        a prediction market.";
    PREDICTION_MARKET_SETTLES = "0 != (common_options.issuer_permissions & global_settle): ";
    PREDICTION_MARKET_BSRM = "0 == (common_options.issuer_permissions & disable_bsrm_update): ";
    PREDICTION_MARKET_RESPONSE =
        "!bitasset_opts->extensions.value.black_swan_response_method.valid(): Can not set \
         black_swan_response_method for Prediction Markets";
    MAX_SUPPLY_LEAST = "max_supply > 0: ";
    MAX_SUPPLY_MOST = "max_supply <= GRAPHENE_MAX_SHARE_SUPPLY: ";
    MARKET_FEE_PERCENT = "market_fee_percent <= GRAPHENE_100_PERCENT: ";
    TAKER_FEE_PERCENT = "*extensions.value.taker_fee_percent <= GRAPHENE_100_PERCENT: ";
    REWARD_PERCENT = "*extensions.value.reward_percent <= GRAPHENE_100_PERCENT: ";
    SETTLEMENT_OFFSET = "force_settlement_offset_percent <= GRAPHENE_100_PERCENT: ";
    SETTLEMENT_VOLUME = "maximum_force_settlement_volume <= GRAPHENE_100_PERCENT: ";
    SETTLE_FEE_PERCENT = "*extensions.value.force_settle_fee_percent <= GRAPHENE_100_PERCENT: ";
}
