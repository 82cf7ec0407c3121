//! Committee member creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::committee_member_create`].

use super::next_vote_id;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::CommitteeMember;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, CommitteeMemberId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::committee_member_create::CommitteeMemberCreate;
use carbyne_wire::VoteKind;

refusals! {
    /// Why a committee member is not created.
    pub enum CommitteeMemberCreateRefusal {
        /// The account is no lifetime member.
        NotMember { account: AccountId }:
            "{account} is no lifetime member and cannot be a committee member",
        /// The account is a committee member already.
        AlreadyCommitteeMember { account: AccountId }: "{account} is a committee member already",
    }
}

impl Evaluate for CommitteeMemberCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let account = self.committee_member_account;
        ensure!(
            ledger.get(account)?.is_lifetime_member(),
            CommitteeMemberCreateRefusal::NotMember { account }
        );
        ensure!(
            ledger.tables.committee_members.index().by_account(account).is_none(),
            CommitteeMemberCreateRefusal::AlreadyCommitteeMember { account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let vote_id = next_vote_id(ledger, VoteKind::Committee)?;
        let id: CommitteeMemberId = ledger.create(CommitteeMember {
            committee_member_account: self.committee_member_account,
            vote_id,
            url: self.url.clone(),
            ..CommitteeMember::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
