//! With which keys accounts and witnesses were seen to sign, so that the signatures of many
//! transactions and blocks can be checked at once.
//!
//! Invariant: what is believed here changes nothing but the time that is taken; what is kept is
//! bounded. This file must never know the state of the chain.

use carbyne_crypto::PublicKey;
use carbyne_crypto::batch::KnownKey;
use carbyne_graph::Sparse;
use carbyne_protocol::ids::{AccountId, WitnessId};
use carbyne_protocol::recovered::{Signed, Signers};
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Accounts that are remembered; of those with the same remainder the last. 25 MB when it is full.
const ACCOUNTS_MAX: u64 = 1 << 18;
/// Transactions for which an account that changes its key is not believed, at most.
const PATIENCE_MAX: u8 = 127;

/// An account as it was seen last.
#[derive(Clone, Copy)]
struct Seen {
    account: AccountId,
    key: KnownKey,
    /// How many transactions with the same key it takes until it is believed.
    doubt: u8,
    /// How many it took the last time: twice as many with each change, so that whoever signs with
    /// several keys does not spoil the checks of others.
    patience: u8,
}

/// Witnesses that are remembered; of those with the same remainder the last.
const WITNESSES_MAX: u64 = 1 << 10;

/// What was seen by whoever recovers keys.
#[derive(Default)]
pub struct Seers {
    accounts: Mutex<Sparse<Seen>>,
    /// Whose blocks carry which key: who changes it is believed at once, he makes few blocks.
    witnesses: Mutex<Sparse<(WitnessId, KnownKey)>>,
}

fn place(account: AccountId) -> u64 {
    account.0 % ACCOUNTS_MAX
}

/// What is to be remembered of an account that signed, given what was remembered.
fn seen_again(before: Option<&Seen>, signed: &Signed) -> Option<Seen> {
    let (mut doubt, mut patience) = (0, 0);
    if let Some(before) = before.filter(|before| before.account == signed.payer) {
        if before.key.key() == signed.key {
            let doubt = before.doubt.saturating_sub(1);
            return Some(Seen { doubt, ..*before });
        }
        patience = before.patience.saturating_mul(2).saturating_add(1).min(PATIENCE_MAX);
        doubt = patience;
    }
    let key = KnownKey::new(signed.key)?;
    Some(Seen { account: signed.payer, key, doubt, patience })
}

impl Signers for Seers {
    fn believed(&self, accounts: &[AccountId]) -> Vec<Option<KnownKey>> {
        let seen = self.accounts.lock();
        let believed = |account: &AccountId| {
            let seen = seen.get(place(*account))?;
            (seen.account == *account && seen.doubt == 0).then_some(seen.key)
        };
        accounts.iter().map(believed).collect()
    }

    fn learn(&self, shown: &[Signed]) {
        let before: Vec<Option<Seen>> = {
            let seen = self.accounts.lock();
            shown.iter().map(|one| seen.get(place(one.payer)).copied()).collect()
        };
        // A root each, for those that changed: not under the lock.
        let changed = shown.iter().zip(&before).filter(|(one, before)| {
            before.is_none_or(|before| {
                before.account != one.payer || before.key.key() != one.key || before.doubt > 0
            })
        });
        let changed: Vec<Seen> =
            changed.filter_map(|(one, before)| seen_again(before.as_ref(), one)).collect();
        let mut seen = self.accounts.lock();
        for one in changed {
            seen.insert(place(one.account), one);
        }
    }

    fn believed_of_witnesses(&self, witnesses: &[WitnessId]) -> Vec<Option<KnownKey>> {
        let seen = self.witnesses.lock();
        let believed = |witness: &WitnessId| {
            let (known, key) = seen.get(witness.0 % WITNESSES_MAX)?;
            (known == witness).then_some(*key)
        };
        witnesses.iter().map(believed).collect()
    }

    fn learn_of_witnesses(&self, shown: &[(WitnessId, PublicKey)]) {
        let known: BTreeMap<WitnessId, PublicKey> = shown.iter().copied().collect();
        let known = known.into_iter().filter_map(|(witness, key)| {
            Some((witness.0 % WITNESSES_MAX, (witness, KnownKey::new(key)?)))
        });
        let known: Vec<_> = known.collect();
        let mut seen = self.witnesses.lock();
        for (place, one) in known {
            seen.insert(place, one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_crypto::PrivateKey;
    use carbyne_wire::Id;

    fn key(seed: &str) -> PublicKey {
        PrivateKey::from_seed(seed).public_key()
    }

    /// What is believed of account 7 after these keys were seen.
    fn check(seen: &[&str], want: Option<&str>) {
        let seers = Seers::default();
        for seed in seen {
            seers.learn(&[Signed { payer: Id(7), key: key(seed) }]);
        }
        let believed = seers.believed(&[Id(7), Id(8), Id(7 + ACCOUNTS_MAX)]);
        let keys: Vec<_> = believed.iter().map(|known| known.map(|known| known.key())).collect();
        assert_eq!(keys, [want.map(key), None, None]);
    }

    #[test]
    fn an_account_is_believed_until_it_changes_its_key() {
        check(&[], None);
        check(&["a"], Some("a"));
        check(&["a", "a"], Some("a"));
        check(&["a", "b"], None);
        check(&["a", "b", "b"], Some("b"));
        check(&["a", "b", "a", "b"], None);
        check(&["a", "b", "a", "a"], None);
        check(&["a", "b", "a", "a", "a"], None);
        check(&["a", "b", "a", "a", "a", "a"], Some("a"));
    }

    #[test]
    fn the_last_of_two_accounts_with_the_same_place_is_remembered() {
        let seers = Seers::default();
        let other = Id(7 + ACCOUNTS_MAX);
        seers.learn(&[Signed { payer: Id(7), key: key("a") }]);
        seers.learn(&[Signed { payer: other, key: key("b") }]);
        let believed = seers.believed(&[Id(7), other]);
        assert!(believed[0].is_none());
        assert_eq!(believed[1].map(|known| known.key()), Some(key("b")));
    }
}
