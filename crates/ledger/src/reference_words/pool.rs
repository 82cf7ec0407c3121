//! What the reference says about liquidity pools.

use crate::ops::pool::LiquidityPoolRefusal;

reference_words! { LiquidityPoolRefusal {
    NotOwner { asked } => "{asked}",
    ShareAssetMarketIssued =>
        "!_share_asset->is_market_issued(): Can not specify a market-issued asset as the share \
         asset of a liquidity pool",
    ShareAssetBound =>
        "!_share_asset->is_liquidity_pool_share_asset(): The share asset is already bound to \
         another liquidity pool",
    ShareSupplyNotZero =>
        "_share_asset->dynamic_data(d).current_supply == 0: Current supply of the share asset \
         needs to be zero",
    NotEmpty => "_pool->balance_a == 0 && _pool->balance_b == 0: Can not delete a non-empty pool",
    Empty => "_pool->balance_a > 0 && _pool->balance_b > 0: The pool has not been initialized",
    WithdrawalFeeStands =>
        "0 == _pool->withdrawal_fee_percent || ( op.withdrawal_fee_percent.valid() && 0 == \
         *op.withdrawal_fee_percent ): Taker fee percent can only be updated if withdrawal fee \
         percent is zero or withdrawal fee percent is to be updated to zero at the same time",
    AssetMismatch { asked } => "{asked}",
    MarketMismatch =>
        "( op.amount_to_sell.asset_id == _pool->asset_a && op.min_to_receive.asset_id == \
         _pool->asset_b ) || ( op.amount_to_sell.asset_id == _pool->asset_b && \
         op.min_to_receive.asset_id == _pool->asset_a ): Asset type mismatch",
    NoNewSupply { asked } => "{asked}",
    InitialDepositTooLarge =>
        "share_amount <= share_asset_obj.options.max_supply: For initial deposit, each amount of \
         the two assets in the pool should not be greater than the maximum supply of the share \
         asset",
    ZeroOutcome { asked } => "{asked}",
    SharesAboveSupply =>
        "_share_asset_dyn_data->current_supply >= op.share_amount.amount: Can not withdraw an \
         amount that is more than the current supply",
    MarketNotWhitelisted { asset, other, market, symbol } =>
        "asset_obj_{asset}.options.whitelist_markets.find(_pool->asset_{other}) != \
         asset_obj_{asset}.options.whitelist_markets.end(): The {market} market has not been \
         whitelisted by asset {symbol}",
    MarketBlacklisted { asset, other, market, symbol } =>
        "asset_obj_{asset}.options.blacklist_markets.find(_pool->asset_{other}) == \
         asset_obj_{asset}.options.blacklist_markets.end(): The {market} market has been \
         blacklisted by asset {symbol}",
    MakerFeeTooLarge =>
        "_maker_market_fee < op.amount_to_sell: Aborting since the maker market fee of the \
         selling asset is too high",
    UnfillablePrice => "Unable to exchange at expected price",
} }

questions! {
    CREATE_OWNER =
        "_share_asset->issuer == op.account: Only the asset owner can set an asset as the share \
         asset of a liquidity pool";
    SHARE_NEW_SUPPLY = "share_asset_obj.can_create_new_supply(): Can not create new supply for \
        the share asset";
    INITIAL_OWNER =
        "share_asset_obj.issuer == op.account: The initial deposit can only be done by the pool \
         owner";
    DEPOSIT_OUTCOME = "new_supply > 0: Aborting due to zero outcome";
    DEPOSIT_ASSET_A = "op.amount_a.asset_id == _pool->asset_a: Asset type A mismatch";
    DEPOSIT_ASSET_B = "op.amount_b.asset_id == _pool->asset_b: Asset type B mismatch";
    SHARE_MAX_SUPPLY =
        "_share_asset_dyn_data->current_supply < share_asset_obj.options.max_supply: Can not \
         create new supply for the share asset";
    EXCHANGE_ASSET_A =
        "is_authorized_asset( d, *fee_paying_account, asset_obj_a ): The account is unauthorized \
         by asset A";
    EXCHANGE_ASSET_B =
        "is_authorized_asset( d, *fee_paying_account, asset_obj_b ): The account is unauthorized \
         by asset B";
    OWNER = "_share_asset->issuer == op.account: The account is not the owner of the liquidity \
        pool";
    SHARE_ASSET =
        "is_authorized_asset( d, *fee_paying_account, share_asset_obj ): The account is \
         unauthorized by the share asset";
    ASSET_A =
        "is_authorized_asset( d, *fee_paying_account, _pool->asset_a(d) ): The account is \
         unauthorized by asset A";
    ASSET_B =
        "is_authorized_asset( d, *fee_paying_account, _pool->asset_b(d) ): The account is \
         unauthorized by asset B";
    WITHDRAW_OUTCOME = "a128 > 0 || b128 > 0: Aborting due to zero outcome";
    WITHDRAW_ASSET = "op.share_amount.asset_id == _pool->share_asset: Share asset type mismatch";
}
