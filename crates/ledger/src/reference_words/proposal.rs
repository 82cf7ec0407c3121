//! What the reference says about proposals.

use crate::ops::proposal::create::ProposalCreateRefusal;
use crate::ops::proposal::delete::ProposalDeleteRefusal;
use crate::ops::proposal::update::ProposalUpdateRefusal;

reference_words! { ProposalCreateRefusal {
    Expired => "o.expiration_time > block_time: Proposal has already expired on creation.",
    TooFar =>
        "o.expiration_time <= block_time + global_parameters.maximum_proposal_lifetime: Proposal \
         expiration time is too far in the future.",
    ReviewTooLong =>
        "!o.review_period_seconds || fc::seconds( *o.review_period_seconds ) < ( \
         o.expiration_time - block_time ): Proposal review period must be less than its overall \
         lifetime.",
    ReviewRequired { min } => "Review period not given, but at least {min} required",
    ReviewTooShort { review, min } =>
        "Review period of {review} specified, but at least {min} required",
    TwoUpdates =>
        "!already_contains_proposal_update: At most one proposal update can be nested in a \
         proposal!",
    OtherAuthorities =>
        "other.empty(): Proposals containing operations requiring non-account authorities are \
         not yet implemented.",
    FutureProposal =>
        "vtor_1479.nested_update_count == 0 || proposal.id.instance() > \
         vtor_1479.max_update_instance: Cannot update/delete a proposal with a future id!",
} }

reference_words! { ProposalUpdateRefusal {
    InReview =>
        "o.active_approvals_to_add.empty() && o.owner_approvals_to_add.empty(): This proposal is \
         in its review period. No new approvals may be added.",
    NotApproved { list } =>
        "_proposal->available_{list}_approvals.find(id) != \
         _proposal->available_{list}_approvals.end(): ",
} }

reference_words! { ProposalDeleteRefusal {
    NotRequired =>
        "required_approvals->find(o.fee_paying_account) != required_approvals->end(): Provided \
         authority is not authoritative for this proposal.",
} }
