//! Custom authority delete: ends a custom authority.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{check_account, check_fee};
use crate::Rejected;
use crate::ids::{AccountId, CustomAuthorityId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Ends a custom authority.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CustomAuthorityDelete {
    /// Fee.
    pub fee: Asset,
    /// Account whose custom authority it is.
    pub account: AccountId,
    /// The custom authority.
    pub authority_to_delete: CustomAuthorityId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of ending a custom authority, in smallest units of the core asset.
    pub struct CustomAuthorityDeleteFee {
        /// Per custom authority.
        fee: u64 = 100_000,
    }
}

impl Stateless for CustomAuthorityDelete {
    const NAME: &'static str = "custom_authority_delete";
    type Fee = CustomAuthorityDeleteFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_account(self.account, asked::custom_authority::DELETE_ACCOUNT)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
