//! Custom authority update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::custom_authority::update`].

use super::{CustomAuthorityRefusal, check_count, check_end, check_members, check_owner};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::CustomAuthority;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::custom_authority::check_period;
use carbyne_protocol::ops::custom_authority::update::CustomAuthorityUpdate;
use carbyne_protocol::reference_words::Asked;
use carbyne_protocol::{Rejected, restriction};

/// Refuses a new value that is the old one.
fn check_new<T: PartialEq>(new: &Option<T>, old: &T, asked: Asked) -> Result<(), Rejected> {
    ensure!(new.as_ref() != Some(old), CustomAuthorityRefusal::Unchanged { asked });
    Ok(())
}

fn check_fields(
    operation: &CustomAuthorityUpdate,
    ledger: &Ledger,
    old: &CustomAuthority,
) -> Result<(), Rejected> {
    let same = asked::custom_authority::SAME_ENABLED;
    check_new(&operation.new_enabled, &old.enabled, same)?;
    let same = asked::custom_authority::SAME_VALID_FROM;
    check_new(&operation.new_valid_from, &old.valid_from, same)?;
    let same = asked::custom_authority::SAME_VALID_TO;
    check_new(&operation.new_valid_to, &old.valid_to, same)?;
    if let Some(end) = operation.new_valid_to {
        check_end(ledger, end, asked::custom_authority::UPDATE_VALID_TO)?;
    }
    let from = operation.new_valid_from.unwrap_or(old.valid_from);
    check_period(
        from,
        operation.new_valid_to.unwrap_or(old.valid_to),
        asked::custom_authority::UPDATE_MERGED_PERIOD,
    )?;
    let same = asked::custom_authority::SAME_AUTH;
    check_new(&operation.new_auth, &old.auth, same)?;
    operation.new_auth.iter().try_for_each(|authority| check_members(ledger, authority))
}

fn check_restrictions(
    operation: &CustomAuthorityUpdate,
    ledger: &Ledger,
    old: &CustomAuthority,
) -> Result<(), Rejected> {
    for id in &operation.restrictions_to_remove {
        let known = old.restrictions.contains_key(id);
        ensure!(known, CustomAuthorityRefusal::UnknownRestriction { id: *id });
    }
    if let (false, Some(last)) =
        (operation.restrictions_to_add.is_empty(), old.restrictions.keys().last().copied())
    {
        let next = old.restriction_counter;
        ensure!(last < next, CustomAuthorityRefusal::NumbersOverlap { last, next });
    }
    let kept =
        old.restrictions.iter().filter(|(id, _)| !operation.restrictions_to_remove.contains(id));
    let kept = restriction::count(kept.map(|(_, restriction)| restriction));
    let count = kept.saturating_add(restriction::count(&operation.restrictions_to_add));
    let asked = asked::custom_authority::UPDATE_RESTRICTIONS;
    check_count(ledger, count, asked)?;
    restriction::check(&operation.restrictions_to_add, old.operation_type.0)
}

impl Evaluate for CustomAuthorityUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let old = ledger.get(self.authority_to_update)?;
        check_owner(self.account, old.account, "update")?;
        check_fields(self, ledger, old)?;
        check_restrictions(self, ledger, old)
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
