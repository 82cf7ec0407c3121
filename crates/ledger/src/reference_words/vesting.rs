//! What the reference says about vesting balances.

use crate::ops::vesting::create::VestingBalanceCreateRefusal;
use crate::ops::vesting::withdraw::VestingBalanceWithdrawRefusal;
use crate::vesting::VestingRefusal;

reference_words! { VestingRefusal {
    NotVested => "vbo.is_withdraw_allowed( now, op.amount ): ",
    OtherAsset => "a.asset_id == b.asset_id: ",
} }

reference_words! { VestingBalanceCreateRefusal {
    Restricted => "!asset_obj.is_transfer_restricted(): Asset has transfer_restricted flag enabled",
    CreatorUnauthorized =>
        "is_authorized_asset( d, creator_account, asset_obj ): The creator account is not \
         allowed to transact the asset",
    OwnerUnauthorized =>
        "is_authorized_asset( d, owner_account, asset_obj ): The owner account is not allowed to \
         transact the asset",
} }

reference_words! { VestingBalanceWithdrawRefusal {
    NotOwner => "op.owner == vbo.owner: ",
} }
