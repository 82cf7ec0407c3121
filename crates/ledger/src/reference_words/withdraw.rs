//! What the reference says about withdraw permissions.

use crate::ops::withdraw::WithdrawRefusal;

reference_words! { WithdrawRefusal {
    Unknown { member } => "d.find(op.{member}): ",
    StartsInThePast { asked } => "{asked}",
    EndsInThePast =>
        "op.period_start_time + op.periods_until_expiration * op.withdrawal_period_sec > \
         d.head_block_time(): ",
    PeriodTooShort =>
        "op.withdrawal_period_sec >= d.get_global_properties().parameters.block_interval: ",
    WrongFrom => "permit.withdraw_from_account == op.withdraw_from_account: ",
    WrongAuthorized { member } => "permit.authorized_account == op.{member}: ",
    Expired => "permit.expiration > head_block_time: ",
    NotStarted => "permit.period_start_time <= head_block_time: ",
    OverLimit => "op.amount_to_withdraw <= permit.available_this_period( head_block_time ): ",
    InsufficientBalance =>
        "d.get_balance(op.withdraw_from_account, op.amount_to_withdraw.asset_id) >= \
         op.amount_to_withdraw: ",
    Restricted { asset, symbol } =>
        "_asset.issuer == permit.authorized_account || _asset.issuer == \
         permit.withdraw_from_account: Asset {asset} '{symbol}' has transfer_restricted flag \
         enabled",
    Unauthorized { condition, account, name, verb, asset, symbol } =>
        "{condition}: Account {account} '{name}' is unauthorized to {verb} asset {asset} \
         '{symbol}' due to whitelist / blacklist",
} }

questions! {
    CREATE_START = "op.period_start_time > d.head_block_time(): ";
    UPDATE_START = "op.period_start_time >= d.head_block_time(): ";
    CLAIM_RECEIVER = "is_authorized_asset( d, to, _asset )";
    CLAIM_GIVER = "from_is_authorized";
}
