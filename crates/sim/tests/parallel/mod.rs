//! Seeds that are simulated on all processors. What comes of one does not depend on the others.

#[path = "../../src/processors.rs"]
mod processors;

use carbyne_sim::Failure;
use processors::on_all_processors;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What each seed gives, in their order; all that fail are named.
///
/// `CARBYNE_SEED` says with which seed they begin, the variable of that name how many there are.
pub fn simulate_all<S: Send>(
    name: &str,
    default: u64,
    simulate: impl Fn(u64) -> Result<S, Failure> + Sync,
) -> Vec<S> {
    let (first, count) = (number("CARBYNE_SEED", 1), number(name, default));
    let tried = |seed| {
        let panics = |_| Err(format!("seed {seed} panics"));
        let done = catch_unwind(AssertUnwindSafe(|| simulate(seed)));
        done.map_or_else(panics, |done| done.map_err(|failure| failure.to_string()))
    };
    let all = on_all_processors(count, |number| tried(first + number));
    let failures: Vec<&str> =
        all.iter().filter_map(|one| one.as_ref().err().map(String::as_str)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    all.into_iter().filter_map(Result::ok).collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
