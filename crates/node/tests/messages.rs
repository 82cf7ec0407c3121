//! Every command that fails says in one line what is wrong and what to do, with the exit code 1; 2
//! if the command line itself is wrong. `messages.txt` is what a user reads: read it so.

#[path = "harness/chain.rs"]
mod chain;

use carbyne_node::home::{Home, KeepHistory};
use carbyne_node::snapshots::Held;
use parking_lot::RwLock;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// Blocks of the chain in the directory `data`.
const BLOCKS: u32 = 20;
/// A private key of nobody.
const KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";

/// A folder with everything that commands can be given, good and bad.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let genesis = chain::genesis();
    let mut home =
        Home::open(&path("data"), Some(genesis.clone()), KeepHistory::OnDisk).expect("a chain");
    drop(Home::open(&path("empty"), Some(genesis.clone()), KeepHistory::OnDisk));
    for _ in 0..BLOCKS {
        chain::produce(&mut home).expect("a block");
    }
    let home = Arc::new(RwLock::new(home));
    Held::new(home).write(&|| false).expect("a snapshot");
    fs::create_dir_all(path("foreign/blocks")).expect("made");
    let other = String::from_utf8(genesis.clone()).expect("text") + "\n";
    for (name, text) in [
        ("genesis.json", String::from_utf8(genesis).expect("text")),
        ("other.json", other),
        ("text", "words\n".to_owned()),
        ("foreign/blocks/mine", String::new()),
        ("broken.json", "{".to_owned()),
        ("nothing.json", "{}".to_owned()),
        ("nohex", "{\"num\":1}\n".to_owned()),
        ("nowhere.toml", "data_dir = \"nowhere\"\n".to_owned()),
        ("type.toml", "\ngenesis = 5\n".to_owned()),
        ("unknown.toml", "dta_dir = \"data\"\n".to_owned()),
        ("set.toml", "[api]\nopen = [\"x\"]\n".to_owned()),
        ("key.toml", "[witness]\nprivate_keys = [\"x\"]\n".to_owned()),
        ("lost.toml", "genesis = \"missing\"\n".to_owned()),
        ("other.toml", "data_dir = \"data\"\ngenesis = \"other.json\"\n".to_owned()),
    ] {
        fs::write(path(name), text).expect("written");
    }
    let export = run(folder.path(), &["export", "--data-dir", "data", "--from", "9", "gap"]);
    assert_eq!(export.status.code(), Some(0), "{}", said(&export.stderr));
    let export = run(folder.path(), &["snapshot", "export", "--data-dir", "data", "state"]);
    assert_eq!(export.status.code(), Some(0), "{}", said(&export.stderr));
    folder
}

fn carbyne(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carbyne"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    carbyne(folder, arguments).output().expect("it runs")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Command lines, and the one line that each gets.
const REFUSED: &str = include_str!("messages.txt");

#[test]
fn what_is_refused_is_refused_in_one_line_and_leaves_nothing_behind() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port().to_string();
    let id = |name: &str| {
        let bytes = fs::read(folder.path().join(name)).expect("readable");
        carbyne_wire::Digest(carbyne_crypto::hash::sha256(&bytes)).to_string()
    };
    let (own, other) = (id("genesis.json"), id("other.json"));
    let fill = |text: &str| {
        let text = text.replace("TAKEN", &port).replace("KEY", KEY);
        text.replace("CHAIN", &own).replace("OTHER", &other)
    };
    let mut wrong = Vec::new();
    let mut lines = REFUSED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    while let Some(line) = lines.next() {
        let line = fill(line.strip_prefix("$ carbyne ").expect("a command"));
        let expected = fill(lines.next().expect("what it says")) + "\n";
        let words = line.split(' ').map(|word| if word == "NOTHING" { "" } else { word });
        let output = run(folder.path(), &words.collect::<Vec<_>>());
        let found = said(&output.stderr);
        if output.status.code() != Some(1) || found != expected {
            wrong.push(format!("carbyne {line}\n   says     {found}   not      {expected}"));
        }
        for name in ["new", "new.json", "nowhere", "missing"] {
            if folder.path().join(name).exists() {
                wrong.push(format!("carbyne {line}\n   leaves {name} behind\n"));
                let _one_or_the_other = fs::remove_dir_all(folder.path().join(name));
                let _one_or_the_other = fs::remove_file(folder.path().join(name));
            }
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("foreign")).expect("there").collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.concat());
}

#[test]
fn a_wrong_command_line_says_what_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    for (line, words) in [
        ("", "Usage: carbyne <COMMAND>"),
        ("wat", "unrecognized subcommand 'wat'"),
        ("node", "<--config <FILE>|--print-config>"),
        ("sink postgres init", "<--config <FILE>|--url <URL>>"),
        ("dev --api here", "invalid value 'here' for '--api <ADDR:PORT>'"),
        ("dev --block-interval 0", "0 is not in 1..=30"),
        ("dev --block-interval 2 --genesis x", "cannot be used with '--genesis <FILE>'"),
        ("genesis new g --witnesses 0", "0 is not in 1..=1001"),
        ("inspect wat", "unrecognized subcommand 'wat'"),
        ("completions tcsh", "possible values: bash, elvish, fish, powershell, zsh"),
    ] {
        let output = run(folder.path(), &line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(said(&output.stderr).contains(words), "{line}: {}", said(&output.stderr));
    }
}

/// Commands that answer, without a node.
const ANSWERING: &[&str] = &[
    "keys new",
    "keys show KEY",
    "completions bash",
    "openrpc",
    "node --print-config",
    "check --data-dir data",
    "inspect --data-dir data",
    "inspect head --data-dir data",
    "inspect supply --data-dir data",
    "inspect state-hash --data-dir data",
    "inspect object 1.2.0 --data-dir data",
    "snapshot verify state",
    "export --data-dir data -",
    "import gap --data-dir data",
    "history rebuild --data-dir data",
];

#[test]
fn a_command_ends_quietly_when_nobody_reads_and_says_so_when_it_cannot_write() {
    let folder = folder();
    for line in ANSWERING {
        let line = line.replace("KEY", KEY);
        let arguments: Vec<&str> = line.split(' ').collect();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = carbyne(folder.path(), &arguments).stdout(writer).output().expect("it runs");
        let found = (output.status.code(), said(&output.stderr));
        assert_eq!(found, (Some(0), String::new()), "{line} into a closed pipe");
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let output = carbyne(folder.path(), &arguments).stdout(full).output().expect("it runs");
        let expected = "carbyne: cannot write to standard output: No space left on device";
        assert_eq!(output.status.code(), Some(1), "{line} into a full disk");
        assert!(said(&output.stderr).starts_with(expected), "{line}: {}", said(&output.stderr));
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let output = carbyne(folder.path(), &arguments).stderr(full).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{line} with nowhere to complain");
    }
}

#[test]
fn a_log_into_a_file_has_no_colours() {
    let folder = folder();
    let dev = ["dev", "--data-dir", "colours", "--api", "127.0.0.1:0", "--snapshot-every", "1"];
    let mut child = carbyne(folder.path(), &dev)
        .args(["--instant"])
        .env("RUST_LOG", "debug")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    Command::new("kill").args(["-HUP", &child.id().to_string()]).status().expect("kill");
    let mut log = String::new();
    child.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "SIGHUP stops it in order: {log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

/// Calls a method; none while nobody listens.
fn call(port: u16, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = body.len();
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length:";
    write!(stream, "{head} {length}\r\n\r\n{body}").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn a_node_goes_on_whatever_became_of_those_who_read_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("there"));
    let (closed, (unread, writer)) =
        (|| Stdio::from(std::io::pipe().expect("a pipe").1), std::io::pipe().expect("a pipe"));
    let unread_writer = || Stdio::from(writer.try_clone().expect("a pipe"));
    for (what, stdout, stderr) in [
        ("closed", closed(), closed()),
        ("full", full(), full()),
        ("not read", unread_writer(), unread_writer()),
    ] {
        let port = free_port();
        let api = format!("127.0.0.1:{port}");
        let mut child = carbyne(folder.path(), &["dev", "--fresh", "--instant", "--api", &api])
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .expect("it starts");
        let body = r#"{"id":1,"method":"call","params":["dev","produce_blocks",[2000]]}"#;
        let answer = (0..200).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            call(port, body)
        });
        let answer = answer.unwrap_or_default();
        assert!(answer.contains("\"result\":\"20"), "{what}: {answer}");
        Command::new("kill").arg(child.id().to_string()).status().expect("kill");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{what}");
    }
    drop(unread);
}
