//! Custom authority update: changes who may use a custom authority, when, and within which
//! restrictions.
//!
//! Signed by: the active authority of `account`, who pays the fee. The fee has a part per byte of
//! what is added.

use super::{
    CustomAuthorityRefusal, check_account, check_count, check_end, check_fee, check_members,
    check_no_addresses, check_owner, check_period, check_possible, sized_fee,
};
use crate::authority::Authority;
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, CustomAuthorityId};
use crate::money::Asset;
use crate::objects::CustomAuthority;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::restriction::{self, Restriction};
use crate::{Ledger, Rejected};
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

/// Refuses a new value that is the old one.
fn check_new<T: PartialEq>(new: &Option<T>, old: &T, asked: Asked) -> Result<(), Rejected> {
    ensure!(new.as_ref() != Some(old), CustomAuthorityRefusal::Unchanged { asked });
    Ok(())
}

impl CustomAuthorityUpdate {
    fn check_fields(&self, ledger: &Ledger, old: &CustomAuthority) -> Result<(), Rejected> {
        let same = asked::custom_authority::SAME_ENABLED;
        check_new(&self.new_enabled, &old.enabled, same)?;
        let same = asked::custom_authority::SAME_VALID_FROM;
        check_new(&self.new_valid_from, &old.valid_from, same)?;
        let same = asked::custom_authority::SAME_VALID_TO;
        check_new(&self.new_valid_to, &old.valid_to, same)?;
        if let Some(end) = self.new_valid_to {
            check_end(ledger, end, asked::custom_authority::UPDATE_VALID_TO)?;
        }
        let from = self.new_valid_from.unwrap_or(old.valid_from);
        check_period(
            from,
            self.new_valid_to.unwrap_or(old.valid_to),
            asked::custom_authority::UPDATE_MERGED_PERIOD,
        )?;
        let same = asked::custom_authority::SAME_AUTH;
        check_new(&self.new_auth, &old.auth, same)?;
        self.new_auth.iter().try_for_each(|authority| check_members(ledger, authority))
    }

    fn check_restrictions(&self, ledger: &Ledger, old: &CustomAuthority) -> Result<(), Rejected> {
        for id in &self.restrictions_to_remove {
            let known = old.restrictions.contains_key(id);
            ensure!(known, CustomAuthorityRefusal::UnknownRestriction { id: *id });
        }
        if let (false, Some(last)) =
            (self.restrictions_to_add.is_empty(), old.restrictions.keys().last().copied())
        {
            let next = old.restriction_counter;
            ensure!(last < next, CustomAuthorityRefusal::NumbersOverlap { last, next });
        }
        let kept =
            old.restrictions.iter().filter(|(id, _)| !self.restrictions_to_remove.contains(id));
        let kept = restriction::count(kept.map(|(_, restriction)| restriction));
        let count = kept.saturating_add(restriction::count(&self.restrictions_to_add));
        let asked = asked::custom_authority::UPDATE_RESTRICTIONS;
        check_count(ledger, count, asked)?;
        restriction::check(&self.restrictions_to_add, old.operation_type.0)
    }
}

impl Evaluate for CustomAuthorityUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let old = ledger.get(self.authority_to_update)?;
        check_owner(self.account, old.account, "update")?;
        self.check_fields(ledger, old)?;
        self.check_restrictions(ledger, old)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.authority_to_update, |changed| {
            changed.enabled = self.new_enabled.unwrap_or(changed.enabled);
            changed.valid_from = self.new_valid_from.unwrap_or(changed.valid_from);
            changed.valid_to = self.new_valid_to.unwrap_or(changed.valid_to);
            if let Some(authority) = &self.new_auth {
                changed.auth = authority.clone();
            }
            for id in &self.restrictions_to_remove {
                changed.restrictions.remove(id);
            }
            changed.add(&self.restrictions_to_add);
        })?;
        Ok(OperationResult::Void)
    }
}
