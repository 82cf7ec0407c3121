//! Accounts with coins, whose keys follow from words that everybody knows.

use super::signer::Signer;
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Ledger;
use carbyne_protocol::ids::AccountId;
use carbyne_wallet::dev::key_from_words;

/// Names, in order; further ones are numbered.
const NAMES: [&str; 10] =
    ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];

/// Accounts that were asked for.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    /// The words from which their keys follow.
    pub(crate) seed: String,
    /// How many.
    pub(crate) count: u16,
}

impl Accounts {
    /// Their names and keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = (String, PrivateKey)> {
        (0..usize::from(self.count)).map(|number| {
            let name = match NAMES.get(number) {
                Some(name) => (*name).to_owned(),
                None => format!("dev-{number}"),
            };
            let key = key_from_words(&self.seed, &name);
            (name, key)
        })
    }

    /// Those that the chain has, with these keys.
    pub(crate) fn found(&self, ledger: &Ledger) -> Vec<(String, Signer)> {
        let signer = |(name, key): (String, PrivateKey)| {
            let account = find(ledger, &name, &key)?;
            Some((name, Signer { account, key }))
        };
        self.all().filter_map(signer).collect()
    }
}

/// The account of that name, if the key is its key.
pub(crate) fn find(ledger: &Ledger, name: &str, key: &PrivateKey) -> Option<AccountId> {
    let account: AccountId = ledger.tables.accounts.index().find(&name.into())?;
    let keys = &ledger.find(account)?.active.key_auths;
    keys.contains_key(&key.public_key()).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wallet::dev::SEED;

    #[test]
    fn the_same_words_give_the_same_keys_and_others_give_others() {
        let keys = |seed: &str| {
            let accounts = Accounts { seed: seed.to_owned(), count: 12 };
            accounts.all().map(|(name, key)| (name, key.to_wif())).collect::<Vec<_>>()
        };
        assert_eq!(keys(SEED), keys(SEED));
        assert_eq!(keys(SEED)[0].0, "alice");
        assert_eq!(keys(SEED)[11].0, "dev-11");
        assert!(keys(SEED).iter().zip(keys("other")).all(|(one, other)| one.1 != other.1));
    }
}
