//! A network on this machine: a genesis, keys, ports, processes, and the links between them, which
//! can be cut and mended while it works.
//!
//! Invariant: everything of it lies in one folder, and a second command finds it there. This room
//! must never know a rule of the chain.

mod control;
mod links;
mod plan;
mod processes;
mod table;

use crate::output;
use crate::run;
use anyhow::{Context, Result, bail, ensure};
use links::Links;
use plan::{Begins, Plan};
use processes::Processes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use control::send;
pub use plan::Wish;

/// How often the table is drawn.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the first block may take before accounts cannot be funded.
const FIRST_BLOCK_LIMIT: Duration = Duration::from_secs(60);

/// What somebody wants done to a network that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// End a node without warning.
    Kill(usize),
    /// Start a node that was ended.
    Start(usize),
    /// Cut the links between groups of nodes.
    Partition(Vec<Vec<usize>>),
    /// Mend all links.
    Heal,
    /// End everything.
    Down,
}

impl Order {
    /// Reads an order: words, as [`send`] writes them. `nodes` is how many there are.
    pub fn parse(text: &str, nodes: usize) -> Result<Self> {
        let (word, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        match word {
            "kill" => Ok(Self::Kill(node(rest, nodes)?)),
            "start" => Ok(Self::Start(node(rest, nodes)?)),
            "partition" => Ok(Self::Partition(groups(rest, nodes)?)),
            "heal" => Ok(Self::Heal),
            "down" => Ok(Self::Down),
            other => bail!("there is no order \"{other}\""),
        }
    }
}

fn node(text: &str, nodes: usize) -> Result<usize> {
    let number: usize = text.parse().with_context(|| format!("\"{text}\" is no node"))?;
    ensure!(number < nodes, "there is no node {number}, the last is {}", nodes - 1);
    Ok(number)
}

/// Groups of nodes: `2/3` for the first two and the next three, `0,4/1,2,3` for those.
fn groups(text: &str, nodes: usize) -> Result<Vec<Vec<usize>>> {
    let mut next = 0;
    let mut groups = Vec::new();
    for part in text.split('/') {
        let group: Vec<usize> = if part.contains(',') {
            part.split(',').map(|one| node(one, nodes)).collect::<Result<_>>()?
        } else {
            let count: usize = part.parse().with_context(|| format!("\"{part}\" is no number"))?;
            next += count;
            (next - count..next).collect()
        };
        groups.push(group);
    }
    let mut all: Vec<usize> = groups.iter().flatten().copied().collect();
    all.sort_unstable();
    ensure!(
        all.into_iter().eq(0..nodes),
        "\"{text}\" does not name each of {nodes} nodes once: say 2/3, or 0,4/1,2,3"
    );
    Ok(groups)
}

/// Makes a network, or takes up the one that is there, and runs it until it is told to end.
pub fn run(folder: &Path, wish: &Wish) -> Result<()> {
    let plan = Plan::open(folder, wish)?;
    let runtime = run::threads().context("cannot start threads")?;
    let _guard = runtime.enter();
    let (orders, control) = control::listen(folder, plan.nodes.len())?;
    let links = Links::open(&plan, wish.delay)?;
    let mut network = Network {
        processes: Processes::new(folder.to_path_buf(), plan.nodes.len()),
        links,
        plan,
        folder: folder.to_path_buf(),
    };
    let ended = network.work(&orders);
    drop(control);
    network.processes.stop();
    ended
}

struct Network {
    plan: Plan,
    links: Links,
    processes: Processes,
    folder: PathBuf,
}

impl Network {
    fn work(&mut self, orders: &control::Orders) -> Result<()> {
        for number in 0..self.plan.nodes.len() {
            // Two first blocks never come together, so one node makes it.
            let begins = if number == 0 { Begins::Yes } else { Begins::No };
            self.processes.start(&self.plan, &self.links, number, begins)?;
        }
        self.introduce()?;
        let mut funding = Some(Instant::now());
        let mut table = table::Table::new();
        let stopped = run::stop_flag()?;
        while !stopped.is_set() {
            if let Some((order, reply)) = orders.next(LOOK_EVERY) {
                let is_end = order == Order::Down;
                let done = self.obey(order);
                let _gone = reply.send(done);
                if is_end {
                    return Ok(());
                }
            }
            let states = table::look(&self.plan, &mut self.processes);
            self.links.mend(&self.plan, &states);
            funding = self.fund_when_possible(funding, &states)?;
            table.show(&states, &self.links)?;
        }
        Ok(())
    }

    fn introduce(&self) -> Result<()> {
        output::line(format_args!("folder    {}", self.folder.display()))?;
        for (number, node) in self.plan.nodes.iter().enumerate() {
            output::line(format_args!(
                "node {number}    ws://{}  p2p {}  {} witnesses",
                node.api,
                node.p2p,
                node.keys.len()
            ))?;
        }
        for account in &self.plan.accounts {
            output::line(format_args!("account   {}  key {}", account.name, account.key))?;
        }
        Ok(())
    }

    /// Pays the accounts out when there is a block to build on; gives since when that is awaited.
    fn fund_when_possible(
        &self,
        since: Option<Instant>,
        states: &[table::State],
    ) -> Result<Option<Instant>> {
        let Some(began) = since else { return Ok(None) };
        if states.first().is_none_or(|state| state.head < 1) {
            ensure!(began.elapsed() < FIRST_BLOCK_LIMIT, "node 0 made no block: see its log");
            return Ok(since);
        }
        self.plan.fund()?;
        output::line(format_args!("ready"))?;
        Ok(None)
    }

    fn obey(&mut self, order: Order) -> Result<String> {
        match order {
            Order::Kill(number) => {
                self.processes.kill(number)?;
                Ok(format!("node {number} was killed"))
            }
            Order::Start(number) => {
                self.processes.start(&self.plan, &self.links, number, Begins::No)?;
                Ok(format!("node {number} was started"))
            }
            Order::Partition(groups) => {
                let of_group = groups.iter().enumerate();
                let group: BTreeMap<usize, usize> = of_group
                    .flat_map(|(n, nodes)| nodes.iter().map(move |one| (*one, n)))
                    .collect();
                let cut = self.links.cut(|one, other| group.get(&one) != group.get(&other));
                Ok(format!("{cut} links are cut"))
            }
            Order::Heal => {
                self.links.cut(|_, _| false);
                Ok("all links are mended".to_owned())
            }
            Order::Down => Ok("the network ends".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_nonsense_is_not() {
        let parse = |text| Order::parse(text, 5).ok();
        assert_eq!(parse("kill 4"), Some(Order::Kill(4)));
        let halves = vec![vec![0, 1], vec![2, 3, 4]];
        assert_eq!(parse("partition 2/3"), Some(Order::Partition(halves)));
        let named = vec![vec![0, 4], vec![1, 2, 3]];
        assert_eq!(parse("partition 0,4/1,2,3"), Some(Order::Partition(named)));
        assert_eq!(parse("heal"), Some(Order::Heal));
        for nonsense in ["", "kill", "kill 5", "kill x", "partition 2/2", "partition 0,1/1,2,3,4"] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
