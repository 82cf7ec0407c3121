//! The interface: a chain that the reference made, and what the reference answered about it.

mod answer;
mod host;
mod lists;
mod notices;

use crate::compare::Difference;
use crate::recording;
use crate::report::Report;
use crate::scenarios::objects;
use crate::supply;
use answer::compare_answers;
use carbyne_api::Session;
pub use lists::run_lists;

pub(crate) use host::{Happening, Host, Rights};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Brings a chain to the recorded state and compares its objects.
fn replay(dir: &Path, blocks: &[Value]) -> io::Result<(Host, Report)> {
    let mut report = Report::default();
    let mut host = Host::begin(dir, Rights::Default)?;
    push_blocks(&mut host, blocks, &mut report);
    compare_objects(&host, dir, &mut report)?;
    Ok((host, report))
}

/// Brings a chain to the recorded state, and compares its objects, its answers and its notices.
pub fn run(dir: &Path) -> io::Result<Report> {
    let blocks = recording::objects(&recording::find(dir, "blocks")?)?;
    let (mut host, mut report) = replay(dir, &blocks)?;
    ask_questions(&mut host, dir, &mut report)?;
    send_frames(&mut host, dir, &mut report)?;
    report.coverage.append(std::mem::take(&mut host.coverage));
    let mut host = Host::begin(dir, Rights::Everything)?;
    push_blocks(&mut host, &blocks, &mut Report::default());
    notices::run(&mut host, dir, &mut report)?;
    report.coverage.append(host.coverage);
    Ok(report)
}

/// Pushes the recorded blocks with all checks.
fn push_blocks(host: &mut Host, blocks: &[Value], report: &mut Report) {
    for (line, block) in blocks.iter().enumerate() {
        let mut differences = Vec::new();
        if let Err(error) = host.push_packed(block["hex"].as_str().unwrap_or_default()) {
            differences.push(Difference::new("outcome", "applied", error));
        }
        let (wanted, got) = (block["id"].as_str().unwrap_or_default(), host.head());
        if wanted != got {
            differences.push(Difference::new("head", wanted, got));
        }
        differences.extend(supply::check(host.ledger()));
        report.coverage.append(std::mem::take(&mut host.coverage));
        report.add("blocks.jsonl", line + 1, &format!("block {}", block["num"]), differences);
    }
}

fn compare_objects(host: &Host, dir: &Path, report: &mut Report) -> io::Result<()> {
    let wanted = recording::objects(&recording::find(dir, "final")?)?;
    let mismatches = objects::compare_all(&wanted, host.ledger());
    report.passed += wanted.len().saturating_sub(mismatches.len());
    for (subject, differences) in mismatches {
        let line = wanted.iter().position(|object| object["id"] == subject.as_str());
        report.add("final.jsonl", line.map_or(0, |line| line + 1), &subject, differences);
    }
    Ok(())
}

/// A call as clients write it; the login API has no name of its own.
pub(crate) fn call(api: &Value, method: &Value, params: &Value) -> String {
    let api = if api == "login" { json!(1) } else { api.clone() };
    json!({ "id": 1, "method": "call", "params": [api, method, params] }).to_string()
}

fn ask_questions(host: &mut Host, dir: &Path, report: &mut Report) -> io::Result<()> {
    for (line, question) in recording::objects(&recording::find(dir, "api")?)?.iter().enumerate() {
        let mut session = Session::new(&host.settings.open);
        for before in question["before"].as_array().into_iter().flatten() {
            host.ask(&mut session, &call(&before[0], &before[1], &before[2]));
        }
        let (api, method) = (&question["api"], &question["method"]);
        let answer = host.ask(&mut session, &call(api, method, &question["params"]));
        let differences = compare_answers(question, answer.as_ref().unwrap_or(&Value::Null));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let subject = format!("{}.{} {}", text(api), text(method), question["params"]);
        report.add("api.jsonl", line + 1, &shortened(subject), differences);
    }
    Ok(())
}

/// How many arguments each method asks for, given or not, at most over all recorded questions; by
/// API and method.
pub fn arguments_asked_for(dir: &Path) -> io::Result<BTreeMap<(String, String), usize>> {
    let blocks = recording::objects(&recording::find(dir, "blocks")?)?;
    let mut host = Host::begin(dir, Rights::Default)?;
    push_blocks(&mut host, &blocks, &mut Report::default());
    let mut asked = BTreeMap::new();
    for question in recording::objects(&recording::find(dir, "api")?)? {
        let mut session = Session::new(&host.settings.open);
        host.ask(&mut session, &call(&question["api"], &question["method"], &question["params"]));
        if let Some((set, method)) = session.called {
            let most = asked.entry((set.name().to_owned(), method.to_owned())).or_default();
            *most = session.asked.max(*most);
        }
    }
    Ok(asked)
}

/// A subject that fits on a line.
fn shortened(mut subject: String) -> String {
    const LENGTH_MAX: usize = 160;
    if let Some((cut, _)) = subject.char_indices().nth(LENGTH_MAX) {
        subject.truncate(cut);
        subject.push('…');
    }
    subject
}

fn send_frames(host: &mut Host, dir: &Path, report: &mut Report) -> io::Result<()> {
    for (line, frame) in recording::objects(&recording::find(dir, "frames")?)?.iter().enumerate() {
        let mut session = Session::new(&host.settings.open);
        let text = frame["frame"].as_str().unwrap_or_default();
        let got = host.ask(&mut session, text).unwrap_or_else(|| json!("silence"));
        let differences = answer::compare_frames(&frame["answer"], &got);
        report.add("frames.jsonl", line + 1, text, differences);
    }
    Ok(())
}
