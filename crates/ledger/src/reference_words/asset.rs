//! What the reference says about assets.

use crate::ops::asset::AssetRefusal;
use crate::ops::asset::bid_collateral::BidCollateralRefusal;
use crate::ops::asset::claim_fees::AssetClaimFeesRefusal;
use crate::ops::asset::claim_pool::AssetClaimPoolRefusal;
use crate::ops::asset::create::AssetCreateRefusal;
use crate::ops::asset::global_settle::AssetGlobalSettleRefusal;
use crate::ops::asset::issue::AssetIssueRefusal;
use crate::ops::asset::override_transfer::OverrideTransferRefusal;
use crate::ops::asset::publish_feed::AssetPublishFeedRefusal;
use crate::ops::asset::reserve::AssetReserveRefusal;
use crate::ops::asset::settle::AssetSettleRefusal;
use crate::ops::asset::update::AssetUpdateRefusal;
use crate::ops::asset::update_bitasset::AssetUpdateBitassetRefusal;
use crate::ops::asset::update_feed_producers::AssetUpdateFeedProducersRefusal;
use crate::ops::asset::update_issuer::AssetUpdateIssuerRefusal;

reference_words! { AssetRefusal {
    NotIssuer { asked } => "{asked}",
    IncorrectIssuer { account, issuer } =>
        "o.issuer == a.issuer: Incorrect issuer for asset! ({account} != {issuer})",
    NotMarketIssued { asked } => "{asked}",
    InsufficientBalance { asked } => "{asked}",
    CommitteeNeedsCore { asked } => "{asked}",
} }

reference_words! { AssetCreateRefusal {
    TooManyAuthorities { asked } => "{asked}",
    SymbolTaken => "asset_symbol_itr == asset_indx.end(): ",
    NoParent { symbol, parent } =>
        "asset_prefix_itr != asset_indx.end(): Asset {symbol} may only be created by issuer of \
         asset {parent}, but asset {parent} has not been created",
    NotParentIssuer { symbol, parent, name } =>
        "asset_prefix_itr->issuer == op.issuer: Asset {symbol} may only be created by issuer of \
         {parent}, {name}",
    BackedTooDeep =>
        "!backing_backing.is_market_issued(): May not create a bitasset backed by a bitasset \
         backed by a bitasset.",
    ShorterThanBlock { asked } => "{asked}",
    PrecisionMismatch => "op.precision == op.bitasset_opts->short_backing_asset(d).precision: ",
} }

reference_words! { AssetUpdateRefusal {
    NewIssuer =>
        "now < HARDFORK_CORE_199_TIME: Since Hardfork #199, updating issuer requires the use of \
         asset_update_issuer_operation.",
    NotABitasset =>
        "0 == ( o.new_options.issuer_permissions & NON_UIA_ONLY_ISSUER_PERMISSION_MASK ): Unable \
         to set non-UIA issuer permission bits on UIA",
    ResponseOfPredictionMarket =>
        "0 == ( o.new_options.issuer_permissions & disable_bsrm_update ): Unable to set \
         disable_bsrm_update issuer permission bit on PM",
    PredictionMarketNeverSettled =>
        "a_copy.can_global_settle(): The global_settle permission should be enabled for \
         prediction markets",
    PermissionsRevoked { asked } => "{asked}",
    PrecisionInUse =>
        "!o.extensions.value.new_precision.valid(): Cannot update precision if current supply is \
         non-zero",
    MaxSupplyTooSmall =>
        "dyn_data.current_supply <= o.new_options.max_supply: Max supply should not be smaller \
         than current supply",
    FlagsNotPermitted =>
        "0 == ( (o.new_options.flags ^ a.options.flags) & check_bits & \
         (uint16_t)(~enabled_issuer_permissions_mask) ): Flag change is forbidden by issuer \
         permissions",
    MaxSupplyLocked =>
        "a.can_update_max_supply() || a.options.max_supply == o.new_options.max_supply: Can not \
         update max supply",
    SamePrecision =>
        "*o.extensions.value.new_precision != a.precision: Specified a new precision but it does \
         not change",
    PrecisionOfPredictionMarket =>
        "!bitasset_data->is_prediction_market: Can not update precision of a prediction market",
    PrecisionOfCollateral { asset } =>
        "!backing_another_asset: Asset {asset} is backed by this asset, can not update precision",
} }

reference_words! { AssetUpdateBitassetRefusal {
    PredictionMarket =>
        "!op.new_options.extensions.value.black_swan_response_method.valid(): Can not set \
         black_swan_response_method for Prediction Markets",
    NotPermitted { asked } => "{asked}",
    GloballySettled { asked } => "{asked}",
    SettledDebtLeft { asked } => "{asked}",
    SupplyLeft =>
        "dyn.current_supply == 0: Cannot change backing asset if there is already a current \
         supply.",
    FeesLeft =>
        "dyn.accumulated_collateral_fees == 0: Must claim collateral-denominated fees before \
         changing backing asset.",
    BackedByItself =>
        "op.new_options.short_backing_asset != asset_obj.get_id(): Cannot update an asset to be \
         backed by itself.",
    PrecisionMismatch =>
        "asset_obj.precision == new_backing_asset.precision: The precision of the asset and \
         backing asset must be equal.",
    InvalidatesChild { asked } => "{asked}",
    BackedTooDeep =>
        "(backing_backing_asset_id == asset_id_type() || \
         !backing_backing_asset_id(d).is_market_issued()): A BitAsset cannot be backed by a \
         BitAsset that itself is backed by a BitAsset.",
} }

reference_words! { AssetUpdateFeedProducersRefusal {
    TooMany =>
        "o.new_feed_producers.size() <= \
         d.get_global_properties().parameters.maximum_asset_feed_publishers: Cannot specify more \
         feed producers than maximum allowed",
    CommitteeFed =>
        "0 == (a.options.flags & committee_fed_asset): Cannot set feed producers on a \
         committee-fed asset.",
    WitnessFed =>
        "0 == (a.options.flags & witness_fed_asset): Cannot set feed producers on a witness-fed \
         asset.",
} }

reference_words! { AssetUpdateIssuerRefusal {
    UnknownIssuer => "d.find(new_issuer): New issuer account does not exist",
} }

reference_words! { AssetIssueRefusal {
    MarketIssued => "!a.is_market_issued(): Cannot manually issue a market-issued asset.",
    PoolShare =>
        "!a.is_liquidity_pool_share_asset(): Cannot manually issue a liquidity pool share asset.",
    NoNewSupply => "a.can_create_new_supply(): Can not create new supply",
    MaxSupplyExceeded =>
        "(asset_dyn_data->current_supply + o.asset_to_issue.amount) <= a.options.max_supply: ",
} }

reference_words! { AssetReserveRefusal {
    MarketIssued { symbol } => "Cannot reserve {symbol} because it is a market-issued asset",
    AboveSupply =>
        "asset_dyn_data->current_supply >= o.amount_to_reserve.amount: Can not reserve an amount \
         that is more than the current supply",
    AllPoolShares =>
        "asset_dyn_data->current_supply > o.amount_to_reserve.amount: The asset is a liquidity \
         pool share asset thus can only reserve an amount that is less than the current supply",
} }

reference_words! { AssetClaimFeesRefusal {
    NotAccumulated { symbol, asset, fee_asset } =>
        "container_asset->can_accumulate_fee(d,o.amount_to_claim): Asset {symbol} ({asset}) is \
         not backed by asset ({fee_asset}) and does not hold it as fees.",
    AboveAccumulated { field, kind, place, data, claim } =>
        "o.amount_to_claim.amount <= container_ddo->{field}: Attempt to claim more {kind} than \
         have accumulated within asset {place}. Asset DDO: {data}. Fee claim: {claim}.",
} }

reference_words! { AssetClaimPoolRefusal {
    AbovePool =>
        "o.amount_to_claim.amount <= addo.fee_pool: Attempt to claim more fees than is available",
} }

reference_words! { AssetPublishFeedRefusal {
    Settled =>
        "!bitasset.is_globally_settled(): No further feeds may be published after a settlement \
         event",
    WrongCollateral =>
        "o.feed.settlement_price.quote.asset_id == bitasset.options.short_backing_asset: Quote \
         asset type in settlement price should be same as backing asset of this asset",
    RateNotInCore =>
        "o.feed.core_exchange_rate.quote.asset_id == asset_id_type(): Quote asset in core \
         exchange rate should be CORE asset",
    NotAProducer { asked } => "{asked}",
} }

reference_words! { AssetSettleRefusal {
    Disabled =>
        "asset_to_settle->can_force_settle() || bitasset.is_globally_settled() || \
         bitasset.is_individually_settled_to_fund(): Either the asset need to have the \
         force_settle flag enabled, or it need to be globally settled, or the individual \
         settlement pool (for force-settlements) is not empty",
    NotDecided =>
        "bitasset.is_globally_settled(): Global settlement must occur before force settling a \
         prediction market",
    NoFeed =>
        "Cannot force settle with no price feed if the asset is not globally settled and the \
         individual settlement pool (for force-settlements) is not empty",
    TooSmallForFund => "Settle amount is too small to receive anything due to rounding",
    TooSmall =>
        "settled_amount.amount > 0: Settle amount is too small to receive anything due to \
         rounding",
} }

reference_words! { AssetGlobalSettleRefusal {
    NotPermitted =>
        "asset_to_settle->can_global_settle(): The global_settle permission of this asset is \
         disabled",
    NoSupply =>
        "asset_to_settle->dynamic_data(d).current_supply > 0: Can not globally settle an asset \
         with zero supply",
    AlreadySettled =>
        "!_bitasset_data.is_globally_settled(): This asset has been globally settled, cannot \
         globally settle again",
    InsufficientCollateral =>
        "( least_collateralized_short->get_debt() * op.settle_price ) <= \
         least_collateralized_short->get_collateral(): Cannot globally settle at supplied price: \
         least collateralized short lacks sufficient collateral to settle.",
} }

reference_words! { BidCollateralRefusal {
    NotMarketIssued { symbol } =>
        "_debt_asset->is_market_issued(): Unable to cover {symbol} as it is not a collateralized \
         asset.",
    InsufficientBalance { bid, has } =>
        "collateral_balance >= o.additional_collateral: Cannot bid {bid} collateral when payer \
         only has {has}",
    InsufficientForMore { old, new, has } =>
        "collateral_balance >= delta: Cannot increase bid from {old} to {new} collateral when \
         payer only has {has}",
    Disabled => "_debt_asset->can_bid_collateral(): Collateral bidding is disabled for this asset",
    NotGloballySettled =>
        "_bitasset_data->is_globally_settled(): Cannot bid since the asset is not globally \
         settled",
    WrongCollateral =>
        "o.additional_collateral.asset_id == _bitasset_data->options.short_backing_asset: ",
    PredictionMarket => "!_bitasset_data->is_prediction_market: Cannot bid on a prediction market!",
    NoBid => "o.debt_covered.amount > 0: Can't find bid to cancel?!",
} }

reference_words! { OverrideTransferRefusal {
    NotPermitted { asset } => "override_transfer not permitted for asset {asset}",
} }

questions! {
    DEBT_ASSET =
        "is_authorized_asset( d, *fee_paying_account, *_debt_asset ): The account is not allowed \
         to transact the debt asset";
    COLLATERAL_ASSET =
        "is_authorized_asset( d, *fee_paying_account, \
         _bitasset_data->options.short_backing_asset(d) ): The account is not allowed to transact \
         the collateral asset";
    CLAIM_FEES_ISSUER = "container_asset->issuer == o.issuer: Asset fees may only be claimed by \
        the issuer";
    CLAIM_POOL_ISSUER = "o.asset_id(db()).issuer == o.issuer: Asset fee pool may only be claimed \
        by the issuer";
    CREATE_COMMITTEE_BACKING =
        "op.issuer != GRAPHENE_COMMITTEE_ACCOUNT || backing.get_id() == asset_id_type(): May not \
         create a blockchain-controlled market asset which is not backed by CORE.";
    CREATE_COMMITTEE_BACKING_BACKING =
        "op.issuer != GRAPHENE_COMMITTEE_ACCOUNT || backing_backing.get_id() == asset_id_type(): \
         May not create a blockchain-controlled market asset which is not backed by CORE.";
    CREATE_PERIODS =
        "op.bitasset_opts->feed_lifetime_sec > chain_parameters.block_interval && \
         op.bitasset_opts->force_settlement_delay_sec > chain_parameters.block_interval: ";
    GLOBAL_SETTLE_MARKET_ISSUED = "asset_to_settle->is_market_issued(): Can only globally settle \
        market-issued assets";
    GLOBAL_SETTLE_ISSUER = "asset_to_settle->issuer == op.issuer: Only asset issuer can globally \
        settle an asset";
    ISSUE_ISSUER = "o.issuer == a.issuer: ";
    ISSUE_RECEIVER = "is_authorized_asset( d, *to_account, a ): ";
    OVERRIDE_ISSUER = "asset_type.issuer == op.issuer: ";
    OVERRIDE_RECEIVER =
        "is_authorized_asset( d, to_account, asset_type ): The to_account is not allowed to \
         transact the asset";
    OVERRIDE_BALANCE = "d.get_balance( from_account, asset_type ).amount >= op.amount.amount: ";
    FEED_WITNESS =
        "d.get(GRAPHENE_WITNESS_ACCOUNT).active.account_auths.count(o.publisher) > 0: Only \
         active witnesses are allowed to publish price feeds for this asset";
    FEED_COMMITTEE =
        "d.get(GRAPHENE_COMMITTEE_ACCOUNT).active.account_auths.count(o.publisher) > 0: Only \
         active committee members are allowed to publish price feeds for this asset";
    FEED_PRODUCER =
        "bitasset.feeds.count(o.publisher) > 0: The account is not in the set of allowed price \
         feed producers of this asset";
    FEED_MARKET_ISSUED = "base.is_market_issued(): Can only publish price feeds for market-issued \
        assets";
    RESERVE_PAYER = "is_authorized_asset( d, *from_account, a ): ";
    SETTLE_MARKET_ISSUED =
        "asset_to_settle->is_market_issued(): Can only force settle a predition market or a \
         market issued asset";
    SETTLE_BALANCE = "d.get_balance( op.account, op.amount.asset_id ) >= op.amount: Insufficient \
        balance";
    SETTLE_ASSET =
        "is_authorized_asset( d, *fee_paying_account, *asset_to_settle ): The account is not \
         allowed to settle the asset";
    SETTLE_BACKING =
        "is_authorized_asset( d, *fee_paying_account, bitasset.options.short_backing_asset(d) ): \
         The account is not allowed to receive the backing asset";
    REVOKED =
        "0 == ( o.new_options.get_enabled_issuer_permissions_mask() & \
         (uint16_t)(~enabled_issuer_permissions_mask) ): Cannot reinstate previously revoked \
         issuer permissions on an asset if current supply is non-zero.";
    REVOKED_ON_UIA =
        "0 == ( ( o.new_options.get_enabled_issuer_permissions_mask() & \
         (uint16_t)(~enabled_issuer_permissions_mask) ) & UIA_ASSET_ISSUER_PERMISSION_MASK ): \
         Cannot reinstate previously revoked issuer permissions on a UIA if current supply is \
         non-zero, unless to unset non-UIA issuer permission bits.";
    REVOKED_ON_PREDICTION_MARKET =
        "0 == ( ( o.new_options.get_enabled_issuer_permissions_mask() & \
         (uint16_t)(~enabled_issuer_permissions_mask) ) & (uint16_t)(~disable_bsrm_update) ): \
         Cannot reinstate previously revoked issuer permissions on a PM if current supply is \
         non-zero, unless to unset the disable_bsrm_update issuer permission bit.";
    RESPONSE_SETTLED =
        "!current_bitasset_data.is_globally_settled(): Unable to update BSRM when the asset has \
         been globally settled";
    BACKING_SETTLED =
        "!current_bitasset_data.is_globally_settled(): Cannot change backing asset after a \
         global settlement has executed";
    FEED_LIFETIME =
        "op.new_options.feed_lifetime_sec > chain_parameters.block_interval: Feed lifetime must \
         exceed block interval.";
    SETTLEMENT_DELAY =
        "op.new_options.force_settlement_delay_sec > chain_parameters.block_interval: Force \
         settlement delay must exceed block interval.";
    RESPONSE_FUND =
        "!current_bitasset_data.is_individually_settled_to_fund(): Unable to update BSRM when \
         the individual settlement pool (for force-settlements) is not empty";
    RESPONSE_ORDER =
        "!d.find_settled_debt_order( op.asset_to_update ): Unable to update BSRM when there \
         exists an individual settlement order";
    CHILD_CIRCLE =
        "child.get_id() != op.new_options.short_backing_asset: A BitAsset would be invalidated \
         by changing this backing asset ('A' backed by 'B' backed by 'A').";
    CHILD_OF_COMMITTEE =
        "child.issuer != GRAPHENE_COMMITTEE_ACCOUNT: A blockchain-controlled market asset would \
         be invalidated by changing this backing asset.";
    CHILD_TOO_DEEP =
        "!new_backing_asset.is_market_issued(): A non-blockchain controlled BitAsset would be \
         invalidated by changing this backing asset.";
    COMMITTEE_BACKED_BY_BITASSET =
        "new_backing_asset.bitasset_data(d).options.short_backing_asset == asset_id_type(): May \
         not modify a blockchain-controlled market asset to be backed by an asset which is not \
         backed by CORE.";
    COMMITTEE_BACKED_BY_UIA =
        "new_backing_asset.get_id() == asset_id_type(): May not modify a blockchain-controlled \
         market asset to be backed by an asset which is not market issued asset nor CORE.";
    MCR_PERMISSION = "!mcr_changed: No permission to update MCR";
    ICR_PERMISSION = "!icr_changed: No permission to update ICR";
    MSSR_PERMISSION = "!mssr_changed: No permission to update MSSR";
    BSRM_PERMISSION = "asset_obj.can_owner_update_bsrm(): No permission to update BSRM";
    UPDATE_BITASSET_MARKET_ISSUED =
        "asset_obj.is_market_issued(): Cannot update BitAsset-specific settings on a \
         non-BitAsset.";
    UPDATE_BITASSET_ISSUER = "op.issuer == asset_obj.issuer: Only asset issuer can update \
        bitasset_data of the asset.";
    PRODUCERS_MARKET_ISSUED = "a.is_market_issued(): Cannot update feed producers on a \
        non-BitAsset.";
    PRODUCERS_ISSUER = "a.issuer == o.issuer: Only asset issuer can update feed producers of an \
        asset";
    ISSUER_COMMITTEE_BACKING =
        "backing.get_id() == asset_id_type(): May not create a blockchain-controlled market \
         asset which is not backed by CORE.";
    ISSUER_COMMITTEE_BACKING_BACKING =
        "backing_backing.get_id() == asset_id_type(): May not create a blockchain-controlled \
         market asset which is not backed by CORE.";
    CREATE_WHITELIST =
        "op.common_options.whitelist_authorities.size() <= \
         chain_parameters.maximum_asset_whitelist_authorities: ";
    CREATE_BLACKLIST =
        "op.common_options.blacklist_authorities.size() <= \
         chain_parameters.maximum_asset_whitelist_authorities: ";
    UPDATE_WHITELIST =
        "o.new_options.whitelist_authorities.size() <= \
         chain_parameters.maximum_asset_whitelist_authorities: ";
    UPDATE_BLACKLIST =
        "o.new_options.blacklist_authorities.size() <= \
         chain_parameters.maximum_asset_whitelist_authorities: ";
}
