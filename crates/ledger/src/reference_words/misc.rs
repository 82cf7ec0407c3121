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
    FromNotWhitelisted { account, asset, trip } =>
        "'from' account {account} is not whitelisted for asset {asset} {trip}",
    ToNotWhitelisted { account, asset, trip } =>
        "'to' account {account} is not whitelisted for asset {asset} {trip}",
    Restricted { asset, trip } => "Asset {asset} has transfer_restricted flag enabled {trip}",
    InsufficientBalance { has, needs, from, to, trip } =>
        "insufficient_balance: Insufficient Balance: {has}, unable to transfer '{needs}' from \
         account '{from}' to '{to}' {trip}",
} }

reference_words! { AssertRefusal {
    NegativeFee => "fee.amount >= 0: ",
    PredicateNotAllowed => "unsigned(p.which()) < max_predicate_opcode: ",
    AccountName => "p.account_id(db).name == p.name: ",
    AssetSymbol => "p.asset_id(db).symbol == p.symbol: ",
    UnknownBlock =>
        "block_summary_id_type( block_header::num_from_id( p.id ) & 0xffff )(db).block_id == \
         p.id: ",
} }

reference_words! { CustomRefusal {
    FeeNotPositive => "fee.amount > 0: ",
} }

reference_words! { BalanceClaimRefusal {
    Fee => "fee == asset(): ",
    NoKey => "balance_owner_key != public_key_type(): ",
    OwnerMismatch { key, owner } =>
        "Balance owner key was specified as '{key}' but balance's actual owner is '{owner}'",
    NotVested { claimed, available } =>
        "Attempted to claim {claimed} from a vesting balance with {available} available",
    TooOften => "Genesis vesting balances may not be claimed more than once per day.",
    NotAll => "op.total_claimed == balance->balance: ",
} }

reference_words! { FbaDistributeRefusal {
    Virtual => "false: ",
} }
