//! The arrows between rooms point downward only, and the pure rooms depend on nothing that could
//! make two machines disagree.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

struct House {
    layers: BTreeMap<String, i64>,
    apart: BTreeMap<String, Vec<String>>,
    pure: Vec<String>,
    banned: Vec<String>,
    lints: Vec<String>,
    packages: Vec<Value>,
}

fn strings(value: &toml::Value) -> Vec<String> {
    let items = value.as_array().expect("a list");
    items.iter().map(|item| item.as_str().expect("text").to_owned()).collect()
}

fn house() -> House {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let text = std::fs::read_to_string(root.join("layers.toml")).expect("layers.toml");
    let table: toml::Table = text.parse().expect("layers.toml is TOML");
    let layers = table["layers"].as_table().expect("layers").iter();
    let apart = table["apart"].as_table().expect("apart").iter();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    House {
        layers: layers.map(|(name, n)| (name.clone(), n.as_integer().expect("n"))).collect(),
        apart: apart.map(|(name, rooms)| (name.clone(), strings(rooms))).collect(),
        pure: strings(&table["pure"]["rooms"]),
        banned: strings(&table["pure"]["banned"]),
        lints: strings(&table["pure"]["lints"]),
        packages: metadata["packages"].as_array().expect("packages").clone(),
    }
}

/// Names of what a package is built with; what only its tests use does not count.
fn dependencies(package: &Value) -> Vec<String> {
    let all = package["dependencies"].as_array().expect("dependencies");
    all.iter()
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| dependency["name"].as_str().expect("name").to_owned())
        .collect()
}

#[test]
fn every_room_has_a_layer() {
    let house = house();
    for package in &house.packages {
        let name = package["name"].as_str().expect("name");
        assert!(house.layers.contains_key(name), "{name} is missing in layers.toml");
    }
    assert_eq!(house.layers.len(), house.packages.len(), "layers.toml names a room that is gone");
}

#[test]
fn arrows_point_downward() {
    let house = house();
    for package in &house.packages {
        let name = package["name"].as_str().expect("name");
        for dependency in dependencies(package) {
            // The derive lies below everything that uses it.
            if let Some(layer) = house.layers.get(&dependency) {
                assert!(*layer < house.layers[name], "{name} must not know {dependency}");
            }
        }
    }
}

/// Every room of ours that a room is built with, through others too.
fn linked(house: &House, name: &str, found: &mut BTreeSet<String>) {
    let package = house.packages.iter().find(|package| package["name"] == name).expect("a room");
    for dependency in dependencies(package) {
        if house.layers.contains_key(&dependency) && found.insert(dependency.clone()) {
            linked(house, &dependency, found);
        }
    }
}

#[test]
fn rooms_that_are_to_be_apart_are() {
    let house = house();
    for (name, others) in &house.apart {
        let mut found = BTreeSet::new();
        linked(&house, name, &mut found);
        assert!(found.contains("carbyne-wire"), "{name} links nothing of ours: {found:?}");
        for other in others {
            assert!(house.layers.contains_key(other), "layers.toml names a room that is gone");
            assert!(!found.contains(other), "{name} must not link {other}");
        }
    }
}

#[test]
fn pure_rooms_know_no_clock_thread_or_chance() {
    let house = house();
    for package in &house.packages {
        let name = package["name"].as_str().expect("name").to_owned();
        if house.pure.contains(&name) {
            for dependency in dependencies(package) {
                assert!(!house.banned.contains(&dependency), "{name} must not use {dependency}");
            }
        }
    }
}

#[test]
fn pure_rooms_refuse_what_could_panic_or_differ() {
    let house = house();
    for package in &house.packages {
        let name = package["name"].as_str().expect("name").to_owned();
        if house.pure.contains(&name) {
            let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
            let root = manifest.with_file_name("src").join("lib.rs");
            let text = std::fs::read_to_string(&root).expect("a library");
            let denied = text.split_once("deny(").and_then(|(_, rest)| rest.split_once(")\n"));
            let (denied, _) = denied.unwrap_or_else(|| panic!("{name} denies nothing"));
            for lint in &house.lints {
                assert!(denied.contains(&format!("clippy::{lint}")), "{name} allows {lint}");
            }
        }
    }
}

/// The curve is there twice; rooms that look at many signatures take the one in C, so whatever is
/// built with one of them has it.
#[test]
fn who_looks_at_many_signatures_has_the_fast_curve() {
    let house = house();
    for name in ["carbyne-ledger", "carbyne-net", "carbyne-signer"] {
        let package = house.packages.iter().find(|package| package["name"] == name);
        let all = package.expect(name)["dependencies"].as_array().expect("dependencies");
        let crypto = all.iter().find(|dependency| dependency["name"] == "carbyne-crypto");
        let features = crypto.expect("it looks at signatures")["features"].as_array();
        let is_fast = features.expect("features").iter().any(|one| one == "libsecp256k1");
        assert!(is_fast, "{name} takes the curve in Rust");
    }
}
