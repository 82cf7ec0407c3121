//! The indexes of accounts, made of all at once, against those made of one after the other.

use super::*;
use carbyne_wire::Id;
use proptest::collection::vec;
use proptest::prelude::*;

fn key(n: u8) -> PublicKey {
    PublicKey([n; 33])
}

/// Few distinct members, so that accounts share them.
fn authority() -> impl Strategy<Value = Authority> {
    (vec(0..4_u8, 0..3), vec(0..3_u8, 0..2), vec(0..3_u64, 0..2)).prop_map(|parts| Authority {
        weight_threshold: 1,
        key_auths: parts.0.into_iter().map(|n| (key(n), 1)).collect(),
        address_auths: parts.1.into_iter().map(|n| (Address([n; 20]), 1)).collect(),
        account_auths: parts.2.into_iter().map(|n| (Id(n), 1)).collect(),
    })
}

/// Some names are there twice, which a snapshot can claim.
fn account() -> impl Strategy<Value = Account> {
    let name = (0..400_u32, any::<bool>());
    let step = 1..200_u64;
    (step, name, authority(), authority(), 0..4_u8).prop_map(|parts| {
        let (step, (name, is_long), owner, active, memo) = parts;
        let name = if is_long { format!("a-name-that-is-long-{name}") } else { format!("{name}") };
        let options = AccountOptions { memo_key: key(memo), ..AccountOptions::default() };
        let statistics = Id(step);
        Account {
            id: Id(step),
            name: name.as_str().into(),
            owner,
            active,
            options,
            statistics,
            ..Account::default()
        }
    })
}

/// What an account names, each hashed as often as it is named.
fn every_mark(account: &Account) -> BTreeSet<u64> {
    let mut members = vec![Member::Key(account.options.memo_key.0)];
    for authority in [&account.owner, &account.active] {
        members.extend(authority.key_auths.keys().map(|key| Member::Key(key.0)));
        members.extend(authority.address_auths.keys().map(|address| Member::Address(address.0)));
        members.extend(authority.account_auths.keys().map(|id| Member::Account(*id)));
    }
    members.into_iter().map(Member::mark).collect()
}

proptest! {
    #[test]
    fn an_index_of_all_at_once_is_that_of_one_after_the_other(accounts in vec(account(), 0..300)) {
        let (mut slowly, mut part) = (AccountIndex::default(), carbyne_graph::Part::default());
        let mut number = 0;
        for mut account in accounts {
            number += account.id.0;
            account.id = Id(number);
            prop_assert!(marks(&account).into_iter().eq(every_mark(&account)));
            slowly.insert(number, AccountIndex::keys(&account));
            part.push(account);
        }
        let mut table = carbyne_graph::Table::<Account>::default();
        table.load(part);
        table.indexing().into_iter().for_each(|job| job());
        let quickly = table.index();
        prop_assert_eq!(&quickly.by_name, &slowly.by_name);
        prop_assert_eq!(&quickly.by_mark, &slowly.by_mark);
        prop_assert!(quickly.briefs.iter_from(0).eq(slowly.briefs.iter_from(0)));
    }
}
