//! `cargo xtask first-steps`: the way of somebody new, timed: a clone, a build, a chain, and the
//! lines of the README that make an account, pay it and see that arrive.
//!
//! `--program FILE` takes a program that is built already and leaves clone and build out. Never
//! touches the folder it is called in.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What stands above the lines in the README.
const HEADING: &str = "**Make an account, send money, see it arrive.**";
/// What the balance must be in the end.
const ARRIVED: &str = "100.00000  BTS";

/// Times every step and prints it.
pub fn first_steps() -> Result<()> {
    let program = match std::env::args().skip_while(|word| word != "--program").nth(1) {
        Some(program) => Some(fs::canonicalize(program)?),
        None => None,
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::temp_dir().join(format!("carbyne-first-steps-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let walked = walk(&root, &folder, program);
    fs::remove_dir_all(&folder)?;
    walked
}

fn walk(root: &Path, folder: &Path, program: Option<PathBuf>) -> Result<()> {
    let begun = Instant::now();
    let program = match program {
        Some(program) => program,
        None => clone_and_build(root, folder)?,
    };
    let readme = fs::read_to_string(root.join("README.md"))?;
    let here = folder.join("here");
    fs::create_dir(&here)?;
    let chain = timed("carbyne dev", || Chain::start(&program, &here))?;
    let mut has_arrived = false;
    for line in lines(&readme)? {
        let said = timed(line, || run(line, &program, &here))?;
        has_arrived |= said.contains(ARRIVED);
    }
    drop(chain);
    ensure!(has_arrived, "the transfer did not arrive");
    println!("{:>8.1} s  in all", begun.elapsed().as_secs_f64());
    Ok(())
}

fn timed<T>(what: &str, does: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = does().with_context(|| what.to_owned())?;
    println!("{:>8.1} s  {what}", begun.elapsed().as_secs_f64());
    Ok(done)
}

fn clone_and_build(root: &Path, folder: &Path) -> Result<PathBuf> {
    let clone = folder.join("carbyne");
    timed("git clone", || {
        let mut git = Command::new("git");
        succeed(git.args(["clone", "--quiet"]).arg(root).arg(&clone))
    })?;
    let build = "cargo build --release -p carbyne";
    timed(build, || {
        let mut cargo = Command::new(env!("CARGO"));
        let arguments: Vec<&str> = build.split(' ').skip(1).collect();
        succeed(cargo.args(arguments).current_dir(&clone).env_remove("CARGO_TARGET_DIR"))
    })?;
    Ok(clone.join("target/release/carbyne"))
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if !status.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}

/// The lines of the README.
fn lines(readme: &str) -> Result<Vec<&str>> {
    let (_, rest) = readme.split_once(HEADING).context("the README's heading")?;
    let (_, rest) = rest.split_once("```sh\n").context("its lines")?;
    let (block, _) = rest.split_once("```").context("their end")?;
    Ok(block.lines().map(|line| line.split(" #").next().unwrap_or(line).trim()).collect())
}

/// What a line of the README says; a wallet that waits for somebody finds nobody.
fn run(line: &str, program: &Path, here: &Path) -> Result<String> {
    let folder = program.parent().context("a folder of the program")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(here).stdin(Stdio::null());
    let output = shell.env("PATH", format!("{}:{path}", folder.display())).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A running `carbyne dev`, which ends with this.
struct Chain {
    child: Child,
    /// Kept open: who writes to nobody is ended.
    _said: BufReader<ChildStdout>,
}

impl Chain {
    fn start(program: &Path, here: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("dev").current_dir(here).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let mut said = BufReader::new(child.stdout.take().context("what it says")?);
        let limit = Instant::now() + Duration::from_secs(60);
        let mut line = String::new();
        while said.read_line(&mut line)? > 0 {
            if line.starts_with("block") {
                return Ok(Self { child, _said: said });
            }
            ensure!(Instant::now() < limit, "no block in a minute");
            line.clear();
        }
        bail!("it ended")
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}
