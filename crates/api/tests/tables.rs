//! The tables of methods as a whole: nothing of the reference is missing, and the OpenRPC document
//! has every row.

use carbyne_api::methods::{ApiSet, Handler, List, Method};
use carbyne_api::signature::{NUMBERS, TEXTS, Type};
use carbyne_api::{Limits, openrpc};
use carbyne_wire::Tags;
use std::collections::BTreeSet;

/// API and name of each method of the reference.
fn reference() -> Vec<(&'static str, &'static str)> {
    let mut api = "";
    let mut methods = Vec::new();
    for line in include_str!("reference-methods.txt").lines() {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => api = name,
            None if line.is_empty() || line.starts_with('#') => {}
            None => methods.push((api, line)),
        }
    }
    methods
}

fn ours() -> Vec<(&'static str, &'static str)> {
    let all = ApiSet::ALL.into_iter();
    all.flat_map(|set| set.methods().map(move |method| (set.name(), method.name))).collect()
}

#[test]
fn every_method_of_the_reference_is_there() {
    let ours: BTreeSet<_> = ours().into_iter().collect();
    let missing: Vec<_> = reference().into_iter().filter(|name| !ours.contains(name)).collect();
    assert_eq!(missing, []);
}

#[test]
fn no_method_is_there_twice() {
    let all = ours();
    let once: BTreeSet<_> = all.iter().collect();
    assert_eq!(all.len(), once.len());
}

#[test]
fn the_openrpc_document_has_every_method_with_a_sentence() {
    let document = openrpc::document();
    let methods = document["methods"].as_array().expect("methods");
    assert_eq!(methods.len(), ours().len());
    for method in methods {
        let summary = method["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.') && summary.len() > 10, "{method}");
    }
}

fn methods() -> impl Iterator<Item = &'static Method> {
    ApiSet::ALL.into_iter().flat_map(ApiSet::methods)
}

#[test]
fn every_method_names_its_parameters() {
    let without = methods().filter(|method| method.signature().is_none());
    assert_eq!(without.map(Method::line).collect::<Vec<_>>(), [""; 0]);
    for method in methods() {
        let parameters = method.signature().into_iter().flat_map(|all| all.parameters);
        let names: Vec<_> = parameters.map(|parameter| parameter.name).collect();
        assert_eq!(BTreeSet::from_iter(&names).len(), names.len(), "{}", method.line());
    }
}

#[test]
fn nothing_must_be_given_behind_what_may_be_left_out() {
    for method in methods() {
        let parameters = method.signature().map(|all| all.parameters).unwrap_or_default();
        let may_be_left_out = |place: usize| parameters[place].default.is_some();
        let first = (0..parameters.len()).find(|place| may_be_left_out(*place));
        let rest = first.unwrap_or(parameters.len())..parameters.len();
        assert!(rest.into_iter().all(may_be_left_out), "{}", method.line());
    }
}

/// Objects by the reference's names, without `_object`; ids are known by their form.
fn is_known(type_: &str) -> bool {
    const SIMPLE: [&str; 5] = ["any", "null", "bool", "operation", "object"];
    let is_id = type_
        .strip_suffix(".x")
        .is_some_and(|kind| kind.split('.').filter(|part| part.parse::<u8>().is_ok()).count() == 2);
    is_id
        || SIMPLE.contains(&type_)
        || TEXTS.iter().any(|(text, _)| *text == type_)
        || NUMBERS.iter().any(|(number, ..)| *number == type_)
}

#[test]
fn parameters_have_types_that_are_explained() {
    const STRUCTURES: [&str; 6] = [
        "price",
        "transaction",
        "signed_transaction",
        "signed_block",
        "network_parameters",
        "history_filter",
    ];
    for method in methods() {
        for parameter in method.signature().into_iter().flat_map(|all| all.parameters) {
            for name in parameter.type_.names() {
                assert!(is_known(name) || STRUCTURES.contains(&name), "{name}: {}", method.line());
            }
        }
    }
}

#[test]
fn every_bound_is_a_limit_that_operators_know() {
    let limits = format!("{:?}", Limits::default());
    for method in methods() {
        for parameter in method.signature().into_iter().flat_map(|all| all.parameters) {
            if let Type::UpTo(limit) | Type::ListUpTo(_, limit) = parameter.type_ {
                assert!(limits.contains(&format!(" {limit}: ")), "{limit}: {}", method.line());
            }
        }
    }
}

fn has_endless_list(type_: &Type) -> bool {
    match type_ {
        Type::List(_) => true,
        Type::Named(_) | Type::UpTo(_) => false,
        Type::ListUpTo(one, _) | Type::Nullable(one) => has_endless_list(one),
        Type::Tuple(many) | Type::Either(many) => many.iter().any(has_endless_list),
    }
}

#[test]
fn no_list_in_an_argument_is_without_end() {
    for method in methods() {
        for parameter in method.signature().into_iter().flat_map(|all| all.parameters) {
            assert!(!has_endless_list(&parameter.type_), "{}: {}", parameter.name, method.line());
        }
    }
}

/// Lists that are short whatever the chain holds.
const SHORT: [&str; 6] = [
    "get_all_asset_holders",
    "get_connected_peers",
    "get_potential_peers",
    "get_tracked_groups",
    "get_market_history_buckets",
    "get_available_api_sets",
];

#[test]
fn a_method_that_answers_a_list_counts_what_it_gathers() {
    for method in methods().filter(|method| !SHORT.contains(&method.name)) {
        let signature = method.signature().expect("a signature");
        if matches!(signature.result, Type::List(_)) {
            assert!(!matches!(method.handler, Handler::Read(_)), "{}", method.line());
        }
    }
}

#[test]
fn the_openrpc_document_names_types_and_defaults() {
    let document = openrpc::document();
    let methods = document["methods"].as_array().expect("methods");
    let method = |name: &str| methods.iter().find(|method| method["name"] == name);
    let method = method("database.list_tickets").expect("the method");
    let start = &method["params"][1];
    assert_eq!((&start["name"], &start["required"]), (&"start_id".into(), &false.into()));
    assert_eq!(start["schema"]["pattern"], "^1\\.18\\.[0-9]+$");
    assert_eq!(start["description"], "1.18.0 if missing or null");
    assert_eq!(method["result"]["schema"]["items"]["title"], "ticket_object");
}

/// Methods that answer lists and are no beginning of one: the rest of the answer is nowhere.
const WHOLE: [&str; 10] = [
    // Of one transaction.
    "get_potential_signatures",
    "get_potential_address_signatures",
    // The same as get_trade_history, from another place on.
    "get_trade_history_by_sequence",
    // By number, as many as asked for.
    "get_blocks",
    // Refused, or empty.
    "get_all_asset_holders",
    "get_connected_peers",
    "get_potential_peers",
    // What the operator set.
    "get_tracked_groups",
    "get_market_history_buckets",
    "get_available_api_sets",
];

#[test]
fn every_list_of_the_reference_can_be_read_page_by_page() {
    let lists: BTreeSet<_> = List::all(Tags::Reference).map(|list| list.name).collect();
    for (api, name) in reference() {
        let set = ApiSet::ALL.into_iter().find(|set| set.name() == api).expect("an API");
        let method = set.methods().find(|method| method.name == name).expect("a method");
        let signature = method.signature().expect("a signature");
        // What is asked for one by one is answered one by one.
        let is_asked_for =
            signature.parameters.iter().any(|one| matches!(one.type_, Type::ListUpTo(..)));
        let is_list = matches!(signature.result, Type::List(_)) && !is_asked_for;
        let is_covered = lists.contains(name) || WHOLE.contains(&name);
        assert!(!is_list || is_covered, "{}", method.line());
    }
}

#[test]
fn every_list_says_what_it_takes_in_the_words_of_its_method() {
    for list in List::all(Tags::Reference) {
        assert!(list.signature().is_some(), "{}", list.line);
        assert!(reference().iter().any(|(_, name)| *name == list.name), "{}", list.line);
    }
}
