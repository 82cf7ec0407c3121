//! Many accounts with funds out of nothing, for benchmarks: only time and memory count there.

use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_ledger::Ledger;
use carbyne_ledger::objects::{Account, AccountBalance, AccountStatistics};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AccountStatisticsId};
use carbyne_protocol::money::Asset;
use carbyne_wire::Id;

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
    let statistics: AccountStatisticsId = Id(ledger.tables.statistics.next_instance());
    let name = format!("user{n}");
    let authority = Authority::key(key);
    let account: AccountId = ledger.create(Account {
        name: name.as_str().into(),
        owner: authority.clone(),
        active: authority,
        statistics,
        ..Account::default()
    });
    ledger.create::<AccountStatisticsId>(AccountStatistics {
        owner: account,
        name: name.as_str().into(),
        ..AccountStatistics::default()
    });
    ledger.create::<AccountBalanceId>(AccountBalance::new(account, Asset::core(FUNDS)));
}
