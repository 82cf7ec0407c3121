//! The processes of a network.
//!
//! Invariant: whoever started them ends them. This file must never know what they say to each
//! other.

use super::links::Links;
use super::plan::{Begins, Plan};
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a node may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The processes.
pub(super) struct Processes {
    folder: PathBuf,
    children: Vec<Option<Child>>,
}

impl Processes {
    /// None yet.
    pub(super) fn new(folder: PathBuf, count: usize) -> Self {
        Self { folder, children: (0..count).map(|_| None).collect() }
    }

    /// Starts a node.
    pub(super) fn start(
        &mut self,
        plan: &Plan,
        links: &Links,
        number: usize,
        begins: Begins,
    ) -> Result<()> {
        ensure!(!self.is_running(number), "node {number} is running");
        let text = plan.configuration(number, &links.seeds(number), begins);
        fs::write(configuration(&self.folder, number), text)?;
        let log = self.folder.join(format!("node{number}.log"));
        let log = File::options().create(true).append(true).open(log)?;
        let program = std::env::current_exe().context("where this program is")?;
        let child = Command::new(program)
            .args(["node", "--config"])
            .arg(format!("node{number}.toml"))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start node {number}"))?;
        self.children[number] = Some(child);
        Ok(())
    }

    /// Whether a node is running.
    pub(super) fn is_running(&mut self, number: usize) -> bool {
        let child = self.children[number].as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Ends a node without warning.
    pub(super) fn kill(&mut self, number: usize) -> Result<()> {
        ensure!(self.is_running(number), "node {number} is not running");
        if let Some(mut child) = self.children[number].take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Ends all nodes.
    pub(super) fn stop(&mut self) {
        for child in self.children.iter().flatten() {
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ended_already = kill_process(pid, Signal::TERM);
            }
        }
        let deadline = Instant::now() + STOP_LIMIT;
        for mut child in self.children.iter_mut().filter_map(Option::take) {
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ended_already = child.kill();
            let _reaped_already = child.wait();
        }
    }
}

fn configuration(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("node{number}.toml"))
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.stop();
    }
}
