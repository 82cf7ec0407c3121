//! Simulated worlds: whatever the seed, nodes that die and come back are as those that never died.
//!
//! `CARBYNE_SEEDS` says how many worlds are tried, `CARBYNE_SEED` with which seed they begin;
//! `cargo xtask sim --seeds N` does the same on all processors.

mod parallel;

use carbyne_sim::{Setting, Summary, run};
use parallel::simulate_all;
use std::collections::BTreeSet;

/// Worlds that are tried by default.
const SEEDS: u64 = 1_000;
/// Kinds of operations, virtual ones included, that must be in their blocks.
const KINDS_MIN: usize = 60;

#[test]
fn nodes_that_come_back_are_as_those_that_never_died() {
    let simulate = |seed| run(seed, Setting::of(seed));
    let all: Vec<Summary> = simulate_all("CARBYNE_SEEDS", SEEDS, simulate);
    let sum = |of: fn(&Summary) -> u64| all.iter().map(of).sum::<u64>();
    let kinds: BTreeSet<&str> = all.iter().flat_map(|one| &one.kinds).copied().collect();
    println!("{} kinds of operations: {kinds:?}", kinds.len());
    let worlds = all.len() as u64;
    assert!(kinds.len() >= KINDS_MIN, "only {} kinds of operations: {kinds:?}", kinds.len());
    assert!(sum(|one| one.restarts) >= worlds, "machines hardly ever die");
    assert!(sum(|one| one.from_snapshot) > worlds / 4, "hardly a start is from a snapshot");
    assert!(sum(|one| one.switches) > worlds / 4, "there are hardly any forks");
    assert!(sum(|one| one.compared) > 6 * worlds, "hardly a state is compared");
}

#[test]
fn a_seed_gives_the_same_world_again() {
    let setting = Setting { mortals: 2, immortals: 1, turns: 150 };
    let first = run(7, setting).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(run(7, setting), Ok(first.clone()));
    assert_ne!(run(8, setting).map(|other| other.trace), Ok(first.trace));
}
