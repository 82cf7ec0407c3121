//! What the reference says about witnesses, committee, workers.

use crate::ops::governance::committee_member_create::CommitteeMemberCreateRefusal;
use crate::ops::governance::committee_member_update::CommitteeMemberUpdateRefusal;
use crate::ops::governance::update_global_parameters::UpdateGlobalParametersRefusal;
use crate::ops::governance::witness_create::WitnessCreateRefusal;
use crate::ops::governance::witness_update::WitnessUpdateRefusal;
use crate::ops::governance::worker_create::WorkerCreateRefusal;

reference_words! { CommitteeMemberCreateRefusal {
    NotMember => "db().get(op.committee_member_account).is_lifetime_member(): ",
    AlreadyCommitteeMember =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

reference_words! { CommitteeMemberUpdateRefusal {
    NotOwner =>
        "db().get(op.committee_member).committee_member_account == op.committee_member_account: ",
} }

reference_words! { WitnessCreateRefusal {
    NotMember => "db().get(op.witness_account).is_lifetime_member(): ",
    AlreadyWitness =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

reference_words! { WitnessUpdateRefusal {
    NotOwner => "db().get(op.witness).witness_account == op.witness_account: ",
} }

reference_words! { WorkerCreateRefusal {
    NotMember => "d.get(o.owner).is_lifetime_member(): ",
    BeginsInPast => "o.work_begin_date >= d.head_block_time(): ",
} }

reference_words! { UpdateGlobalParametersRefusal {
    NotProposed => "trx_state->_is_proposed_trx: ",
} }
