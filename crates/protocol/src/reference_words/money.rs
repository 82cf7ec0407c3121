//! What the reference says about amounts, prices, balances and fees.

use crate::constants::MAX_SHARE_SUPPLY;
use crate::fees::FeeRefusal;
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

reference_words! { FeeRefusal {
    TooLarge { asked } => "{asked}",
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
