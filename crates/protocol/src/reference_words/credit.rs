//! What the reference says about credit offers and deals.

use super::{Asked, Bounds};
use crate::ops::credit::CreditRefusal;

reference_words! { CreditRefusal {
    NegativeFee => "fee.amount >= 0: Fee should not be negative",
    Virtual => "!\"virtual operation\": ",
    AmountNotPositive { asked } => "{asked}",
    DurationTooLong { asked } => "{asked}",
    MinDealAmount { asked } => "{asked}",
    NoCollateral =>
        "!acceptable_collateral.empty(): Acceptable collateral list should not be empty",
    CollateralBase =>
        "collateral_price.base.asset_id == asset_type: Base asset ID in price of acceptable \
         collateral should be same as offer asset type",
    CollateralQuote =>
        "collateral_price.quote.asset_id == collateral_asset_type: Quote asset ID in price of \
         acceptable collateral should be same as collateral asset type",
    BorrowerLimit { asked } => "{asked}",
    NothingToUpdate =>
        "updating_something: Should change something - at least one of the optional data fields \
         should be present",
    DeltaIsZero => "delta_amount->amount != 0: Delta amount should not be zero",
    UnknownAutoRepay { asked } => "{asked}",
    NegativeCreditFee => "credit_fee.amount >= 0: Credit fee should not be negative",
    CreditFeeAsset =>
        "repay_amount.asset_id == credit_fee.asset_id: Asset type of repay amount and credit fee \
         should be the same",
} }

questions! {
    BALANCE = "balance > 0: Balance should be positive";
    BORROW_AMOUNT = "borrow_amount.amount > 0: Amount to borrow should be positive";
    COLLATERAL_AMOUNT = "collateral.amount > 0: Collateral amount should be positive";
    REPAY_AMOUNT = "repay_amount.amount > 0: Amount to repay should be positive";
    CREATE_DURATION =
        "max_duration_seconds <= GRAPHENE_MAX_CREDIT_DEAL_SECS: Maximum duration should not be \
         greater than 380 days";
    UPDATE_DURATION =
        "*max_duration_seconds <= GRAPHENE_MAX_CREDIT_DEAL_SECS: Maximum duration should not be \
         greater than 380 days";
    BORROWER_LEAST =
        "max_borrow_amount >= 0: Maximum amount to borrow for acceptable borrowers should not be \
         negative";
    BORROWER_MOST =
        "max_borrow_amount <= GRAPHENE_MAX_SHARE_SUPPLY: Maximum amount to borrow for acceptable \
         borrowers should not be greater than 1000000000000000";
    ACCEPT_AUTO_REPAY = "*extensions.value.auto_repay < cdar_count: auto_repay should be less \
        than 3";
    UPDATE_AUTO_REPAY = "auto_repay < cdar_count: auto_repay should be less than 3";
}

macro_rules! min_deal {
    ($name:ident, $member:literal) => {
        #[allow(missing_docs)]
        pub const $name: Bounds = Bounds {
            least: Asked(concat!($member, " >= 0: Minimum deal amount should not be negative")),
            most: Asked(concat!(
                $member,
                " <= GRAPHENE_MAX_SHARE_SUPPLY: \
                 Minimum deal amount should not be greater than 1000000000000000"
            )),
        };
    };
}

min_deal!(CREATE_MIN_DEAL, "min_deal_amount");

min_deal!(UPDATE_MIN_DEAL, "*min_deal_amount");
