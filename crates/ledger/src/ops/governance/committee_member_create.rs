//! Committee member creation: a lifetime member stands for election to the committee.
//!
//! Signed by: the active authority of `committee_member_account`, who pays the fee.

use super::next_vote_id;
use crate::constants::MAX_URL_LENGTH;
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, CommitteeMemberId};
use crate::money::Asset;
use crate::objects::CommitteeMember;
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Text, VoteKind, Wire};

refusals! {
    /// Why a committee member is not created.
    pub enum CommitteeMemberCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
        /// The account is no lifetime member.
        NotMember { account: AccountId }:
            "{account} is no lifetime member and cannot be a committee member",
        /// The account is a committee member already.
        AlreadyCommitteeMember { account: AccountId }: "{account} is a committee member already",
    }
}

/// Makes an account a committee member.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CommitteeMemberCreate {
    /// Fee, paid by `committee_member_account`.
    pub fee: Asset,
    /// The account.
    pub committee_member_account: AccountId,
    /// Where it presents itself.
    pub url: Text,
}

fee_parameters! {
    /// Fee of a committee member, in smallest units of the core asset.
    pub struct CommitteeMemberCreateFee {
        /// Per committee member.
        fee: u64 = 500_000_000,
    }
}

impl Stateless for CommitteeMemberCreate {
    const NAME: &'static str = "committee_member_create";
    type Fee = CommitteeMemberCreateFee;

    paid_by!(committee_member_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, bytes) = (self.fee.amount, self.url.len());
        ensure!(fee >= 0, CommitteeMemberCreateRefusal::NegativeFee { fee });
        ensure!(bytes < MAX_URL_LENGTH, CommitteeMemberCreateRefusal::UrlTooLong { bytes });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.committee_member_account);
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
