//! What the reference says about vesting balances.

use crate::ops::vesting::create::VestingBalanceCreateRefusal;
use crate::ops::vesting::withdraw::VestingBalanceWithdrawRefusal;

reference_words! { VestingBalanceCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    AmountNotPositive => "amount.amount > 0: ",
} }

reference_words! { VestingBalanceWithdrawRefusal {
    NegativeFee => "fee.amount >= 0: ",
    AmountNotPositive => "amount.amount > 0: ",
    TempAccount => "owner != GRAPHENE_TEMP_ACCOUNT: ",
} }
