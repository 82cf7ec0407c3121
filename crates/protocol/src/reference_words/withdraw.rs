//! What the reference says about withdraw permissions.

use crate::ops::withdraw::WithdrawRefusal;

reference_words! { WithdrawRefusal {
    NegativeFee => "fee.amount >= 0: ",
    ToItself { asked } => "{asked}",
    AmountNotPositive { asked } => "{asked}",
    NoPeriod => "withdrawal_period_sec > 0: ",
    NoPeriods => "periods_until_expiration > 0: ",
} }

questions! {
    PARTIES = "withdraw_from_account != authorized_account: ";
    LIMIT = "withdrawal_limit.amount > 0: ";
    CLAIM_PARTIES = "withdraw_to_account != withdraw_from_account: ";
    CLAIM_AMOUNT = "amount_to_withdraw.amount > 0: ";
}
