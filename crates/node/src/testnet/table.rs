//! How the nodes of a network are doing, for people: a table that is drawn anew on a terminal, a
//! line for each change elsewhere.
//!
//! Invariant: looking takes no longer than the nodes need to answer. This file must never change
//! anything.

use super::links::Links;
use super::plan::{Plan, PlannedNode};
use super::processes::Processes;
use crate::client::{call, get};
use crate::output;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A node at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// `down`, `starting`, or what the node says of itself.
    name: String,
    pub(super) head: u64,
    irreversible: u64,
    peers: u64,
    missed: u64,
    /// Blocks behind the longest chain of all.
    lag: u64,
}

/// Looks at every node.
pub(super) fn look(plan: &Plan, processes: &mut Processes) -> Vec<State> {
    let running: Vec<bool> = (0..plan.nodes.len()).map(|n| processes.is_running(n)).collect();
    let mut states: Vec<State> = std::thread::scope(|scope| {
        let looks = plan.nodes.iter().zip(running);
        let looks: Vec<_> =
            looks.map(|(node, is_running)| scope.spawn(move || state(node, is_running))).collect();
        looks.into_iter().map(|look| look.join().unwrap_or_default()).collect()
    });
    let longest = states.iter().map(|state| state.head).max().unwrap_or_default();
    for state in states.iter_mut().filter(|state| state.name != "down") {
        state.lag = longest - state.head;
    }
    states
}

fn state(node: &PlannedNode, is_running: bool) -> State {
    if !is_running {
        return State { name: "down".to_owned(), ..State::default() };
    }
    let Ok(health) = get(node.api.into(), "/health") else {
        return State { name: "starting".to_owned(), ..State::default() };
    };
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    State {
        name: health["sync_state"].as_str().unwrap_or_default().to_owned(),
        head: number(&health["head_block_number"]),
        irreversible: number(&health["last_irreversible_block_num"]),
        peers: number(&health["peers"]["inbound"]) + number(&health["peers"]["outbound"]),
        missed: missed(node).unwrap_or_default(),
        lag: 0,
    }
}

/// Blocks that the witnesses of a node missed, as it sees that.
fn missed(node: &PlannedNode) -> Option<u64> {
    // The witnesses of a genesis are numbered from 1.
    let ids: Vec<String> = node.witnesses.iter().map(|n| format!("1.6.{}", n + 1)).collect();
    let found = call(node.api.into(), "database", "get_objects", json!([ids])).ok()?;
    let missed = |witness: &Value| {
        let missed = &witness["total_missed"];
        missed.as_u64().or_else(|| missed.as_str()?.parse().ok()).unwrap_or_default()
    };
    Some(found.as_array()?.iter().map(missed).sum())
}

/// What was shown last.
pub(super) struct Table {
    shown: Vec<State>,
    /// Lines to go back before it is drawn again.
    lines: usize,
    is_terminal: bool,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { shown: Vec::new(), lines: 0, is_terminal: output::is_terminal() }
    }

    /// Shows how the nodes are doing, if that changed.
    pub(super) fn show(&mut self, states: &[State], links: &Links) -> Result<()> {
        if self.shown == states {
            return Ok(());
        }
        self.shown = states.to_vec();
        if self.is_terminal { self.draw(links) } else { self.write(links) }
    }

    fn draw(&mut self, links: &Links) -> Result<()> {
        let back = if self.lines > 0 { format!("\x1b[{}A", self.lines) } else { String::new() };
        let mut lines =
            vec!["node  state          head irreversible  peers  missed   lag".to_owned()];
        let rows = self.shown.iter().enumerate();
        lines.extend(rows.map(|(number, state)| format!("{number:>4}  {}", state.row())));
        lines.push(match links.count_cut() {
            0 => "all links are whole".to_owned(),
            cut => format!("{cut} links are cut"),
        });
        self.lines = lines.len();
        // Each line ends what was there before.
        let text: String = lines.iter().map(|line| format!("{line}\x1b[K\n")).collect();
        output::text(&format!("{back}{text}"))
    }

    fn write(&self, links: &Links) -> Result<()> {
        let mut text = String::new();
        for (number, state) in self.shown.iter().enumerate() {
            let _strings_never_fail = writeln!(text, "node {number} {}", state.words());
        }
        let _strings_never_fail = writeln!(text, "links cut {}", links.count_cut());
        output::text(&text)
    }
}

impl State {
    /// Whether the node answers.
    pub(super) fn is_up(&self) -> bool {
        !matches!(self.name.as_str(), "" | "down" | "starting")
    }

    /// How many peers it has.
    pub(super) fn peers(&self) -> u64 {
        self.peers
    }

    fn row(&self) -> String {
        let Self { name, head, irreversible, peers, missed, lag } = self;
        format!("{name:<9} {head:>9} {irreversible:>12} {peers:>6} {missed:>7} {lag:>5}")
    }

    fn words(&self) -> String {
        let Self { name, head, irreversible, peers, missed, lag } = self;
        format!(
            "{name} head {head} irreversible {irreversible} peers {peers} missed {missed} lag {lag}"
        )
    }
}
