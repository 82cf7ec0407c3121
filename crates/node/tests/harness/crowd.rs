//! Many accounts with funds out of nothing, for benchmarks: only time and memory count there.

use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::Ledger;

/// How many keys the accounts have among them.
const KEYS: u64 = 500;
/// What each has of core, in smallest units.
const FUNDS: i64 = 900_000_000_000;

/// The key of the account with that place among them.
pub fn key(n: u64) -> PrivateKey {
    PrivateKey::from_seed(&format!("bench {}", n % KEYS))
}

/// Adds so many; gives the number of the first.
pub fn add_accounts(ledger: &mut Ledger, count: u64) -> u64 {
    let keys: Vec<_> = (0..KEYS).map(|n| key(n).public_key()).collect();
    let first = ledger.tables.accounts.next_instance();
    (0..count).zip(keys.iter().cycle()).for_each(|(n, key)| add_account(ledger, n, *key));
    first
}

/// Adds the one with that place among them, with its key.
pub fn add_account(ledger: &mut Ledger, n: u64, key: PublicKey) {
    carbyne_bench::add_account(ledger, n, key, FUNDS);
}
