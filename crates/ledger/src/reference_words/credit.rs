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
    DisabledAlready { auto_disable_time } =>
        "{auto_disable_time} > block_time: Auto-disable time should be in the future",
    DisabledTooLate { auto_disable_time } =>
        "{auto_disable_time} - block_time <= fc::days(GRAPHENE_MAX_CREDIT_OFFER_DAYS): \
         Auto-disable time should not be later than 380 days in the future",
    NotOwner =>
        "_offer->owner_account == op.owner_account: The account is not the owner of the credit \
         offer",
    Unpaid =>
        "_offer->total_balance == _offer->current_balance: Can only delete a credit offer when \
         the unpaid amount is zero",
    AssetMismatch { asked } => "{asked}",
    NothingLeft { asked } => "{asked}",
    InsufficientBalance { asked } => "{asked}",
    NotEnabled => "_offer->enabled: The credit offer is not enabled",
    BelowMinDeal =>
        "_offer->min_deal_amount <= op.borrow_amount.amount: Borrowing amount should not be less \
         than minimum deal amount",
    FeeRateTooHigh =>
        "_offer->fee_rate <= op.max_fee_rate: The maximum accceptable fee rate is lower than \
         offered",
    DurationTooShort =>
        "_offer->max_duration_seconds >= op.min_duration_seconds: The minimum accceptable \
         duration is longer than offered",
    CollateralNotAcceptable =>
        "coll_itr != _offer->acceptable_collateral.end(): Collateral asset type is not \
         acceptable by the credit offer",
    InsufficientCollateral { required, provided } =>
        "required_collateral.amount <= op.collateral.amount: Insufficient collateral provided, \
         requires {required}, provided {provided}",
    BorrowerNotAcceptable =>
        "itr != _offer->acceptable_borrowers.end(): Account is not in acceptable borrowers",
    BorrowsTooMuch { amount, already, max } =>
        "already_borrowed + op.borrow_amount.amount <= *max_allowed: Unable to borrow {amount}, \
         already borrowed {already}, maximum allowed {max}",
    RepayTimeNotInFuture =>
        "new_deal.latest_repay_time > block_time: Latest repayment time should be in the future",
    NotBorrower { change } =>
        "_deal->borrower == op.account: A credit deal can only be {change} by the borrower",
    RepaysTooMuch =>
        "_deal->debt_amount >= op.repay_amount.amount: Repay amount should not be greater than \
         unpaid amount",
    InsufficientCreditFee { required, offered } =>
        "fc::uint128_t(op.credit_fee.amount.value) >= required_fee: Insuffient credit fee, \
         requires {required}, offered {offered}",
    SameAutoRepay =>
        "_deal->auto_repay != op.auto_repay: The automatic repayment type does not change",
} }

questions! {
    REPAY_ASSET = "_deal->debt_asset == op.repay_amount.asset_id: Asset type mismatch";
    REPAY_ACCOUNT =
        "is_authorized_asset( d, *fee_paying_account, debt_asset_obj ): The account is \
         unauthorized by the repaying asset";
    REPAY_OWNER =
        "is_authorized_asset( d, _deal->offer_owner(d), debt_asset_obj ): The owner of the \
         credit offer is unauthorized by the repaying asset";
    BORROW_ASSET = "_offer->asset_type == op.borrow_amount.asset_id: Asset type mismatch";
    BORROW_BALANCE =
        "_offer->current_balance >= op.borrow_amount.amount: Insufficient balance in the credit \
         offer thus unable to borrow";
    BORROWER_DEBT =
        "is_authorized_asset( d, *fee_paying_account, debt_asset_obj ): The borrower is \
         unauthorized by the borrowing asset";
    BORROWER_COLLATERAL =
        "is_authorized_asset( d, *fee_paying_account, collateral_asset_obj ): The borrower is \
         unauthorized by the collateral asset";
    OWNER_DEBT =
        "is_authorized_asset( d, offer_owner, debt_asset_obj ): The owner of the credit offer is \
         unauthorized by the borrowing asset";
    OWNER_COLLATERAL =
        "is_authorized_asset( d, offer_owner, collateral_asset_obj ): The owner of the credit \
         offer is unauthorized by the collateral asset";
    CREATE_ACCOUNT =
        "is_authorized_asset( d, *fee_paying_account, op.asset_type(d) ): The account is \
         unauthorized by the asset";
    DELTA_ASSET = "_offer->asset_type == op.delta_amount->asset_id: Asset type mismatch";
    UPDATE_ACCOUNT =
        "is_authorized_asset( d, *fee_paying_account, _offer->asset_type(d) ): The account is \
         unauthorized by the asset";
    DELTA_TOTAL =
        "_offer->total_balance > -op.delta_amount->amount: Should leave some funds in the credit \
         offer when updating";
    DELTA_BALANCE =
        "_offer->current_balance >= -op.delta_amount->amount: Insufficient balance in the credit \
         offer";
    COLLATERAL_PRICE_ASSET =
        "_offer->asset_type == collateral.second.base.asset_id: Asset type mismatch in a price \
         of acceptable collateral";
    ENABLED_TOTAL = "_offer->total_balance > 0: Total balance in the credit offer should be \
        positive";
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
    CREATE_DISABLE_TIME = "op.auto_disable_time";
    UPDATE_DISABLE_TIME = "auto_disable_time";
}

macro_rules! min_deal {
    ($name:ident, $member:literal) => {
        pub(crate) const $name: Bounds = Bounds {
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
