//! What the reference says about hashed time-lock contracts.

use crate::ops::htlc::HtlcRefusal;

reference_words! { HtlcRefusal {
    NotEnabled => "htlc_options: HTLC Committee options are not set.",
    TooLong =>
        "o.claim_period_seconds <= htlc_options->max_timeout_secs: HTLC Timeout exceeds allowed \
         length",
    PreimageTooLarge =>
        "o.preimage_size <= htlc_options->max_preimage_size: HTLC preimage length exceeds \
         allowed length",
    InsufficientFunds =>
        "d.get_balance( o.from, o.amount.asset_id) >= (o.amount): Insufficient funds",
    Restricted { asset } =>
        "!asset_to_transfer.is_transfer_restricted() || op.from == asset_to_transfer.issuer || \
         op.to == asset_to_transfer.issuer: Asset {asset} cannot be transfered.",
    Unauthorized { account, asset, role } =>
        "is_authorized_asset( d, {role}_account, asset_to_transfer ): Asset {asset} is not \
         authorized for account {account}.",
    PreimageSize =>
        "op.preimage.size() == htlc_obj->conditions.hash_lock.preimage_size: Preimage size \
         mismatch.",
    WrongPreimage =>
        "htlc_obj->conditions.hash_lock.preimage_hash.visit( vtor ): Provided preimage does not \
         generate correct hash.",
    NotCreator =>
        "o.update_issuer == htlc_obj->transfer.from: HTLC may only be extended by its creator.",
    InvalidDate =>
        "htlc_obj->conditions.time_lock.expiration.sec_since_epoch() + \
         static_cast<uint64_t>(o.seconds_to_add) < \
         fc::time_point_sec::maximum().sec_since_epoch(): Extension would cause an invalid date",
    TooFar =>
        "htlc_obj->conditions.time_lock.expiration + o.seconds_to_add <= db().head_block_time() \
         + htlc_options->max_timeout_secs: Extension pushes contract too far into the future",
} }
