//! A node without a chain takes a state from peers, whoever of them is lost, busy or lies.

use crate::world::{Chain, World, carbyne, endpoint, identity, plain};
use carbyne_crypto::hash::sha256;
use carbyne_net::message::{ChunkInfo, Endpoint, StateManifest, StateRefusal};
use carbyne_net::{Config, Input, Reason, StateFailure, StateStep};
use carbyne_wire::{Digest, Hash160};
use std::sync::Arc;

/// Bytes of a chunk; the protocol knows only how many there may be at most.
const CHUNK: usize = 60_000;

type State = (Arc<StateManifest>, Vec<Vec<u8>>);

fn state(of: &str, chunks: u8, block: Hash160) -> State {
    let bytes: Vec<Vec<u8>> = (0..chunks).map(|n| [vec![n; CHUNK], of.into()].concat()).collect();
    let info = |bytes: &Vec<u8>| ChunkInfo {
        length: 1 << 20,
        packed_length: bytes.len() as u32,
        hash: Digest(sha256(bytes)),
    };
    let manifest = StateManifest {
        state: Digest(sha256(&bytes.concat())),
        chain_id: identity(0).chain_id,
        block,
        chunks: bytes.iter().map(info).collect(),
    };
    (Arc::new(manifest), bytes)
}

/// Nodes with a chain, the first so many of which give a state, and one that has nothing.
struct Scene {
    world: World,
    new: usize,
    state: State,
}

impl Scene {
    fn new(configs: &[Config], giving: usize, chunks: u8) -> Self {
        let mut world = World::new(20);
        world.takes_connections = true;
        let chain = Chain::of(100);
        let state = state("state", chunks, chain.ids[79]);
        for (number, config) in configs.iter().enumerate() {
            let mut chain = chain.clone();
            chain.state = (number < giving).then(|| state.clone());
            world.add(config.clone(), chain);
        }
        let count = configs.len();
        let config =
            Config { connections_wanted: count, connects_to_new_peers: false, ..carbyne() };
        let new = world.add(config, Chain::default());
        Self { world, new, state }
    }

    /// The new node begins to take a state; the first so many are believed.
    fn take(&mut self, named: usize) {
        let named: Vec<Endpoint> = (0..named).map(endpoint).collect();
        self.world.input(self.new, Input::TakeState(named));
        for other in 0..self.new {
            self.world.input(self.new, Input::Connect(endpoint(other)));
        }
    }

    fn steps(&self) -> &[StateStep] {
        &self.world.members[self.new].steps
    }

    fn run(&mut self, seconds: u32) {
        let new = self.new;
        self.world.run(seconds, |world| {
            let last = world.members[new].steps.last();
            matches!(last, Some(StateStep::Complete | StateStep::Failed(_)))
        });
    }

    fn run_until_chunks(&mut self, count: usize) {
        let new = self.new;
        self.world.run(60, |world| chunks(&world.members[new].steps).count() >= count);
        assert_eq!(chunks(self.steps()).count(), count);
    }

    /// All came, in order, each once; no block did.
    fn check_complete(&self) {
        let steps = self.steps();
        assert_eq!(steps.last(), Some(&StateStep::Complete), "{:?}", self.closed());
        let begun = steps.iter().rposition(|step| matches!(step, StateStep::Begins(_)));
        let came: Vec<_> = chunks(&steps[begun.expect("it began")..]).collect();
        let expected: Vec<_> = (0..).zip(&self.state.1).collect();
        assert!(came == expected, "{} chunks came", came.len());
        assert_eq!(self.world.members[self.new].delivered, 0);
    }

    fn failure(&self) -> &StateFailure {
        match self.steps().last() {
            Some(StateStep::Failed(failure)) => failure,
            _ => panic!("it has not failed: {:?}", self.closed()),
        }
    }

    /// Why the new node left others.
    fn closed(&self) -> Vec<&Reason> {
        self.world.members[self.new].closed.iter().map(|(_, why)| why).collect()
    }
}

fn chunks(steps: &[StateStep]) -> impl Iterator<Item = (u32, &Vec<u8>)> {
    steps.iter().filter_map(|step| match step {
        StateStep::Chunk(index, bytes) => Some((*index, bytes)),
        _ => None,
    })
}

#[test]
fn a_state_comes_from_one_and_from_several() {
    for count in [1, 3] {
        let mut scene = Scene::new(&vec![carbyne(); count], count, 50);
        scene.take(1);
        scene.run(60);
        scene.check_complete();
        assert_eq!(scene.steps()[0], StateStep::Begins(scene.state.0.clone()));
    }
}

#[test]
fn chunks_are_asked_for_as_soon_as_the_state_is_known() {
    let mut scene = Scene::new(&[carbyne()], 1, 50);
    scene.take(1);
    scene.run(5);
    scene.check_complete();
}

#[test]
fn who_is_lost_is_replaced_and_who_comes_back_is_asked_for_the_rest() {
    let mut scene = Scene::new(&[carbyne(), carbyne()], 2, 60);
    scene.take(1);
    scene.run_until_chunks(20);
    scene.world.part(scene.new, 0);
    scene.run(60);
    scene.check_complete();
    let mut alone = Scene::new(&[carbyne()], 1, 60);
    alone.take(1);
    alone.run_until_chunks(20);
    alone.world.part(alone.new, 0);
    alone.run(120);
    alone.check_complete();
    let begun = alone.steps().iter().filter(|step| matches!(step, StateStep::Begins(_)));
    assert_eq!(begun.count(), 1, "it went on where it was");
}

#[test]
fn what_is_held_is_bounded() {
    let mut scene = Scene::new(&vec![carbyne(); 5], 5, 100);
    scene.take(5);
    // Nobody answers about the first chunk: everything behind it waits.
    for _ in 0..200 {
        scene.world.run(1, |_| false);
        let held = scene.world.members[scene.new].node.held_bytes();
        // Beside what waits, each connection holds the message that came last.
        assert!(held < 24 * CHUNK, "{held} bytes");
    }
    scene.check_complete();
}

#[test]
fn a_false_chunk_is_dropped_and_its_sender_left() {
    let mut scene = Scene::new(&[carbyne(), carbyne()], 2, 50);
    let lies = scene.world.members[1].chain.state.as_mut().expect("a state");
    lies.1.iter_mut().for_each(|chunk| chunk[7] ^= 1);
    scene.take(1);
    scene.run(60);
    scene.check_complete();
    // Who is told that it is left has some time to close the connection itself.
    scene.world.run(30, |_| false);
    let is_false = |why: &&&Reason| matches!(why, Reason::FalseChunk(_));
    assert_eq!(scene.closed().iter().filter(is_false).count(), 1, "{:?}", scene.closed());
    let book = scene.world.members[scene.new].node.book();
    let liar = book.records().find(|record| record.endpoint == endpoint(1)).expect("it is known");
    assert!(liar.number_of_failed_connection_attempts >= 120, "it is not tried again for long");
}

#[test]
fn a_list_of_another_chain_or_without_chunks_is_an_offence() {
    for spoil in [
        |state: &mut StateManifest| state.chain_id = Digest([1; 32]),
        |state: &mut StateManifest| state.chunks.clear(),
        |state: &mut StateManifest| state.chunks[3].packed_length = 1 << 30,
    ] {
        let mut scene = Scene::new(&[carbyne()], 1, 50);
        let (manifest, _) = scene.world.members[0].chain.state.as_mut().expect("a state");
        spoil(Arc::make_mut(manifest));
        scene.take(1);
        scene.run(400);
        assert_eq!(scene.closed()[..1], [&Reason::FalseState]);
        assert!(matches!(scene.failure(), StateFailure::NoProgress(_)));
    }
}

#[test]
fn who_has_none_and_who_does_not_know_of_any_says_so() {
    for (config, why) in [(carbyne(), StateRefusal::NoState), (plain(), StateRefusal::Unknown)] {
        let mut scene = Scene::new(&[config], 0, 5);
        scene.take(1);
        scene.run(60);
        assert_eq!(scene.failure(), &StateFailure::Refused { by: endpoint(0), why });
    }
}

#[test]
fn a_block_that_more_peers_lack_than_have_is_not_believed() {
    let mut scene = Scene::new(&[carbyne(), plain(), plain()], 1, 5);
    for other in [1, 2] {
        scene.world.members[other].chain = Chain::of(10);
    }
    scene.take(1);
    scene.run(60);
    let block = scene.state.0.block;
    assert_eq!(scene.failure(), &StateFailure::Disputed { block, has: 1, lacks: 2 });
    // Of three that have it one may lack it.
    let mut scene = Scene::new(&[carbyne(), plain(), plain()], 1, 5);
    scene.world.members[2].chain = Chain::of(10);
    scene.take(1);
    scene.run(60);
    scene.check_complete();
}

#[test]
fn a_state_that_is_gone_before_it_has_come_is_begun_anew() {
    let mut scene = Scene::new(&[carbyne()], 1, 50);
    scene.take(1);
    scene.run_until_chunks(20);
    let block = scene.world.members[0].chain.ids[89];
    scene.state = state("newer", 30, block);
    scene.world.members[0].chain.state = Some(scene.state.clone());
    scene.run(120);
    scene.check_complete();
    assert!(scene.closed().is_empty(), "{:?}", scene.closed());
}

#[test]
fn no_more_is_given_in_a_second_than_may_be() {
    let slow = Config { state_bytes_per_second: 2 << 20, ..carbyne() };
    let mut scene = Scene::new(&[slow], 1, 50);
    let begin = scene.world.now;
    scene.take(1);
    scene.run(400);
    scene.check_complete();
    let seconds = (scene.world.now.0 - begin.0) / 1_000_000;
    assert!((20..120).contains(&seconds), "{seconds} s for 50 chunks at 2 in a second");
}

#[test]
fn so_many_at_a_time_are_given_a_state_and_the_others_after_them() {
    let mut scene = Scene::new(&[carbyne()], 1, 40);
    let config = Config { connections_wanted: 1, connects_to_new_peers: false, ..carbyne() };
    let all: Vec<usize> =
        (0..12).map(|_| scene.world.add(config.clone(), Chain::default())).collect();
    for new in &all {
        scene.world.input(*new, Input::TakeState(vec![endpoint(0)]));
    }
    scene.world.run(300, |_| false);
    for new in all {
        let last = scene.world.members[new].steps.last();
        assert_eq!(last, Some(&StateStep::Complete), "{:?}", scene.world.members[new].closed);
    }
}
