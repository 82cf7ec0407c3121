//! Operations on those who are voted for: witnesses, committee members and workers.

pub mod carbyne_set;
pub mod committee_member_create;
pub mod committee_member_update;
pub mod update_global_parameters;
pub mod witness_create;
pub mod witness_update;
pub mod worker_create;

pub use update_global_parameters::CommitteeMemberUpdateGlobalParameters;
