//! History on disk: it is that of a node that never stopped, however the node stops and starts.

#[path = "harness/chain.rs"]
mod chain;

use carbyne_node::home::{Home, KeepHistory};
use carbyne_node::snapshots::Held;
use parking_lot::RwLock;
use std::path::Path;
use std::sync::Arc;

/// Blocks that are made.
const BLOCKS: u32 = 40;

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn open(dir: &Path, keep: KeepHistory) -> Home {
    Home::open(dir, Some(chain::genesis()), keep).expect("a chain")
}

fn produce(home: &mut Home, count: u32) {
    for _ in 0..count {
        chain::produce(home).expect("a block");
    }
}

fn pairs(home: &Home) -> Pairs {
    assert_eq!(home.history.failure(), None);
    home.history.verify(&mut || {}).expect("a true history");
    home.history.pairs().collect()
}

/// The history of a node that never stops, after so many blocks.
fn expected(blocks: u32) -> Pairs {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::InMemory);
    produce(&mut home, blocks);
    pairs(&home)
}

fn snapshot(home: Home) -> Home {
    let shared = Arc::new(RwLock::new(home));
    Held::new(shared.clone()).write(&|| false).expect("a snapshot");
    Arc::into_inner(shared).expect("nobody else").into_inner()
}

#[test]
fn a_node_that_stops_after_every_few_blocks_has_the_history_of_one_that_never_did() {
    let dir = tempfile::tempdir().expect("a directory");
    for n in 1..=BLOCKS / 4 {
        let mut home = open(dir.path(), KeepHistory::OnDisk);
        produce(&mut home, 4);
        if n % 3 == 0 {
            home = snapshot(home);
        }
        drop(home);
    }
    let home = open(dir.path(), KeepHistory::OnDisk);
    assert!(home.began_at > 0, "a snapshot was used");
    assert!(pairs(&home) == expected(BLOCKS), "the histories differ");
}

#[test]
fn blocks_that_can_be_undone_are_not_on_disk_and_go_with_their_branch() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    let undoable = home.chain.undoable_blocks();
    assert!(undoable > 0);
    for _ in 0..undoable {
        home.history.undo();
    }
    assert_eq!(home.history.head().0, BLOCKS - undoable);
    assert!(pairs(&home) == expected(BLOCKS - undoable), "the histories differ");
}

#[test]
fn a_history_that_is_missing_says_so_and_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    drop(snapshot(home));
    // Without history nothing is kept; with it again, what was before is missing.
    drop(open(dir.path(), KeepHistory::Not));
    std::fs::remove_dir_all(dir.path().join("history")).expect("removed");
    let home = open(dir.path(), KeepHistory::OnDisk);
    assert!(home.history.first_block() > 1);
    drop(home);
    let (head, _) = Home::rebuild_history(dir.path()).expect("made anew");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    assert!(head > 0 && pairs(&home) == expected(BLOCKS), "the histories differ");
    produce(&mut home, 4);
    assert!(pairs(&home) == expected(BLOCKS + 4), "it goes on wrong");
}

#[test]
fn a_history_behind_the_state_is_refused_and_does_not_stop_the_node() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, 10);
    drop(home);
    let mut home = open(dir.path(), KeepHistory::Not);
    produce(&mut home, BLOCKS);
    drop(snapshot(home));
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    let failure = home.history.failure().expect("it is behind").to_owned();
    assert!(failure.contains("carbyne history rebuild"), "{failure}");
    produce(&mut home, 1);
}

#[test]
fn a_history_of_other_blocks_is_refused() {
    let (dir, other) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let mut home = open(dir.path(), KeepHistory::OnDisk);
    produce(&mut home, BLOCKS);
    drop(home);
    let mut home = open(other.path(), KeepHistory::OnDisk);
    for n in 0..i64::from(BLOCKS) {
        chain::produce_with(&mut home, n + 7).expect("a block");
    }
    drop(home);
    std::fs::remove_dir_all(dir.path().join("history")).expect("removed");
    std::fs::rename(other.path().join("history"), dir.path().join("history")).expect("moved");
    let home = open(dir.path(), KeepHistory::OnDisk);
    let failure = home.history.failure().expect("it is another chain's").to_owned();
    assert!(failure.contains("has another block"), "{failure}");
}
