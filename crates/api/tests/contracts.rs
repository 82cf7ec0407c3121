//! Lists of contracts are there where a chain knows such, and nowhere else.

use carbyne_api::methods::List;
use carbyne_wire::Tags;

#[test]
fn lists_of_contracts_are_there_where_the_chain_opted_in() {
    let has = |tags: Tags, name: &str| List::all(tags).any(|list| list.name == name);
    assert!(List::all(Tags::All).count() > List::all(Tags::Reference).count());
    for name in ["list_escrows", "get_bonds_by_account", "get_bonds_by_asset", "get_bonds_by_due"] {
        assert!(has(Tags::All, name), "{name}");
        assert!(!has(Tags::Reference, name), "{name}");
    }
    for list in List::all(Tags::All) {
        assert!(list.signature().is_some(), "{}", list.line);
    }
}
