//! Benchmarks of what the chain does, each beside a yardstick that is measured in the same minute,
//! so that a busy machine slows both: the ratio is what says something.
//!
//! Every benchmark checks its own work (supplies add up, undoing and applying again gives the same
//! state), has a fixed seed, and prints a line for people and one of JSON. This room must never
//! hold a rule of the chain, nor be known by a room that does.

mod allocator;
mod apply_transfer;
mod book_steady;
mod contracts_due;
mod figures;
mod floors;
mod maintenance;
mod margin_cascade;
mod memory;
mod plot;
mod push_pending;
mod replay_100k;
mod sequence;
mod sig_recover;
mod undo_fork;
mod warm;
mod watch;
mod world;
mod yardstick;

pub use allocator::tune_allocator;
pub use figures::Figures;
pub use floors::TooSlow;
pub use plot::plot;
pub use world::add_account;

/// A benchmark.
#[derive(Debug)]
pub struct Benchmark {
    /// Its name, as `carbyne bench` takes it.
    pub name: &'static str,
    /// What it measures.
    pub about: &'static str,
    /// What its size counts.
    pub size_of: &'static str,
    /// Its size unless another is asked for.
    pub size: u64,
    run: fn(u64) -> Vec<Figures>,
}

/// Every benchmark.
pub const ALL: &[Benchmark] = &[
    Benchmark {
        name: "memory",
        about: "what an account takes of memory that has balances of four assets",
        size_of: "accounts",
        size: 1_000_000,
        run: |accounts| vec![memory::run(accounts)],
    },
    Benchmark {
        name: "apply_transfer",
        about: "transfers applied in blocks of 3,000, keys recovered before, undo on",
        size_of: "accounts",
        size: 100_000,
        run: |accounts| vec![apply_transfer::run(accounts)],
    },
    Benchmark {
        name: "apply_transfer_growth",
        about: "the same with ever more accounts, from 10,000 on",
        size_of: "accounts at most",
        size: 1_000_000,
        run: apply_transfer::growth,
    },
    Benchmark {
        name: "apply_transfer_crowded",
        about: "the same where one account pays every other transfer",
        size_of: "accounts",
        size: 1_000_000,
        run: |accounts| vec![apply_transfer::crowded(accounts)],
    },
    Benchmark {
        name: "apply_transfer_blocks",
        about: "the same with a million accounts in blocks of another size",
        size_of: "transfers of a block",
        size: 30_000,
        run: |transfers| vec![apply_transfer::in_blocks_of(transfers)],
    },
    Benchmark {
        name: "maintenance",
        about: "the block of maintenance, after everybody voted and paid fees",
        size_of: "accounts",
        size: 1_000_000,
        run: |accounts| vec![maintenance::run(accounts)],
    },
    Benchmark {
        name: "push_pending",
        about: "transfers that become pending, are refused, are duplicates",
        size_of: "accounts",
        size: 100_000,
        run: push_pending::run,
    },
    Benchmark {
        name: "sig_recover",
        about: "what a transaction needs before the core sees it: bytes, id, digest, key",
        size_of: "transactions",
        size: 20_000,
        run: sig_recover::run,
    },
    Benchmark {
        name: "book_steady",
        about: "orders placed, cancelled and filled in one market whose size stays",
        size_of: "open orders, each at a price of its own",
        size: 100_000,
        run: |orders| vec![book_steady::run(orders)],
    },
    Benchmark {
        name: "book_many_markets",
        about: "the same in many markets, the first ones busier than the last",
        size_of: "open orders, a hundred in each market",
        size: 100_000,
        run: |orders| vec![book_steady::many_markets(orders)],
    },
    Benchmark {
        name: "margin_cascade",
        about: "a price that falls and calls positions of a SmartCoin in one block",
        size_of: "positions that are called",
        size: 50_000,
        run: margin_cascade::run,
    },
    Benchmark {
        name: "contracts_due",
        about: "contracts of each family due in one block, at once and so many a block",
        size_of: "contracts",
        size: 100_000,
        run: contracts_due::run,
    },
    Benchmark {
        name: "replay_100k",
        about: "accounts, transfers, assets and issues without signatures, a transaction each",
        size_of: "accounts, as many assets and issues, and twice as many transfers",
        size: 20_000,
        run: replay_100k::run,
    },
    Benchmark {
        name: "undo_fork",
        about: "blocks of 300 transfers undone and applied again, as a change of branch does",
        size_of: "blocks",
        size: 100,
        run: |blocks| vec![undo_fork::run(blocks)],
    },
];

/// A name that no benchmark has.
#[derive(Debug, thiserror::Error)]
#[error("there is no benchmark \"{0}\": all, {names}", names = names())]
pub struct Unknown(String);

fn names() -> String {
    ALL.iter().map(|one| one.name).collect::<Vec<_>>().join(", ")
}

impl Benchmark {
    /// Those with a name; `all` is the name of all.
    pub fn named(name: &str) -> Result<Vec<&'static Self>, Unknown> {
        let found: Vec<_> = ALL.iter().filter(|one| name == "all" || name == one.name).collect();
        if found.is_empty() { Err(Unknown(name.to_owned())) } else { Ok(found) }
    }

    /// Runs it with one size after another, or with its own, in memory that was used before.
    ///
    /// # Panics
    /// When what was measured is not right.
    pub fn run(&self, sizes: &[u64]) -> impl Iterator<Item = Figures> {
        let sizes = if sizes.is_empty() { vec![self.size] } else { sizes.to_vec() };
        sizes.into_iter().flat_map(|size| {
            warm::warm(size);
            (self.run)(size)
        })
    }

    /// Runs it small, and refuses a ratio that is far below what it should be.
    ///
    /// # Panics
    /// When what was measured is not right.
    pub fn check(&self) -> Result<Vec<Figures>, TooSlow> {
        floors::check(|| (self.run)(self.quick_size()))
    }

    /// Large enough to say something, and done in a moment.
    fn quick_size(&self) -> u64 {
        self.size / 50
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_runs_checks_itself_and_has_a_yardstick() {
        for benchmark in ALL {
            for figures in (benchmark.run)(benchmark.quick_size()) {
                assert!(floors::floor(&figures).is_some(), "{figures} has no floor");
                let json: serde_json::Value =
                    serde_json::from_str(&figures.json()).expect("a line of JSON");
                for member in ["per_second", "ratio", "p50_ns", "p99_ns", "cpu_seconds"] {
                    let value = json[member].as_f64().expect(member);
                    assert!(value > 0.0, "{}: {member} is {value}", benchmark.name);
                }
                assert!(json["peak_memory_mib"].as_u64().is_some_and(|mib| mib > 0));
                assert!(figures.to_string().contains(benchmark.name), "{figures}");
            }
        }
    }

    #[test]
    fn the_same_work_gives_the_same_state() {
        let hash = || apply_transfer::run(1_000).state_hash.expect("a state");
        assert_eq!(hash(), hash());
    }

    #[test]
    fn a_wrong_name_is_told_the_right_ones() {
        let error = Benchmark::named("apply").expect_err("no such").to_string();
        assert!(error.contains(": all, ") && error.contains(", apply_transfer, "), "{error}");
        assert_eq!(Benchmark::named("all").expect("all").len(), ALL.len());
    }
}
