//! Committee member update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::committee_member_update`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, CommitteeMemberId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::committee_member_update::CommitteeMemberUpdate;

refusals! {
    /// Why a committee member is not updated.
    pub enum CommitteeMemberUpdateRefusal {
        /// The committee member is another account.
        NotOwner { committee_member: CommitteeMemberId, account: AccountId }:
            "the committee member {committee_member} is not {account}",
    }
}

impl Evaluate for CommitteeMemberUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let committee_member = self.committee_member;
        let account = ledger.get(committee_member)?.committee_member_account;
        ensure!(
            account == self.committee_member_account,
            CommitteeMemberUpdateRefusal::NotOwner { committee_member, account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.committee_member, |member| {
            if let Some(url) = &self.new_url {
                member.url = url.clone();
            }
        })?;
        Ok(OperationResult::Void)
    }
}
