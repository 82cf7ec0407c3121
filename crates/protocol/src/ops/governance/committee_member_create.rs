//! Committee member creation: a lifetime member stands for election to the committee.
//!
//! Signed by: the active authority of `committee_member_account`, who pays the fee.

use crate::Rejected;
use crate::constants::MAX_URL_LENGTH;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Text, Wire};

refusals! {
    /// Why a committee member is not created, whatever the state.
    pub enum CommitteeMemberCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
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
