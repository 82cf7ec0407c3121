//! The tables of methods as a whole: nothing of the reference is missing, and the OpenRPC document
//! has every row.

use carbyne_api::methods::ApiSet;
use carbyne_api::openrpc;
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
