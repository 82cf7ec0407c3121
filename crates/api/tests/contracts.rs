//! Lists of contracts are there where a chain knows such, and nowhere else.
//!
//! One test, because a process serves one chain and says once whether that knows them.

use carbyne_api::methods::List;
use carbyne_wire::admit_later_tags;

#[test]
fn lists_of_contracts_are_there_where_the_chain_opted_in() {
    let count = List::all().count();
    let has = |name: &str| List::all().any(|list| list.name == name);
    assert!(!has("list_escrows"));
    admit_later_tags();
    assert!(List::all().count() > count);
    for name in ["list_escrows", "get_bonds_by_account", "get_bonds_by_asset", "get_bonds_by_due"] {
        assert!(has(name), "{name}");
    }
    for list in List::all() {
        assert!(list.signature().is_some(), "{}", list.line);
    }
}
