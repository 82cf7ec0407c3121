//! Who must agree to operations, by what they say of themselves.
//!
//! Never knows who signed, nor whose authority is made of whom.

use crate::authority::Authority;
use crate::ids::AccountId;
use crate::ops::{Operation, RequiredAuthorities};
use carbyne_wire::FlatSet;
use smallvec::SmallVec;

/// Who must agree to operations, as each of them says.
pub fn needed_authorities<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
) -> RequiredAuthorities {
    let mut needed = Collected::default();
    for operation in operations {
        let active = needed.take(operation);
        needed.active.extend(active);
    }
    needed.sorted()
}

/// The account whose active authority is all that operations need, if one's is.
pub fn needs_only(operations: &[Operation]) -> Option<AccountId> {
    let RequiredAuthorities { active, owner, other } = needed_authorities(operations);
    match active.as_slice() {
        [account] if owner.is_empty() && other.is_empty() => Some(*account),
        _ => None,
    }
}

/// Who must agree to a transaction; accounts that need their owner authority need no other.
pub fn required_authorities(operations: &[Operation]) -> RequiredAuthorities {
    let mut required = needed_authorities(operations);
    let RequiredAuthorities { active, owner, .. } = &mut required;
    active.retain(|account| !owner.contains(account));
    required
}

/// Authorities that operations need, as they come: putting each in its place would move those
/// behind it.
#[derive(Default)]
pub struct Collected {
    /// Accounts whose active authority is needed.
    pub active: SmallVec<[AccountId; 1]>,
    owner: SmallVec<[AccountId; 1]>,
    other: Vec<Authority>,
}

impl Collected {
    /// Takes what an operation needs, except for the active authorities, which it gives back.
    pub fn take(&mut self, operation: &Operation) -> FlatSet<AccountId> {
        let mut required = RequiredAuthorities::default();
        operation.stateless().require(&mut required);
        self.owner.extend(required.owner);
        self.other.append(&mut required.other);
        required.active
    }

    /// Each account once, in order.
    pub fn sorted(self) -> RequiredAuthorities {
        let Self { active, owner, other } = self;
        RequiredAuthorities {
            active: active.into_iter().collect(),
            owner: owner.into_iter().collect(),
            other,
        }
    }
}
