//! What the reference says about transfers, conditions, custom data and balances of the genesis.

use crate::ops::balance::claim::BalanceClaimRefusal;
use crate::ops::misc::assert::AssertRefusal;
use crate::ops::transfer::TransferRefusal;

reference_words! { TransferRefusal {
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
    PredicateNotAllowed => "unsigned(p.which()) < max_predicate_opcode: ",
    AccountName => "p.account_id(db).name == p.name: ",
    AssetSymbol => "p.asset_id(db).symbol == p.symbol: ",
    UnknownBlock =>
        "block_summary_id_type( block_header::num_from_id( p.id ) & 0xffff )(db).block_id == \
         p.id: ",
} }

reference_words! { BalanceClaimRefusal {
    OwnerMismatch { key, owner } =>
        "Balance owner key was specified as '{key}' but balance's actual owner is '{owner}'",
    NotVested { claimed, available } =>
        "Attempted to claim {claimed} from a vesting balance with {available} available",
    TooOften => "Genesis vesting balances may not be claimed more than once per day.",
    NotAll => "op.total_claimed == balance->balance: ",
} }
