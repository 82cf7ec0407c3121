//! What the reference says about confidential transfers.

use crate::ops::confidential::ConfidentialRefusal;

reference_words! { ConfidentialRefusal {
    NotAllowed { asked } => "{asked}",
    UnknownInput => "itr != cidx.end(): ",
    UnknownCommitment => "",
    InputAsset => "itr->asset_id == o.fee.asset_id: ",
    InputOwner => "itr->owner == in.owner: ",
    CommitmentExists =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

questions! {
    ALLOW_CONFIDENTIAL = "atype.allow_confidential(): ";
    TRANSFER_RESTRICTED = "!atype.is_transfer_restricted(): ";
    WHITE_LIST = "!(atype.options.flags & white_list): ";
}
