//! What the reference says about transfers, conditions, custom data and balances of the genesis.

use crate::ops::balance::claim::BalanceClaimRefusal;
use crate::ops::fba::distribute::FbaDistributeRefusal;
use crate::ops::misc::assert::AssertRefusal;
use crate::ops::misc::custom::CustomRefusal;
use crate::ops::transfer::TransferRefusal;

reference_words! { TransferRefusal {
    NegativeFee => "fee.amount >= 0: ",
    ToItself => "from != to: ",
    AmountNotPositive => "amount.amount > 0: ",
} }

reference_words! { AssertRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

reference_words! { CustomRefusal {
    FeeNotPositive => "fee.amount > 0: ",
} }

reference_words! { BalanceClaimRefusal {
    Fee => "fee == asset(): ",
    NoKey => "balance_owner_key != public_key_type(): ",
} }

reference_words! { FbaDistributeRefusal {
    Virtual => "false: ",
} }
