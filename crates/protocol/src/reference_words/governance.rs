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
} }

reference_words! { CommitteeMemberUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "new_url->size() < GRAPHENE_MAX_URL_LENGTH: ",
} }

reference_words! { WitnessCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "url.size() < GRAPHENE_MAX_URL_LENGTH: ",
} }

reference_words! { WitnessUpdateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UrlTooLong => "new_url->size() < GRAPHENE_MAX_URL_LENGTH: ",
} }

reference_words! { WorkerCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    EndNotAfterBegin => "work_end_date > work_begin_date: ",
    PayOutOfRange { asked } => "{asked}",
    NameTooLong => "name.size() < GRAPHENE_MAX_WORKER_NAME_LENGTH: ",
    UrlTooLong => "url.size() < GRAPHENE_MAX_URL_LENGTH: ",
} }

reference_words! { UpdateGlobalParametersRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

questions! {
    PAY_LEAST = "daily_pay > 0: ";
    PAY_MOST = "daily_pay < GRAPHENE_MAX_SHARE_SUPPLY: ";
}
