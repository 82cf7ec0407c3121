//! What the reference says about proposals.

use crate::ops::proposal::create::ProposalCreateRefusal;
use crate::ops::proposal::delete::ProposalDeleteRefusal;
use crate::ops::proposal::update::ProposalUpdateRefusal;

reference_words! { ProposalCreateRefusal {
    Empty => "!proposed_ops.empty(): ",
} }

reference_words! { ProposalUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    Empty =>
        "!(active_approvals_to_add.empty() && active_approvals_to_remove.empty() && \
         owner_approvals_to_add.empty() && owner_approvals_to_remove.empty() && \
         key_approvals_to_add.empty() && key_approvals_to_remove.empty()): ",
    AccountTwice { asked } => "{asked}",
    KeyTwice =>
        "key_approvals_to_remove.find(a) == key_approvals_to_remove.end(): Cannot add and remove \
         approval at the same time.",
} }

reference_words! { ProposalDeleteRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

questions! {
    ACTIVE_TWICE =
        "active_approvals_to_remove.find(a) == active_approvals_to_remove.end(): Cannot add and \
         remove approval at the same time.";
    OWNER_TWICE =
        "owner_approvals_to_remove.find(a) == owner_approvals_to_remove.end(): Cannot add and \
         remove approval at the same time.";
}
