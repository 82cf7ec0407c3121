//! What the reference says about orders, positions and how they meet.

use crate::market::black_swan::BlackSwanRefusal;
use crate::market::fees::MarketFeeRefusal;
use crate::market::fill::FillRefusal;
use crate::market::match_limit::MatchRefusal;
use crate::ops::market::call_order_update::CallOrderUpdateRefusal;
use crate::ops::market::limit_order_cancel::LimitOrderCancelRefusal;
use crate::ops::market::limit_order_create::LimitOrderCreateRefusal;
use crate::ops::market::limit_order_update::LimitOrderUpdateRefusal;
use crate::ops::market::on_fill::OnFillRefusal;

reference_words! { LimitOrderCreateRefusal {
    Expired => "op.expiration >= d.head_block_time(): ",
    MarketNotWhitelisted => "This market has not been whitelisted by the selling asset",
    MarketBlacklisted => "This market has been blacklisted by the selling asset",
    SellingUnauthorized => "The account is not allowed to transact the selling asset",
    ReceivingUnauthorized => "The account is not allowed to transact the receiving asset",
    InsufficientBalance => "insufficient balance",
    Unfilled { order } => "Killing limit order {order} due to unable to fill",
} }

reference_words! { LimitOrderUpdateRefusal {
    UnknownOrder { order } => "Limit order {order} does not exist, cannot update",
    NotTheSeller { order } => "Limit order {order} is owned by someone else, cannot update",
    IncompatiblePrice =>
        "base_id == _order->sell_price.base.asset_id && quote_id == \
         _order->sell_price.quote.asset_id: Cannot update limit order with incompatible price",
    PriceTooLarge =>
        "o.new_price->base.amount <= max_amount_for_sale: The base amount in the new price \
         cannot be greater than the estimated maximum amount for sale",
    IncompatibleAsset =>
        "delta.asset_id == _order->sell_price.base.asset_id: Cannot update limit order with \
         incompatible asset",
    TakesAll =>
        "_order->for_sale > -delta.amount: Cannot deduct all or more from order than order \
         contains",
    TooSmall =>
        "new_amount_to_receive.amount > 0: Cannot update limit order: order becomes too small; \
         cancel order instead",
    Expired =>
        "*o.new_expiration >= d.head_block_time(): Cannot update limit order to expire in the \
         past",
    MarketNotWhitelisted =>
        "sell_asset.options.whitelist_markets.find( receive_asset_id ) != \
         sell_asset.options.whitelist_markets.end(): This market has not been whitelisted by the \
         selling asset",
    MarketBlacklisted =>
        "sell_asset.options.blacklist_markets.find( receive_asset_id ) == \
         sell_asset.options.blacklist_markets.end(): This market has been blacklisted by the \
         selling asset",
    Unauthorized { role, verb } =>
        "is_authorized_asset( d, seller, {role}_asset ): The account is not allowed to transact \
         the {verb} asset",
} }

reference_words! { LimitOrderCancelRefusal {
    UnknownOrder { order } => "Limit order {order} does not exist",
    NotTheSeller { order } => "Limit order {order} is owned by someone else",
} }

reference_words! { OnFillRefusal {
    WrongNumberOfActions { asked } => "{asked}",
    UnknownFeeAsset => "d.find( take_profit_action.fee_asset_id ): Fee asset does not exist",
} }

reference_words! { CallOrderUpdateRefusal {
    NotMarketIssued { symbol } =>
        "_debt_asset->is_market_issued(): Unable to cover {symbol} as it is not a collateralized \
         asset.",
    NoNewSupply =>
        "o.delta_debt.amount <= 0 || _debt_asset->can_create_new_supply(): Can not create new \
         supply",
    AboveMaxSupply =>
        "_dynamic_data_obj->current_supply + o.delta_debt.amount <= \
         _debt_asset->options.max_supply: Borrowing this quantity would exceed MAX_SUPPLY",
    BelowZero =>
        "_dynamic_data_obj->current_supply + o.delta_debt.amount >= 0: This transaction would \
         bring current supply below zero.",
    GloballySettled =>
        "!_bitasset_data->is_globally_settled(): Cannot update debt position when the asset has \
         been globally settled",
    WrongCollateral =>
        "o.delta_collateral.asset_id == _bitasset_data->options.short_backing_asset: Collateral \
         asset type should be same as backing asset of debt asset",
    CollateralLeft => "new_collateral == 0: Should claim all collateral when closing debt position",
    NotPositive =>
        "new_collateral > 0 && new_debt > 0: Both collateral and debt should be positive after \
         updated a debt position if not to close it",
    NewNotPositive { side } =>
        "o.delta_{side}.amount > 0: Delta {side} amount of new debt position should be positive",
    UnequalPrediction =>
        "o.delta_collateral.amount == o.delta_debt.amount: Debt amount and collateral amount \
         should be same when updating debt position in a prediction market",
    NoFeed => "Cannot borrow asset with no price feed.",
    WouldBlackSwan =>
        "increasing_cr || call_collateralization >= ~( \
         _bitasset_data->median_feed.max_short_squeeze_price() ): Could not create a debt \
         position which would trigger a blackswan event instantly, unless it is to increase \
         collateral ratio of an existing debt position and is not increasing its debt amount",
    WouldBeCalled { asked } => "{asked}",
} }

reference_words! { BlackSwanRefusal {
    NotAllowed =>
        "enable_black_swan: Black swan was detected during a margin update which is not allowed \
         to trigger a blackswan",
} }

reference_words! { MarketFeeRefusal {
    PartTooLarge => "a <= GRAPHENE_MAX_SHARE_SUPPLY: overflow when calculating percent",
} }

reference_words! { FillRefusal {
    NoDeferredFee => "deferred_fee > 0: Internal error",
} }

reference_words! { MatchRefusal {
    NoneFilled => "result != match_result_type::none_filled: ",
} }

questions! {
    CALLED_AT_ONCE =
        "!call_ptr || increasing_cr || call_ptr->collateralization() > \
         _bitasset_data->current_initial_collateralization: Could not create a debt position \
         which would trigger a margin call instantly, unless the debt position is fully filled, \
         or it is to increase collateral ratio of an existing debt position and is not increasing \
         its debt amount, or the remaining debt position's collateral ratio is above required \
         initial collateral ratio (ICR)";
    BELOW_INITIAL_RATIO =
        "ok: Can only increase collateral ratio without increasing debt when the debt position's \
         collateral ratio is lower than or equal to required initial collateral ratio (ICR), if \
         not to trigger a margin call immediately";
    CREATE_ACTIONS =
        "1 == op.extensions.value.on_fill->size(): The on_fill action list must contain only one \
         action until expanded in a future hardfork";
    UPDATE_ACTIONS =
        "o.on_fill->size() <= 1: The on_fill action list must contain zero or one action until \
         expanded in a future hardfork";
}
