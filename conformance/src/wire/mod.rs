//! Wire vectors: bytes beside JSON beside digests, as the reference made them.

mod blocks;
mod form;
mod keys;
mod operations;
mod transactions;

use crate::compare::Difference;
use crate::recording;
use crate::report::Report;
use serde_json::Value;
use std::io;
use std::path::Path;

/// Checks the four files of a folder of wire vectors.
pub fn run(dir: &Path) -> io::Result<Report> {
    let mut report = operations::check_file(&recording::find(dir, "operations")?)?;
    report.append(check_lines(&recording::find(dir, "transactions")?, transactions::check)?);
    report.append(check_lines(&recording::find(dir, "blocks")?, blocks::check)?);
    report.append(keys::check_file(&recording::find(dir, "keys")?)?);
    Ok(report)
}

/// Checks each line of a file on its own. `check` gives what the line is about and where it
/// differs.
fn check_lines(
    path: &Path,
    check: impl Fn(&Value) -> (String, Vec<Difference>),
) -> io::Result<Report> {
    let mut report = Report::default();
    for (index, line) in recording::objects(path)?.iter().enumerate() {
        let (subject, differences) = check(line);
        report.add(&recording::name(path), index + 1, &subject, differences);
    }
    Ok(report)
}

/// The text of a member, empty where there is none.
fn text<'a>(line: &'a Value, member: &str) -> &'a str {
    line[member].as_str().unwrap_or_default()
}

/// Appends a difference unless the member is equal to what Carbyne has.
fn expect(differences: &mut Vec<Difference>, line: &Value, member: &str, got: impl ToString) {
    let got = got.to_string();
    if text(line, member) != got {
        differences.push(Difference::new(member, text(line, member), got));
    }
}
