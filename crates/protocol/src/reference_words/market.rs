//! What the reference says about orders, positions and how they meet.

use crate::ops::market::call_order_update::CallOrderUpdateRefusal;
use crate::ops::market::fill_order::FillOrderRefusal;
use crate::ops::market::limit_order_cancel::LimitOrderCancelRefusal;
use crate::ops::market::limit_order_create::LimitOrderCreateRefusal;
use crate::ops::market::limit_order_update::LimitOrderUpdateRefusal;
use crate::ops::market::on_fill::OnFillRefusal;

reference_words! { LimitOrderCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    SameAsset => "amount_to_sell.asset_id != min_to_receive.asset_id: ",
    NothingToSell => "amount_to_sell.amount > 0: ",
    NothingToReceive => "min_to_receive.amount > 0: ",
} }

reference_words! { LimitOrderUpdateRefusal {
    NegativeFee => "fee.amount >= 0: Fee must not be negative",
    NothingToUpdate =>
        "new_price || delta_amount_to_sell || new_expiration || on_fill: Cannot update limit \
         order if nothing is specified to update",
    ZeroDelta => "delta_amount_to_sell->amount != 0: Cannot change limit order amount by zero",
} }

reference_words! { LimitOrderCancelRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

reference_words! { OnFillRefusal {
    NoSpread => "spread_percent > 0: The spread percentage must be positive",
    NoSize => "size_percent > 0: The size percentage must be positive",
    SizeTooLarge =>
        "size_percent <= GRAPHENE_100_PERCENT: The size percentage must not exceed 100%",
    NoLifetime => "expiration_seconds > 0: The expiration seconds must be positive",
} }

reference_words! { CallOrderUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    SameAsset => "delta_collateral.asset_id != delta_debt.asset_id: ",
    NothingToUpdate => "delta_collateral.amount != 0 || delta_debt.amount != 0: ",
} }

reference_words! { FillOrderRefusal {
    Virtual => "!\"virtual operation\": ",
} }
