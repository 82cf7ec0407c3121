//! `cargo xtask sim --seeds N --from SEED --turns N`: simulates worlds and says which seeds fail.
//! A seed that fails does so again with `--seeds 1 --from SEED`.

use carbyne_sim::{Setting, Summary, run};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What is asked for.
struct Options {
    seeds: u64,
    from: u64,
    setting: Setting,
    /// Whether to say why transactions were refused.
    says_why: bool,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || simulate(&options, &next, &failed);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let summaries: Vec<Vec<Summary>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let all = summaries.concat();
    println!("{}", total(&all));
    if options.says_why {
        refusals(&all);
    }
    match failed.into_inner() {
        0 => ExitCode::SUCCESS,
        failed => {
            println!("{failed} of {} seeds fail", options.seeds);
            ExitCode::FAILURE
        }
    }
}

/// Simulates worlds until there are no more seeds.
fn simulate(options: &Options, next: &AtomicU64, failed: &AtomicU64) -> Vec<Summary> {
    let mut summaries = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= options.seeds {
            return summaries;
        }
        let seed = options.from.wrapping_add(number);
        let why = match std::panic::catch_unwind(|| run(seed, options.setting)) {
            Ok(Ok(summary)) => {
                summaries.push(summary);
                continue;
            }
            Ok(Err(failure)) => failure.to_string(),
            Err(_) => format!("seed {seed} panics"),
        };
        failed.fetch_add(1, Ordering::Relaxed);
        let turns = options.setting.turns;
        println!("{why}\n  again: cargo xtask sim --seeds 1 --from {seed} --turns {turns}");
    }
}

fn total(all: &[Summary]) -> String {
    let sum = |of: fn(&Summary) -> u64| all.iter().map(of).sum::<u64>();
    format!(
        "{} worlds, {} blocks, {} transactions taken and {} refused, {} restarts of which {} from \
         a snapshot, {} snapshots, {} switches, {} states compared",
        all.len(),
        sum(|one| one.blocks.into()),
        sum(|one| one.taken),
        sum(|one| one.refused),
        sum(|one| one.restarts),
        sum(|one| one.from_snapshot),
        sum(|one| one.snapshots),
        sum(|one| one.switches),
        sum(|one| one.compared),
    )
}

/// Says why transactions were refused, the most frequent reason last.
fn refusals(all: &[Summary]) {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, count) in all.iter().flat_map(|one| &one.refusals) {
        *reasons.entry(reason).or_default() += count;
    }
    let mut sorted: Vec<(u64, &str)> = reasons.into_iter().map(|(why, n)| (n, why)).collect();
    sorted.sort_unstable();
    sorted.iter().for_each(|(count, why)| println!("{count:>8} {why}"));
    let kinds: BTreeSet<&str> = all.iter().flat_map(|one| &one.kinds).copied().collect();
    println!("{} kinds of operations in blocks: {kinds:?}", kinds.len());
}

fn options(mut given: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { seeds: 100, from: 1, setting: Setting::default(), says_why: false };
    while let Some(name) = given.next() {
        if name == "--why" {
            options.says_why = true;
            continue;
        }
        let number = given.next().and_then(|text| text.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("{name} needs a number"))?;
        let small = || u32::try_from(number).map_err(|_| format!("{name} is too large"));
        match name.as_str() {
            "--seeds" => options.seeds = number,
            "--from" => options.from = number,
            "--turns" => options.setting.turns = small()?,
            "--mortals" => options.setting.mortals = small()? as usize,
            "--immortals" => options.setting.immortals = small()? as usize,
            _ => return Err(format!("there is no option {name}")),
        }
    }
    Ok(options)
}
