//! `cargo xtask sim --seeds N --from SEED`: simulates machines that die and networks whose nodes
//! lie, and says which seeds fail. A seed that fails does so again with `--seeds 1 --from SEED`.
//!
//! `--machines` or `--network` simulates only the one; `--turns`, `--mortals`, `--immortals` are of
//! the first, `--happenings`, `--nodes`, `--liars` of the second, in place of what its seed says.

mod processors;

use carbyne_sim::{Failure, NetworkSetting, NetworkSummary, Setting, Summary, run, run_network};
use processors::on_all_processors;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::UnwindSafe;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is asked for.
struct Options {
    seeds: u64,
    from: u64,
    wished: Wished,
    has_machines: bool,
    has_network: bool,
    /// Whether to say why transactions were refused.
    says_why: bool,
}

/// What is to be otherwise than a seed says.
#[derive(Default)]
struct Wished {
    turns: Option<u32>,
    mortals: Option<usize>,
    immortals: Option<usize>,
    nodes: Option<usize>,
    liars: Option<usize>,
    happenings: Option<u32>,
}

impl Wished {
    fn world(&self, seed: u64) -> Setting {
        let Setting { mortals, immortals, turns } = Setting::of(seed);
        Setting {
            mortals: self.mortals.unwrap_or(mortals),
            immortals: self.immortals.unwrap_or(immortals),
            turns: self.turns.unwrap_or(turns),
        }
    }

    fn network(&self, seed: u64) -> NetworkSetting {
        let NetworkSetting { machines, liars, happenings } = NetworkSetting::of(seed);
        NetworkSetting {
            machines: self.nodes.unwrap_or(machines),
            liars: self.liars.unwrap_or(liars),
            happenings: self.happenings.unwrap_or(happenings),
        }
    }
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let failed = AtomicU64::new(0);
    let done = on_all_processors(options.seeds, |number| {
        simulate(&options, options.from.wrapping_add(number), &failed)
    });
    let (machines, networks): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let machines: Vec<Summary> = machines.into_iter().flatten().collect();
    let networks: Vec<NetworkSummary> = networks.into_iter().flatten().collect();
    if options.has_machines {
        println!("{}", total(&machines));
    }
    if options.has_network {
        println!("{}", total_of_networks(&networks, options.says_why));
    }
    if options.says_why {
        refusals(&machines);
    }
    match failed.into_inner() {
        0 => ExitCode::SUCCESS,
        failed => {
            println!("{failed} of {} seeds fail", options.seeds);
            ExitCode::FAILURE
        }
    }
}

/// Simulates what is asked for of a seed; gives what went well.
fn simulate(
    options: &Options,
    seed: u64,
    failed: &AtomicU64,
) -> (Option<Summary>, Option<NetworkSummary>) {
    let world = || {
        let setting @ Setting { mortals, immortals, turns } = options.wished.world(seed);
        let again =
            format!("--machines --turns {turns} --mortals {mortals} --immortals {immortals}");
        tried(seed, &again, failed, || run(seed, setting))
    };
    let network = || {
        let setting = options.wished.network(seed);
        let NetworkSetting { machines, liars, happenings } = setting;
        let again =
            format!("--network --nodes {machines} --liars {liars} --happenings {happenings}");
        tried(seed, &again, failed, || run_network(seed, setting))
    };
    let world = options.has_machines.then(world).flatten();
    (world, options.has_network.then(network).flatten())
}

/// Simulates one seed; says so if it fails.
fn tried<S>(
    seed: u64,
    again: &str,
    failed: &AtomicU64,
    simulate: impl Fn() -> Result<S, Failure> + UnwindSafe,
) -> Option<S> {
    let why = match std::panic::catch_unwind(simulate) {
        Ok(Ok(summary)) => return Some(summary),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => format!("seed {seed} panics"),
    };
    failed.fetch_add(1, Ordering::Relaxed);
    println!("{why}\n  again: cargo xtask sim --seeds 1 --from {seed} {again}");
    None
}

/// The sums of several maps.
fn sums<K: Ord + Clone>(maps: impl Iterator<Item = BTreeMap<K, u64>>) -> BTreeMap<K, u64> {
    let mut sums = BTreeMap::new();
    maps.flatten().for_each(|(key, count)| *sums.entry(key).or_default() += count);
    sums
}

fn total_of_networks(all: &[NetworkSummary], says_why: bool) -> String {
    let sum = |of: fn(&NetworkSummary) -> u64| all.iter().map(of).sum::<u64>();
    let longest = all.iter().map(|one| one.healing).max().unwrap_or_default();
    let mut text = format!(
        "{} networks, {} h simulated, {} blocks, {} transactions taken, {} restarts, {} switches, \
         {} slots with two blocks, {} states taken from others, {} compared; {} ended with \
         two irreversible branches, the others agreed after {} ms at most",
        all.len(),
        sum(|one| one.time.unsigned_abs()) / 3_600_000_000,
        sum(|one| one.blocks.into()),
        sum(|one| one.taken),
        sum(|one| one.restarts),
        sum(|one| one.switches),
        sum(|one| one.doubles),
        sum(|one| one.states_taken),
        sum(|one| one.compared),
        sum(|one| one.is_split.into()),
        longest / 1_000,
    );
    let faults = sums(all.iter().map(|one| one.faults.clone()));
    text += &format!("\nwhat happened: {faults:?}");
    if says_why {
        let refused = sums(all.iter().map(|one| one.refused.clone()));
        let closed = sums(all.iter().map(|one| one.closed.clone()));
        let missed = sums(all.iter().map(|one| one.missed.clone()));
        text += &format!("\nblocks refused: {refused:?}\nconnections ended: {closed:?}");
        text += &format!("\nslots missed: {missed:?}");
    }
    text
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
    let mut options = Options {
        seeds: 100,
        from: 1,
        wished: Wished::default(),
        has_machines: true,
        has_network: true,
        says_why: false,
    };
    while let Some(name) = given.next() {
        match name.as_str() {
            "--why" => options.says_why = true,
            "--machines" => options.has_network = false,
            "--network" => options.has_machines = false,
            _ => {}
        }
        if ["--why", "--machines", "--network"].contains(&name.as_str()) {
            continue;
        }
        let number = given.next().and_then(|text| text.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("{name} needs a number"))?;
        let small = || u32::try_from(number).map_err(|_| format!("{name} is too large"));
        match name.as_str() {
            "--seeds" => options.seeds = number,
            "--from" => options.from = number,
            "--turns" => options.wished.turns = Some(small()?),
            "--mortals" => options.wished.mortals = Some(small()? as usize),
            "--immortals" => options.wished.immortals = Some(small()? as usize),
            "--nodes" => options.wished.nodes = Some(small()? as usize),
            "--liars" => options.wished.liars = Some(small()? as usize),
            "--happenings" => options.wished.happenings = Some(small()?),
            _ => return Err(format!("there is no option {name}")),
        }
    }
    Ok(options)
}
