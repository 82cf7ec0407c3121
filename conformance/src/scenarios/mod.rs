//! Scenarios: everything that entered the reference's chain database, and what became of it.

mod branch;
mod event;
pub(crate) mod objects;
mod replay;

use crate::compare::Difference;
use crate::recording;
use crate::report::{Failure, Report};
use rayon::prelude::*;
use replay::Replay;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use branch::Branch;
pub use event::trust;

/// What of a scenario is checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Leave out transactions that are not in blocks.
    pub blocks_only: bool,
    /// Compare a hash of the whole state around whatever is refused.
    pub thorough: bool,
    /// Threads to use; 0 for one per processor.
    pub threads: usize,
}

/// Checks the scenarios that `paths` name.
pub fn run(paths: &[PathBuf], options: Options) -> io::Result<Report> {
    let mut files = recording::all(paths)?;
    let names: Vec<PathBuf> = files.clone();
    // The longest ones first, so that no thread is left with one at the end.
    files.sort_by_key(|path| std::cmp::Reverse(path.metadata().map_or(0, |data| data.len())));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build();
    let threads = threads.map_err(io::Error::other)?;
    let mut done: Vec<(PathBuf, Report)> = threads.install(|| {
        let check = |path: PathBuf| {
            let report = check_file(&path, options);
            let report = report.unwrap_or_else(|error| unreadable(&path, &error));
            (path, report)
        };
        files.into_par_iter().map(check).collect()
    });
    done.sort_by_key(|(path, _)| names.iter().position(|name| name == path));
    let mut report = Report::default();
    done.into_iter().for_each(|(_, one)| report.append(one));
    Ok(report)
}

/// One case: the failures of a scenario's first failing event, or none.
fn check_file(path: &Path, options: Options) -> io::Result<Report> {
    let mut replay = Replay::new(options);
    for (index, line) in recording::lines(path)?.enumerate() {
        let event = serde_json::from_str(&line?)?;
        // A panic is a failure of this scenario and says nothing about the others.
        let mismatches = catch_unwind(AssertUnwindSafe(|| replay.step(&event)))
            .unwrap_or_else(|panic| vec![("event".to_owned(), vec![panicked(&*panic)])]);
        if !mismatches.is_empty() {
            let failures = failures(&recording::name(path), index + 1, mismatches);
            return Ok(Report { failures, ..Report::default() });
        }
    }
    Ok(Report { passed: 1, coverage: replay.coverage, ..Report::default() })
}

fn unreadable(path: &Path, error: &io::Error) -> Report {
    let failure = Failure {
        file: recording::name(path),
        event: 0,
        subject: "file".to_owned(),
        differences: vec![Difference::new("content", "a scenario", error)],
        cases: 1,
    };
    Report { failures: vec![failure], ..Report::default() }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Difference {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Difference::new("panic", "none", text.unwrap_or("of unknown reason"))
}

/// One line per thing that differs; together they are one failing case.
fn failures(file: &str, event: usize, mismatches: objects::Mismatches) -> Vec<Failure> {
    let failure = |(index, (subject, differences))| Failure {
        file: file.to_owned(),
        event,
        subject,
        differences,
        cases: usize::from(index == 0),
    };
    mismatches.into_iter().enumerate().map(failure).collect()
}
