//! Custom authority update: changes who may use a custom authority, when, and within which
//! restrictions.
//!
//! Signed by: the active authority of `account`, who pays the fee. The fee has a part per byte of
//! what is added.

use super::{
    CustomAuthorityRefusal, check_account, check_fee, check_no_addresses, check_period,
    check_possible, sized_fee,
};
use crate::Rejected;
use crate::authority::Authority;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, CustomAuthorityId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use crate::restriction::Restriction;
use carbyne_wire::{Extensions, FlatSet, Pack, TimePointSec, Wire};

/// Changes a custom authority.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CustomAuthorityUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account whose custom authority it is.
    pub account: AccountId,
    /// The custom authority.
    pub authority_to_update: CustomAuthorityId,
    /// Whether it can be used from now on.
    pub new_enabled: Option<bool>,
    /// New moment from when on it can be used.
    pub new_valid_from: Option<TimePointSec>,
    /// New moment from when on it cannot be used any more.
    pub new_valid_to: Option<TimePointSec>,
    /// Who must sign from now on.
    pub new_auth: Option<Authority>,
    /// Numbers of restrictions to take out.
    pub restrictions_to_remove: FlatSet<u16>,
    /// Restrictions to add.
    pub restrictions_to_add: Vec<Restriction>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing a custom authority, in smallest units of the core asset.
    pub struct CustomAuthorityUpdateFee {
        /// Per change.
        basic_fee: u64 = 100_000,
        /// Per byte of added restrictions and of the new authority.
        price_per_byte: u32 = 10_000,
    }
}

impl CustomAuthorityUpdate {
    /// Whether it changes nothing.
    fn is_empty(&self) -> bool {
        self.new_enabled.is_none()
            && self.new_valid_from.is_none()
            && self.new_valid_to.is_none()
            && self.new_auth.is_none()
            && self.restrictions_to_remove.is_empty()
            && self.restrictions_to_add.is_empty()
    }
}

impl Stateless for CustomAuthorityUpdate {
    const NAME: &'static str = "custom_authority_update";
    type Fee = CustomAuthorityUpdateFee;

    paid_by!(account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let authority = self.new_auth.as_ref().map_or(0, Pack::packed_len);
        let bytes = self.restrictions_to_add.packed_len().saturating_add(authority);
        sized_fee(fee.basic_fee, bytes, fee.price_per_byte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_account(self.account, asked::custom_authority::UPDATE_ACCOUNT)?;
        if let (Some(from), Some(to)) = (self.new_valid_from, self.new_valid_to) {
            check_period(from, to, asked::custom_authority::UPDATE_PERIOD)?;
        }
        if let Some(authority) = &self.new_auth {
            check_possible(authority, asked::custom_authority::UPDATE_IMPOSSIBLE)?;
            check_no_addresses(authority, asked::custom_authority::UPDATE_ADDRESSES)?;
        }
        ensure!(!self.is_empty(), CustomAuthorityRefusal::NothingToUpdate);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
        let authority = self.new_auth.iter();
        accounts.extend(authority.flat_map(|authority| authority.account_auths.keys().copied()));
    }
}
