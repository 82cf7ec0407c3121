//! All is well again: every machine runs, clocks are right, everybody can reach everybody. From the
//! moment when all are connected, all heads have to agree within two rounds.

use super::cables::End;
use super::member::{Nature, endpoint};
use super::scene::{MILLISECOND, Network, SECOND, WITNESSES};
use anyhow::{Context, Result, anyhow, bail, ensure};
use carbyne_ledger::Ledger;
use carbyne_net::{ChainView, Input as Incoming, PeerStatus, Stage};
use carbyne_node::in_line::replay_from_genesis;
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::Hash160;

/// Microseconds of two rounds, in which every witness was due twice.
const TWO_ROUNDS: i64 = 2 * WITNESSES as i64 * SECOND;
/// Microseconds in which two branches of the same height, on which witnesses are due in the same
/// slots, may grow together: one in two slots ends it.
const EVEN_FOR: i64 = 3 * TWO_ROUNDS;
/// How long machines have to find each other.
const FINDING: i64 = 300 * SECOND;
/// How long who lost his state waits for one of others, before an operator lets him begin with the
/// genesis.
const WAITING: i64 = 60 * SECOND;
const LOOK_EVERY: i64 = 100 * MILLISECOND;

impl Network {
    /// Lets everything become well, and looks whether all have come to the same.
    pub(super) fn end(&mut self) -> Result<()> {
        self.heal()?;
        self.summary.healing = self.come_to_agree()?;
        if self.summary.is_split {
            // Nobody but an operator can choose between two branches that cannot be undone.
            return Ok(());
        }
        for at in 0..self.members.len() {
            self.members[at].machine.with(|life| life.core.chain.clear_pending());
            self.compare_replay(at)?;
        }
        let told = self.members[0].peers.as_ref().context("it runs")?.told();
        self.summary.last_final = told.last_final();
        self.summary.blocks =
            self.members[0].machine.with(|life| life.chain().head_number()).unwrap_or_default();
        self.summary.compared = self.truth.compared;
        Ok(())
    }

    /// Gives how long it took. Connections that were spoilt before may end only now: then the two
    /// rounds begin when all are connected again. While branches are equally high nobody has a
    /// reason to leave his, so they begin behind that, too.
    fn come_to_agree(&mut self) -> Result<i64> {
        let all_is_well = self.now;
        while !self.summary.is_split {
            self.find_each_other(all_is_well)?;
            let (begin, mut even) = (self.now, self.now);
            while self.is_connected() && !self.summary.is_split {
                if self.agree() {
                    return Ok(self.now - begin);
                }
                if self.is_even() && self.now - begin <= EVEN_FOR {
                    even = self.now;
                }
                let is_over = self.now - even > TWO_ROUNDS;
                if is_over && self.is_parted_for_good() {
                    self.summary.is_split = true;
                    return Ok(0);
                }
                ensure!(
                    !is_over,
                    "two rounds after all is well the heads do not agree: {}",
                    self.heads().join(", ")
                );
                self.run_for(LOOK_EVERY)?;
            }
        }
        Ok(0)
    }

    fn heal(&mut self) -> Result<()> {
        self.is_rough = false;
        self.join()?;
        for at in 0..self.members.len() {
            self.members[at].clock = 0;
            // Whatever was to be done at some time by the clock is looked at anew.
            self.input(at, Incoming::Tick)?;
            self.members[at].nature = match self.members[at].nature {
                Nature::Late | Nature::Slow => Nature::Good,
                other => other,
            };
            if self.members[at].is_hurt {
                self.cut_power(at)?;
            }
            self.members[at].back_at = 0;
        }
        self.run_for(SECOND)
    }

    /// Waits until all who are honest are connected, through each other. An operator names peers
    /// to those that are alone.
    fn find_each_other(&mut self, begin: i64) -> Result<()> {
        while !self.is_connected() && !self.summary.is_split {
            if self.now - begin > FINDING && self.is_parted_for_good() {
                self.summary.is_split = true;
                return Ok(());
            }
            if self.now - begin > FINDING {
                bail!(
                    "{} s after all is well the nodes have not found each other: {}",
                    FINDING / SECOND,
                    self.heads().join(", ")
                );
            }
            for at in 0..self.members.len() {
                if self.now - begin > WAITING && self.members[at].is_new {
                    self.without_a_state(at);
                }
                let next = (at + 1) % self.members.len();
                self.input(at, Incoming::Connect(endpoint(next)))?;
            }
            self.run_for(10 * SECOND)?;
        }
        Ok(())
    }

    /// The machines whose heads have to agree: a forger is left alone by the others.
    fn honest(&self) -> Vec<usize> {
        let all = 0..self.members.len();
        all.filter(|at| self.members[*at].nature != Nature::Forger).collect()
    }

    fn is_connected(&self) -> bool {
        // Who takes a state is connected, too, and is not there yet.
        if self.members.iter().any(|member| member.peers.is_none()) {
            return false;
        }
        let honest = self.honest();
        let mut reached = vec![honest[0]];
        let both = |(from, to): &(End, End)| self.is_active(*from) && self.is_active(*to);
        let active = self.cables.connections().filter(both).map(|(from, to)| (from.0, to.0));
        let active: Vec<(usize, usize)> = active.collect();
        let mut looked_at = 0;
        while let Some(at) = reached.get(looked_at).copied() {
            looked_at += 1;
            for (_, to) in active.iter().filter(|(from, _)| *from == at) {
                if honest.contains(to) && !reached.contains(to) {
                    reached.push(*to);
                }
            }
        }
        reached.len() == honest.len()
    }

    /// Whether a machine has said hello on a connection, was answered, and does not say of the
    /// other that neither has a block with which they could go on together.
    fn is_active(&self, (at, id): End) -> bool {
        let peers = self.members.get(at).and_then(|member| member.peers.as_ref());
        let is_it =
            |peer: PeerStatus| peer.id == id && peer.stage == Stage::Active && !peer.is_apart;
        peers.is_some_and(|peers| peers.node().peers().any(is_it))
    }

    fn head(&self, at: usize) -> Option<Hash160> {
        self.members[at].machine.with(|life| life.chain().head_id())
    }

    fn agree(&self) -> bool {
        let honest = self.honest();
        let first = self.head(honest[0]);
        first.is_some() && honest.iter().all(|at| self.head(*at) == first)
    }

    /// Whether all heads are equally high.
    fn is_even(&self) -> bool {
        let height = |at: &usize| self.head(*at).map(|head| num_from_id(&head));
        let honest = self.honest();
        honest.iter().all(|at| height(at) == height(&honest[0]))
    }

    fn heads(&self) -> Vec<String> {
        let line = |at: usize| {
            let member = &self.members[at];
            let peers = member.peers.iter().flat_map(|peers| peers.node().peers());
            let peers = peers.map(|peer| {
                let PeerStatus { stage, common, we_need_blocks, it_needs_blocks, .. } = peer;
                let (needs, behind) = ((we_need_blocks, it_needs_blocks), peer.blocks_behind);
                let apart = if peer.is_apart { ", apart" } else { "" };
                let (id, remote) = (peer.id.0, peer.place.remote);
                format!(
                    "{id} {remote} {stage:?}, common {common:?}, needs {needs:?}, \
                     {behind} behind{apart}"
                )
            });
            let peers: Vec<String> = peers.collect();
            let told = member.peers.as_ref().map(|peers| peers.told());
            let last = told.map(|told| (told.last_final(), told.id_at(told.last_final())));
            let (nature, head) = (member.nature, self.head(at));
            let first = member.machine.with(|life| life.kept.log.reader().first()).flatten();
            let blocks = format!("blocks from {first:?} to {head:?}, irreversible {last:?}");
            format!("{at} {nature:?} {blocks}, peers {peers:?}")
        };
        (0..self.members.len()).map(line).collect()
    }

    /// Compares the state of a machine with that of its blocks from the genesis on.
    fn compare_replay(&mut self, at: usize) -> Result<()> {
        // What it did is on disk first.
        let written = self.members[at].machine.with(|life| life.write(usize::MAX).map(drop));
        ensure!(matches!(written, Some(Ok(()))), "machine {at} cannot write");
        let reader = self.members[at].machine.with(|life| life.kept.log.reader());
        let reader = reader.context("it runs")?;
        let process = self.members[at].machine.process().cloned().context("it runs")?;
        process
            .with(|life| self.truth.whole_state(life.chain().head_id(), life.chain().ledger()))?;
        // What began with the state of another has no block before it.
        if reader.first() != Some(1) {
            return Ok(());
        }
        let keep = &mut |_: u32, _: &Ledger| Ok(());
        let replayed = replay_from_genesis(&self.genesis, &reader, keep)?;
        let head = self.head(at).context("it runs")?;
        ensure!(replayed.head_id() == head, "the log of machine {at} ends elsewhere");
        let compared = self.truth.state(head, replayed.ledger());
        compared.map_err(|error| anyhow!("replayed: {error:#}"))
    }
}
