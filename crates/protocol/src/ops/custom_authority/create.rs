//! Custom authority create: lets keys and accounts send one kind of operation for an account,
//! within restrictions.
//!
//! Signed by: the active authority of `account`, who pays the fee. The fee has a part per byte of
//! restrictions and authority.

use super::{
    check_account, check_fee, check_no_addresses, check_period, check_possible, sized_fee,
};
use crate::authority::Authority;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use crate::restriction::Restriction;
use crate::{Rejected, restriction};
use carbyne_wire::{Extensions, FlatSet, Pack, TimePointSec, VarUint, Wire};

/// Lets keys and accounts send one kind of operation for an account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CustomAuthorityCreate {
    /// Fee.
    pub fee: Asset,
    /// Account for which the operations may be sent.
    pub account: AccountId,
    /// Whether it can be used.
    pub enabled: bool,
    /// From when on it can be used.
    pub valid_from: TimePointSec,
    /// From when on it cannot be used any more.
    pub valid_to: TimePointSec,
    /// Tag of the operation it is about.
    pub operation_type: VarUint,
    /// Who must sign.
    pub auth: Authority,
    /// What the operation must comply with.
    pub restrictions: Vec<Restriction>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a custom authority, in smallest units of the core asset.
    pub struct CustomAuthorityCreateFee {
        /// Per custom authority.
        basic_fee: u64 = 100_000,
        /// Per byte of restrictions and authority.
        price_per_byte: u32 = 10_000,
    }
}

impl Stateless for CustomAuthorityCreate {
    const NAME: &'static str = "custom_authority_create";
    type Fee = CustomAuthorityCreateFee;

    paid_by!(account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let bytes = self.restrictions.packed_len().saturating_add(self.auth.packed_len());
        sized_fee(fee.basic_fee, bytes, fee.price_per_byte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_account(self.account, asked::custom_authority::CREATE_ACCOUNT)?;
        let asked = asked::custom_authority::CREATE_PERIOD;
        check_period(self.valid_from, self.valid_to, asked)?;
        check_no_addresses(&self.auth, asked::custom_authority::CREATE_ADDRESSES)?;
        check_possible(&self.auth, asked::custom_authority::CREATE_IMPOSSIBLE)?;
        restriction::check(&self.restrictions, self.operation_type.0)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
        accounts.extend(self.auth.account_auths.keys().copied());
    }
}
