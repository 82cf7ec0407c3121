//! What the reference says about SameT funds.

use crate::ops::samet::SametFundRefusal;

reference_words! { SametFundRefusal {
    NegativeFee => "fee.amount >= 0: Fee should not be negative",
    AmountNotPositive { asked } => "{asked}",
    NegativeFundFee => "fund_fee.amount >= 0: Fund fee should not be negative",
    FundFeeAsset =>
        "repay_amount.asset_id == fund_fee.asset_id: Asset type of repay amount and fund fee \
         should be the same",
    NothingToUpdate => "delta_amount.valid() || new_fee_rate.valid(): Should change something",
    DeltaIsZero => "delta_amount->amount != 0: Delta amount should not be zero",
} }

questions! {
    BALANCE = "balance > 0: Balance should be positive";
    BORROW_AMOUNT = "borrow_amount.amount > 0: Amount to borrow should be positive";
    REPAY_AMOUNT = "repay_amount.amount > 0: Amount to repay should be positive";
}
