//! What the reference says about hashed time-lock contracts.

use crate::ops::htlc::HtlcRefusal;

reference_words! { HtlcRefusal {
    NegativeFee => "fee.amount >= 0: Fee amount should not be negative",
    AmountNotPositive => "amount.amount > 0: HTLC amount should be greater than zero",
    FeeOverflow { asked } => "{asked}",
    Virtual => "!\"virtual operation\": ",
} }

questions! {
    EXTEND_FEE = "days == 0 || per_day_fee / days == fee_params.fee_per_day: Fee calculation \
        overflow";
    REDEEM_FEE = "kb == 0 || product / kb == fee_params.fee_per_kb: Fee calculation overflow";
}
