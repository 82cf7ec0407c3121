//! What the reference says about amounts, prices, balances and fees.

use crate::audit::AuditRefusal;
use crate::balances::BalanceRefusal;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::evaluate::EvaluateRefusal;
use crate::fees::FeeRefusal;
use crate::ledger::LedgerRefusal;
use crate::money::MoneyRefusal;

reference_words! { MoneyRefusal {
    Overflow => "",
    Underflow => "",
    AssetMismatch => "a.asset_id == b.asset_id: ",
    WrongPrice { asked } => "{asked}",
    PriceNotPositive { asked } => "{asked}",
    PriceOfItself { asked } => "{asked}",
    PriceTooLarge { side, name } =>
        "{side}.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: {name} amount should not be greater \
         than {MAX_SHARE_SUPPLY}",
    ResultTooLarge => "result <= GRAPHENE_MAX_SHARE_SUPPLY: ",
} }

reference_words! { BalanceRefusal {
    None { account, needs, has } =>
        "delta.amount > 0: Insufficient Balance: {account}'s balance of {has} is less than \
         required {needs}",
    Insufficient { account, needs, has } =>
        "abo->get_balance() >= -delta: Insufficient Balance: {account}'s balance of {has} is \
         less than required {needs}",
} }

reference_words! { FeeRefusal {
    TooLarge { asked } => "{asked}",
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

questions! {
    TIMES = "invalid asset * price";
    TIMES_ROUND_UP = "invalid asset::multiply_and_round_up(price)";
    TIMES_BASE = "b.base.amount.value > 0: ";
    TIMES_QUOTE = "b.quote.amount.value > 0: ";
    PRICE_OF = "base.asset_id != quote.asset_id: ";
    PRICE_BASE = "base.amount.value > 0: Base amount should be positive";
    PRICE_QUOTE = "quote.amount.value > 0: Quote amount should be positive";
    PRICE_SIDES = "base.asset_id != quote.asset_id: Base asset ID and quote asset ID should be \
        different";
    RATIO = "r.numerator() > 0 && r.denominator() > 0: ";
    SCALED_FEE =
        "scaled <= GRAPHENE_MAX_SHARE_SUPPLY: Required fee after scaling would exceed maximum \
         possible supply";
    DATA_FEE = "result <= GRAPHENE_MAX_SHARE_SUPPLY: ";
}
