//! What the reference says about witnesses, committee, workers.

use crate::ops::governance::committee_member_create::CommitteeMemberCreateRefusal;
use crate::ops::governance::committee_member_update::CommitteeMemberUpdateRefusal;
use crate::ops::governance::update_global_parameters::UpdateGlobalParametersRefusal;
use crate::ops::governance::witness_create::WitnessCreateRefusal;
use crate::ops::governance::witness_update::WitnessUpdateRefusal;
use crate::ops::governance::worker_create::WorkerCreateRefusal;

reference_words! { CommitteeMemberCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "url.size() < GRAPHENE_MAX_URL_LENGTH: ",
    NotMember => "db().get(op.committee_member_account).is_lifetime_member(): ",
    AlreadyCommitteeMember =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

reference_words! { CommitteeMemberUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "new_url->size() < GRAPHENE_MAX_URL_LENGTH: ",
    NotOwner =>
        "db().get(op.committee_member).committee_member_account == op.committee_member_account: ",
} }

reference_words! { WitnessCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "url.size() < GRAPHENE_MAX_URL_LENGTH: ",
    NotMember => "db().get(op.witness_account).is_lifetime_member(): ",
    AlreadyWitness =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

reference_words! { WitnessUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "new_url->size() < GRAPHENE_MAX_URL_LENGTH: ",
    NotOwner => "db().get(op.witness).witness_account == op.witness_account: ",
} }

reference_words! { WorkerCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    EndNotAfterBegin => "work_end_date > work_begin_date: ",
    PayOutOfRange { asked } => "{asked}",
    NameTooLong => "name.size() < GRAPHENE_MAX_WORKER_NAME_LENGTH: ",
    UrlTooLong => "url.size() < GRAPHENE_MAX_URL_LENGTH: ",
    NotMember => "d.get(o.owner).is_lifetime_member(): ",
    BeginsInPast => "o.work_begin_date >= d.head_block_time(): ",
} }

reference_words! { UpdateGlobalParametersRefusal {
    NegativeFee => "fee.amount >= 0: ",
    NotProposed => "trx_state->_is_proposed_trx: ",
} }

questions! {
    PAY_LEAST = "daily_pay > 0: ";
    PAY_MOST = "daily_pay < GRAPHENE_MAX_SHARE_SUPPLY: ";
}
