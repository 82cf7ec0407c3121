//! Committee member update: a new URL.
//!
//! Signed by: the active authority of `committee_member_account`, who pays the fee.

use crate::Rejected;
use crate::constants::MAX_URL_LENGTH;
use crate::ids::{AccountId, CommitteeMemberId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Text, Wire};

refusals! {
    /// Why a committee member is not updated, whatever the state.
    pub enum CommitteeMemberUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
    }
}

/// Changes a committee member; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CommitteeMemberUpdate {
    /// Fee, paid by `committee_member_account`.
    pub fee: Asset,
    /// The committee member.
    pub committee_member: CommitteeMemberId,
    /// Its account.
    pub committee_member_account: AccountId,
    /// New URL.
    pub new_url: Option<Text>,
}

fee_parameters! {
    /// Fee of a committee member update, in smallest units of the core asset.
    pub struct CommitteeMemberUpdateFee {
        /// Per update.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for CommitteeMemberUpdate {
    const NAME: &'static str = "committee_member_update";
    type Fee = CommitteeMemberUpdateFee;

    paid_by!(committee_member_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, CommitteeMemberUpdateRefusal::NegativeFee { fee });
        let bytes = self.new_url.as_ref().map_or(0, Text::len);
        ensure!(bytes < MAX_URL_LENGTH, CommitteeMemberUpdateRefusal::UrlTooLong { bytes });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.committee_member_account);
    }
}
