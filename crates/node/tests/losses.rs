//! Blocks that are lost: a node says so and goes on only when it is told to, and then nothing that
//! it has speaks of blocks it does not have.

#[path = "harness/chain.rs"]
mod chain;

use carbyne_node::home::{Home, KeepHistory, Wish};
use carbyne_node::snapshots::Held;
use carbyne_store::RealDisk;
use carbyne_wire::Dialect;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// Blocks that are made; a snapshot is written at the end.
const BLOCKS: u32 = 40;

fn open(dir: &Path, accept_loss: bool) -> anyhow::Result<Home> {
    let genesis = Some(chain::genesis());
    let history = KeepHistory::OnDisk;
    let wish =
        Wish { genesis, dialect: Dialect::REFERENCE, history, accept_loss, is_disposable: false };
    Home::open_as_wished(Arc::new(RealDisk), dir, wish)
}

fn produce(home: &mut Home, count: u32) {
    for _ in 0..count {
        chain::produce(home).expect("a block");
    }
}

fn snapshot(home: Home) -> Home {
    let shared = Arc::new(RwLock::new(home));
    Held::new(shared.clone()).write(&|| false).expect("a snapshot");
    Arc::into_inner(shared).expect("nobody else").into_inner()
}

/// A directory with blocks, a snapshot near the end and history.
fn made() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), false).expect("a chain");
    produce(&mut home, BLOCKS);
    drop(snapshot(home));
    dir
}

/// State and history of a node to which nothing happens, after so many blocks.
fn expected(blocks: u32) -> (String, Vec<(Vec<u8>, Vec<u8>)>) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), false).expect("a chain");
    produce(&mut home, blocks);
    (home.chain().ledger().state_hash().to_string(), home.history.pairs().collect())
}

fn log_file(dir: &Path) -> PathBuf {
    dir.join("blocks/blocks-0000000001.log")
}

/// Cuts the log to so many percent.
fn cut(dir: &Path, percent: u64) {
    let file = File::options().write(true).open(log_file(dir)).expect("a log");
    let length = file.metadata().expect("its length").len();
    file.set_len(length * percent / 100).expect("cut");
}

/// Every file below a directory with its bytes.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).expect("readable"));
        }
    }
    files
}

fn carbyne(arguments: &[&str]) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_carbyne");
    let output = Command::new(program).args(arguments).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// What has been spoilt is refused with these words and left alone; with the loss accepted the node
/// is as one that never was further, for good.
fn check(what: &str, spoil: impl Fn(&Path), words: &[&str]) {
    let dir = made();
    let path = dir.path();
    spoil(path);
    let before = tree(path);
    let text = path.to_string_lossy().into_owned();
    let (code, said) = carbyne(&["check", "--data-dir", &text]);
    assert_eq!((code, said.contains("WRONG")), (Some(1), true), "{what}: {said}");
    assert!(tree(path) == before, "{what}: to check is not to change");
    let refusal = format!("{:#}", open(path, false).err().expect("it is refused"));
    for word in words.iter().chain(&["--accept-loss"]) {
        assert!(refusal.contains(word), "{what}: {refusal}");
    }
    assert_eq!(refusal.lines().count(), 1, "{what}: {refusal}");
    for part in ["blocks", "snapshots"] {
        let now = tree(&path.join(part));
        assert!(now.iter().all(|(name, bytes)| before.get(name) == Some(bytes)), "{what}: {part}");
    }
    let home = open(path, true).unwrap_or_else(|error| panic!("{what}: {error:#}"));
    let head = home.chain().head_number();
    assert!(head < BLOCKS, "{what}: it goes on at {head}");
    drop(home);
    let mut home = open(path, false).unwrap_or_else(|error| panic!("{what}: again: {error:#}"));
    assert_eq!(home.chain().head_number(), head, "{what}");
    produce(&mut home, 12);
    let home = snapshot(home);
    let (state, history) = expected(head + 12);
    assert_eq!(home.chain().ledger().state_hash().to_string(), state, "{what}");
    assert_eq!(home.history.failure(), None, "{what}");
    let first = home.history.first_block();
    assert!(first == 1 || home.kept.log.reader().first() == Some(first), "{what}: from {first}");
    if first == 1 {
        home.history.verify(&mut || {}).expect("true");
        assert!(home.history.pairs().eq(history), "{what}: the histories differ");
    }
    drop(home);
    let (code, said) = carbyne(&["check", "--data-dir", &text]);
    assert_eq!(code, Some(0), "{what}: {said}");
}

#[test]
fn a_log_that_ends_before_a_snapshot_or_history_is_refused() {
    for percent in [75, 50, 10] {
        let spoil = |dir: &Path| cut(dir, percent);
        check(&format!("{percent} %"), spoil, &["a snapshot is of block", "history stands at"]);
    }
}

#[test]
fn a_log_that_ends_before_history_alone_is_refused() {
    let spoil = |dir: &Path| {
        fs::remove_dir_all(dir.join("snapshots")).expect("removed");
        cut(dir, 50);
    };
    check("no snapshot", spoil, &["history stands at"]);
}

#[test]
fn a_log_that_ends_before_a_snapshot_alone_is_refused() {
    let spoil = |dir: &Path| {
        fs::remove_dir_all(dir.join("history")).expect("removed");
        cut(dir, 50);
    };
    check("no history", spoil, &["a snapshot is of block"]);
}

#[test]
fn a_log_that_is_gone_is_missed() {
    let spoil = |dir: &Path| fs::remove_file(log_file(dir)).expect("removed");
    check("gone", spoil, &["its block log is gone, which began with block 1"]);
    let spoil = |dir: &Path| fs::remove_dir_all(dir.join("blocks")).expect("removed");
    check("with its directory", spoil, &["its block log is gone"]);
    let spoil = |dir: &Path| {
        fs::remove_file(log_file(dir)).expect("removed");
        // As a directory of an earlier version is, which does not say that it had blocks.
        let identity = fs::read_to_string(dir.join("chain.toml")).expect("there");
        let (old, _) = identity.split_once("# The block log").expect("a mark");
        fs::write(dir.join("chain.toml"), old).expect("written");
    };
    check("without a mark", spoil, &["its block log is gone, which began with block 1"]);
}

#[test]
fn whatever_a_kill_can_leave_is_no_loss() {
    let dir = made();
    for bytes in [1, 50, 200] {
        let file = File::options().write(true).open(log_file(dir.path())).expect("a log");
        let length = file.metadata().expect("its length").len();
        // Blocks that can be undone are nowhere else.
        file.set_len(length - bytes).expect("cut");
        drop(open(dir.path(), false).expect("it starts"));
    }
}

#[test]
fn commands_refuse_a_directory_that_lost_blocks_too() {
    let folder = tempfile::tempdir().expect("a directory");
    let dir = made();
    cut(dir.path(), 50);
    let data = dir.path().to_string_lossy().into_owned();
    let config = folder.path().join("node.toml");
    let text = format!("data_dir = {data:?}\n[api]\nlisten = \"127.0.0.1:0\"\n");
    fs::write(&config, text).expect("written");
    let config = config.to_string_lossy().into_owned();
    for arguments in [
        vec!["dev", "--data-dir", &data, "--api", "127.0.0.1:0"],
        vec!["node", "--config", &config],
        vec!["inspect", "--data-dir", &data],
        vec!["history", "rebuild", "--data-dir", &data],
    ] {
        let (code, said) = carbyne(&arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains("has lost blocks"), "{arguments:?}: {said}");
    }
}

#[test]
fn check_finds_a_genesis_that_is_missing_or_was_edited() {
    let dir = made();
    let data = dir.path().to_string_lossy().into_owned();
    let genesis = dir.path().join("genesis.json");
    let text = fs::read_to_string(&genesis).expect("there");
    let check = |word: &str| {
        let (code, said) = carbyne(&["check", "--data-dir", &data]);
        assert_eq!((code, said.contains(word)), (Some(1), true), "{said}");
    };
    fs::write(&genesis, format!("{text} ")).expect("written");
    check("WRONG  genesis");
    let (_, said) = carbyne(&["inspect", "--data-dir", &data]);
    assert!(said.contains("genesis.json was changed"), "{said}");
    fs::remove_file(&genesis).expect("removed");
    check("genesis.json is missing");
    open(dir.path(), false).expect("the right one heals it");
    assert_eq!(fs::read_to_string(&genesis).expect("there"), text);
}

#[test]
fn no_snapshot_gets_ahead_of_a_history_that_cannot_be_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut home = open(dir.path(), false).expect("a chain");
    produce(&mut home, 10);
    drop(home);
    // What keeps the database from being opened passes, as a lack of descriptors does.
    let (history, away) = (dir.path().join("history"), dir.path().join("away"));
    fs::rename(&history, &away).expect("moved");
    fs::create_dir(&history).expect("made");
    fs::write(history.join("version"), "not a database").expect("written");
    let mut home = open(dir.path(), false).expect("it starts");
    assert!(home.history.failure().is_some(), "history cannot be opened");
    produce(&mut home, BLOCKS - 10);
    let shared = Arc::new(RwLock::new(home));
    let error = Held::new(shared.clone()).write(&|| false).expect_err("no snapshot");
    assert!(error.to_string().contains("history cannot be brought to disk"), "{error}");
    drop(shared);
    fs::remove_dir_all(&history).expect("removed");
    fs::rename(&away, &history).expect("moved");
    let home = open(dir.path(), false).expect("it starts");
    assert_eq!(home.history.failure(), None);
    assert!(home.history.pairs().eq(expected(BLOCKS).1), "it is whole again");
}
