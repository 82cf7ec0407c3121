//! Forks of a known depth: two branches of one chain, each made by a few of its witnesses, so that
//! none of their blocks becomes irreversible.

use super::scene::{Network, NetworkSetting, SECOND, WITNESSES};
use crate::genesis::{Founded, found};
use crate::life::Life;
use crate::workload::Workload;
use carbyne_chain::{BlockSigner, ChainEvent};
use carbyne_core::{Became, Input, Lasting, Now, Production};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_protocol::recovered::{Recover, RecoveredBlock, RecoveredTransaction};
use carbyne_store::simulated::{Chance, SimulatedDisk};
use carbyne_wire::{Digest, Hash160};
use std::ops::Range;
use std::sync::Arc;

type Block = Arc<RecoveredBlock>;

/// A node without keys, that has these blocks.
fn node(genesis: &[u8], blocks: &[Block]) -> Life {
    let signers = Vec::<Arc<dyn BlockSigner>>::new();
    let disk = SimulatedDisk::new();
    let mut life = Life::start(&disk, genesis, signers, Production::None).expect("a start");
    for block in blocks {
        assert_eq!(push(&mut life, block), Ok(Became::Extended));
    }
    life
}

fn time_of(block: &Block) -> Now {
    Now(i64::from(block.block().header().timestamp.0) * 1_000)
}

fn push(life: &mut Life, block: &Block) -> Result<Became, (Lasting, &'static str)> {
    let input = Input::Block(block.clone(), Trust::Nobody);
    let stepped = life.step(time_of(block), input);
    stepped.outcome.map_err(|refused| (refused.lasting, refused.rejected.reason()))
}

/// So many blocks behind others, made by these witnesses in their slots, with transactions of
/// chance.
fn branch(
    founded: &Founded,
    behind: &[Block],
    witnesses: Range<usize>,
    count: usize,
) -> Vec<Block> {
    let mut life = node(&founded.genesis, behind);
    let keys: Vec<PrivateKey> = founded.witnesses[witnesses.clone()].to_vec();
    life.core.set_producers(keys, Production::ByTheClock);
    let workload = Workload::new(founded.key.clone(), founded.witnesses.clone());
    let mut chance = Chance(witnesses.start as u64);
    let mut now = behind.last().map_or(Now(i64::from(founded.time.0) * 1_000), time_of);
    let mut blocks = Vec::new();
    while blocks.len() < count {
        now.0 += 1_000;
        if chance.below(3) == 0
            && let Some(transaction) = workload.transaction(life.chain(), &mut chance).expect("one")
        {
            let chain_id = *life.chain().chain_id();
            let all = Recover::Signatures;
            let transaction = RecoveredTransaction::new(transaction, &chain_id, all);
            life.step(now, Input::Transaction(Arc::new(transaction), Trust::Nobody));
        }
        let stepped = life.step(now, Input::Tick);
        blocks.extend(stepped.applied.iter().map(|applied| applied.block.clone()));
    }
    blocks
}

fn state(life: &mut Life) -> (Hash160, Digest<32>) {
    life.core.chain.clear_pending();
    (life.chain().head_id(), life.chain().ledger().state_hash())
}

#[test]
fn a_switch_of_any_depth_gives_the_state_of_a_straight_replay() {
    let founded = found(WITNESSES).expect("a genesis");
    let base = branch(&founded, &[], 0..WITNESSES, 20);
    for depth in [1, 10, 1_000] {
        let short = branch(&founded, &base, 0..2, depth);
        let long = branch(&founded, &base, 2..5, depth + 1);
        let mut life = node(&founded.genesis, &[&base[..], &short].concat());
        let (last, others) = long.split_last().expect("blocks");
        for block in others {
            assert_eq!(push(&mut life, block), Ok(Became::Aside));
        }
        let stepped = life.step(time_of(last), Input::Block(last.clone(), Trust::Nobody));
        assert!(matches!(stepped.outcome, Ok(Became::Switched)), "depth {depth}");
        assert_eq!(stepped.applied.len(), depth + 1);
        let events = life.write(usize::MAX).map_err(|failed| failed.error).expect("a good disk");
        let undone = events.iter().filter(|event| matches!(event, ChainEvent::Undone { .. }));
        assert_eq!(undone.count(), depth);
        let mut straight = node(&founded.genesis, &[&base[..], &long].concat());
        assert_eq!(state(&mut life), state(&mut straight), "depth {depth}");
        // And back, should the other branch become the longer one.
        let more = branch(&founded, &[&base[..], &short].concat(), 0..2, 2);
        let became: Vec<_> = more.iter().map(|block| push(&mut life, block)).collect();
        assert_eq!(became, [Ok(Became::Aside), Ok(Became::Switched)], "depth {depth}");
        let mut straight = node(&founded.genesis, &[&base[..], &short, &more].concat());
        assert_eq!(state(&mut life), state(&mut straight), "depth {depth}, back");
    }
}

#[test]
fn no_branch_however_long_goes_back_behind_a_final_block() {
    let founded = found(WITNESSES).expect("a genesis");
    let base = branch(&founded, &[], 0..WITNESSES, 30);
    let mut life = node(&founded.genesis, &base);
    let before = state(&mut life);
    // From the genesis, from before and from just below the last block that cannot be undone.
    let last_final = life.chain().head_number() - life.chain().undoable_blocks();
    for parting in [1, 5, last_final as usize - 1] {
        let minority = branch(&founded, &base[..parting], 0..2, 60);
        let refused: Vec<_> = minority.iter().map(|block| push(&mut life, block)).collect();
        assert!(refused.iter().all(Result::is_err), "parting at {parting}: {refused:?}");
        assert_eq!(state(&mut life), before, "parting at {parting}");
    }
    // At the block itself a longer branch is taken.
    let longer = branch(&founded, &base[..last_final as usize], 0..4, 30);
    let became: Vec<_> = longer.iter().map(|block| push(&mut life, block)).collect();
    assert!(became.contains(&Ok(Became::Switched)), "{became:?}");
}

/// Two machines with these blocks and no keys, on a good network.
fn two(blocks: [&[Block]; 2]) -> Network {
    let setting = NetworkSetting { machines: 2, liars: 0, happenings: 0 };
    let mut network = Network::new(1, setting).expect("a network");
    network.is_rough = false;
    for (at, blocks) in blocks.into_iter().enumerate() {
        network.members[at].machine.with(|life| {
            life.core.set_producers(Vec::<PrivateKey>::new(), Production::None);
        });
        let behind = blocks.last().map_or(0, |block| time_of(block).0);
        network.now = network.now.max(behind * 1_000);
        for block in blocks {
            let input = Input::Block(block.clone(), Trust::Nobody);
            network.step(at, input).expect("a step");
        }
    }
    network
}

fn head(network: &Network, at: usize) -> Hash160 {
    network.members[at].machine.with(|life| life.chain().head_id()).expect("it runs")
}

#[test]
fn who_has_the_shorter_branch_learns_the_longer_one_from_a_peer() {
    let founded = found(WITNESSES).expect("a genesis");
    for depth in [1, 10, 1_000] {
        let base = branch(&founded, &[], 0..WITNESSES, 21);
        let short = [&base[..], &branch(&founded, &base, 0..2, depth)[..]].concat();
        let long = [&base[..], &branch(&founded, &base, 2..5, depth + 1)[..]].concat();
        let mut network = two([&short, &long]);
        let expected = long.last().expect("blocks").id();
        assert_ne!(head(&network, 0), expected);
        for _ in 0..120 {
            network.run_for(SECOND).expect("all is well");
            if head(&network, 0) == expected {
                break;
            }
        }
        let closed = &network.summary.closed;
        assert_eq!(head(&network, 0), expected, "depth {depth}: {closed:?}");
        assert_eq!(head(&network, 1), expected, "depth {depth}: {closed:?}");
    }
}

#[test]
fn peers_whose_branches_part_before_a_final_block_do_not_follow_each_other() {
    let founded = found(WITNESSES).expect("a genesis");
    let begin = branch(&founded, &[], 0..WITNESSES, 1);
    let ours = [&begin[..], &branch(&founded, &begin, 0..WITNESSES, 40)[..]].concat();
    let theirs = [&begin[..], &branch(&founded, &begin, 0..WITNESSES - 1, 60)[..]].concat();
    let mut network = two([&ours, &theirs]);
    network.is_one_chain = false;
    let before = [head(&network, 0), head(&network, 1)];
    network.run_for(60 * SECOND).expect("both go on");
    assert_eq!([head(&network, 0), head(&network, 1)], before);
    assert!(!network.summary.closed.is_empty(), "they stay connected");
}
