//! What the reference says about liquidity pools.

use crate::ops::pool::LiquidityPoolRefusal;

reference_words! { LiquidityPoolRefusal {
    NegativeFee => "fee.amount >= 0: Fee should not be negative",
    AssetOrder { asked } => "{asked}",
    ShareAssetInPool =>
        "asset_a != share_asset && asset_b != share_asset: Share asset can not be the same as \
         one of the assets in the pool",
    PercentTooLarge { asked } => "{asked}",
    NothingToUpdate =>
        "taker_fee_percent.valid() || withdrawal_fee_percent.valid(): Should update something",
    WithdrawalFeeNotZero =>
        "0 == *withdrawal_fee_percent: Withdrawal fee percent can only be updated to zero",
    AmountNotPositive { asked } => "{asked}",
    SameAsset =>
        "amount_to_sell.asset_id != min_to_receive.asset_id: ID of the two assets should not be \
         the same",
} }

questions! {
    CREATE_ORDER = "asset_a < asset_b: ID of the first asset should be smaller than ID of the \
        second asset";
    DEPOSIT_ORDER =
        "amount_a.asset_id < amount_b.asset_id: ID of the first asset should be smaller than ID \
         of the second asset";
    CREATE_TAKER_FEE = "taker_fee_percent <= GRAPHENE_100_PERCENT: Taker fee percent should not \
        exceed 100%";
    UPDATE_TAKER_FEE = "*taker_fee_percent <= GRAPHENE_100_PERCENT: Taker fee percent should not \
        exceed 100%";
    WITHDRAWAL_FEE =
        "withdrawal_fee_percent <= GRAPHENE_100_PERCENT: Withdrawal fee percent should not \
         exceed 100%";
    DEPOSIT_AMOUNTS =
        "amount_a.amount > 0 && amount_b.amount > 0: Both amounts of the assets should be \
         positive";
    SHARE_AMOUNT = "share_amount.amount > 0: Amount of the share asset should be positive";
    SELL_AMOUNT = "amount_to_sell.amount > 0: Amount to sell should be positive";
    RECEIVE_AMOUNT = "min_to_receive.amount > 0: Minimum amount to receive should be positive";
}
