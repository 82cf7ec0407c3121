//! What the reference says about amounts, prices, balances and fees.

use crate::audit::AuditRefusal;
use crate::balances::BalanceRefusal;
use crate::evaluate::EvaluateRefusal;
use crate::ledger::LedgerRefusal;

reference_words! { BalanceRefusal {
    None { account, needs, has } =>
        "delta.amount > 0: Insufficient Balance: {account}'s balance of {has} is less than \
         required {needs}",
    Insufficient { account, needs, has } =>
        "abo->get_balance() >= -delta: Insufficient Balance: {account}'s balance of {has} is \
         less than required {needs}",
} }

reference_words! { EvaluateRefusal {
    NoEvaluator { operation } => "eval: No registered evaluator for operation {operation}",
    NegativeFee => "fee.amount >= 0: ",
    FeeAssetUnauthorized { account, name, asset, symbol } =>
        "is_authorized_asset( d, *fee_paying_account, *fee_asset ): Account {account} '{name}' \
         attempted to pay fee by using asset {asset} '{symbol}', which is unauthorized due to \
         whitelist / blacklist",
    Unauthorized { asked } => "{asked}",
    FeePoolTooSmall { has, needs, fee } =>
        "core_fee_paid <= fee_asset_dyn_data->fee_pool: Fee pool balance of '{has}' is less than \
         the {needs} required to convert {fee}",
    InsufficientFee => "Insufficient Fee Paid",
} }

reference_words! { LedgerRefusal {
    UnknownObject { id } => "maybe_found != nullptr: Unable to find Object {id}",
    Contradiction { what } => "{what}",
    NestedTooDeep =>
        "counter < db.get_global_properties().active_witnesses.size() * 2: Max undo session \
         nesting depth exceeded!",
} }

reference_words! { AuditRefusal {
    SupplyMoved { asset, by } => "{by} of {asset}",
} }
