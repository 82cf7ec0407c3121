//! Accounts that were asked and did not agree, so that nobody asks them in vain a second time.
//!
//! Invariant: an answer is remembered only as long as asking again would give the same answer and
//! mark the same keys: until an account agrees that could have changed it. Never knows a key.

use carbyne_protocol::ids::AccountId;
use std::collections::BTreeSet;

/// An account that stands in authorities, and how deep below the one that was asked first.
type Member = (AccountId, u32);

/// Members that did not agree.
#[derive(Default)]
pub(super) struct Refused {
    members: BTreeSet<Member>,
    /// A member whose agreement could change the answer of an account one level above it.
    waiting: BTreeSet<(Member, AccountId)>,
}

impl Refused {
    pub(super) fn contains(&self, account: AccountId, depth: u32) -> bool {
        self.members.contains(&(account, depth))
    }

    /// Remembers that a member did not agree; `asked` are those who stand in its authorities.
    pub(super) fn insert(
        &mut self,
        account: AccountId,
        depth: u32,
        asked: impl Iterator<Item = AccountId>,
    ) {
        self.members.insert((account, depth));
        self.waiting.extend(asked.map(|member| ((member, depth.saturating_add(1)), account)));
    }

    /// Forgets every answer that the agreement of an account could change.
    pub(super) fn forget_above(&mut self, account: AccountId) {
        let any_depth = ((account, 0), AccountId::default())..=((account, u32::MAX), MAX_ACCOUNT);
        let mut changed: Vec<Member> = self.waiting.range(any_depth).map(|(one, _)| *one).collect();
        changed.dedup();
        while let Some(member) = changed.pop() {
            let above = (member, AccountId::default())..=(member, MAX_ACCOUNT);
            let above: Vec<_> = self.waiting.range(above).copied().collect();
            for pair in above {
                self.waiting.remove(&pair);
                let (_, account) = pair;
                let member = (account, member.1.saturating_sub(1));
                if self.members.remove(&member) {
                    changed.push(member);
                }
            }
        }
    }
}

const MAX_ACCOUNT: AccountId = carbyne_wire::Id(u64::MAX);
