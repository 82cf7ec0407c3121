//! What the reference says about SameT funds.

use crate::ops::samet::SametFundRefusal;

reference_words! { SametFundRefusal {
    NotOwner =>
        "_fund->owner_account == op.owner_account: The account is not the owner of the SameT Fund",
    Unpaid { change } =>
        "_fund->unpaid_amount == 0: Can only {change} a SameT Fund when the unpaid amount is zero",
    AssetMismatch { asked } => "{asked}",
    InsufficientBalance { asked } => "{asked}",
    SameFeeRate =>
        "_fund->fee_rate != *op.new_fee_rate: New fee rate should not be the same as the \
         original fee rate",
    RepaysTooMuch =>
        "op.repay_amount.amount <= _fund->unpaid_amount: Repay amount should not be greater than \
         unpaid amount",
    InsufficientFundFee { required, offered } =>
        "fc::uint128_t(op.fund_fee.amount.value) >= required_fee: Insuffient fund fee, requires \
         {required}, offered {offered}",
    UnpaidDebt =>
        "samet_fund_idx.empty() || samet_fund_idx.begin()->unpaid_amount == 0: Unpaid SameT Fund \
         debt detected",
} }

questions! {
    BORROW_ASSET = "_fund->asset_type == op.borrow_amount.asset_id: Asset type mismatch";
    REPAY_ASSET = "_fund->asset_type == op.repay_amount.asset_id: Asset type mismatch";
    DELTA_ASSET = "_fund->asset_type == op.delta_amount->asset_id: Asset type mismatch";
    BORROW_BALANCE =
        "_fund->balance >= _fund->unpaid_amount + op.borrow_amount.amount: Insufficient balance \
         in the SameT Fund thus unable to borrow";
    CREATE_ACCOUNT =
        "is_authorized_asset( d, *fee_paying_account, op.asset_type(d) ): The account is \
         unauthorized by the asset";
    ACCOUNT =
        "is_authorized_asset( d, *fee_paying_account, _fund->asset_type(d) ): The account is \
         unauthorized by the asset";
    DELTA_BALANCE = "_fund->balance > -op.delta_amount->amount: Insufficient balance in the SameT \
        Fund";
}
