//! What the reference says about credit offers and deals.

use crate::ops::credit::CreditRefusal;

reference_words! { CreditRefusal {
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
    CREATE_DISABLE_TIME = "op.auto_disable_time";
    UPDATE_DISABLE_TIME = "auto_disable_time";
}
