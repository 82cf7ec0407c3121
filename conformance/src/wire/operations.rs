//! Operations: both forms, stateless validity, default fee, required authorities.

use super::{form, text};
use crate::compare::{Difference, Numbers, compare};
use crate::recording;
use crate::report::{Failure, Report};
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ops::{Operation, RequiredAuthorities};
use carbyne_wire::{Dialect, Json, JsonIn};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Checks every operation; those that Carbyne does not know at all are counted by tag.
pub(super) fn check_file(path: &Path) -> io::Result<Report> {
    let file = recording::name(path);
    let schedule = FeeSchedule::with_defaults();
    let mut report = Report::default();
    let mut unknown: BTreeMap<u64, Failure> = BTreeMap::new();
    for (index, line) in recording::objects(path)?.iter().enumerate() {
        let tag = line["id"].as_u64().unwrap_or(u64::MAX);
        match name_of(tag) {
            Some(name) => {
                let (subject, differences) = check(line, name, &schedule);
                report.add(&file, index + 1, &subject, differences);
            }
            None => {
                unknown
                    .entry(tag)
                    .and_modify(|failure| failure.cases += 1)
                    .or_insert_with(|| not_in_table(&file, index + 1, line));
            }
        }
    }
    report.failures.extend(unknown.into_values());
    Ok(report)
}

fn name_of(tag: u64) -> Option<&'static str> {
    Operation::TABLE.iter().find(|(known, ..)| *known == tag).map(|(_, name, _)| *name)
}

fn not_in_table(file: &str, event: usize, line: &Value) -> Failure {
    Failure {
        file: file.to_owned(),
        event,
        subject: text(line, "name").to_owned(),
        differences: vec![Difference::presence("id", Some(line["id"].clone()), None)],
        cases: 1,
    }
}

fn check(line: &Value, name: &str, schedule: &FeeSchedule) -> (String, Vec<Difference>) {
    let mut differences = Vec::new();
    super::expect(&mut differences, line, "name", name);
    if let Some(operation) = form::decode::<Operation>(line, &mut differences) {
        check_validity(line, &operation, &mut differences);
        check_fee(line, &operation, schedule, &mut differences);
        check_authorities(line, &operation, &mut differences);
    }
    (name.to_owned(), differences)
}

fn check_validity(line: &Value, operation: &Operation, differences: &mut Vec<Difference>) {
    let got = operation.stateless().check_stateless();
    match (line["valid"].as_bool(), got) {
        (Some(true), Ok(())) => {}
        (Some(false), Err(rejected)) => {
            super::expect(differences, line, "error", rejected.words());
        }
        (Some(true), Err(rejected)) => {
            differences.push(Difference::new("valid", true, rejected));
        }
        (_, Ok(())) => differences.push(Difference::new("valid", text(line, "error"), true)),
        (None, Err(rejected)) => differences.push(Difference::new("valid", "?", rejected)),
    }
}

fn check_fee(
    line: &Value,
    operation: &Operation,
    schedule: &FeeSchedule,
    differences: &mut Vec<Difference>,
) {
    match schedule.calculate_fee(operation) {
        Ok(fee) => {
            let (wanted, got) = (&line["default_fee"], Value::from(fee));
            compare("default_fee", wanted, &got, Numbers::ByValue, differences);
        }
        Err(rejected) => {
            differences.push(Difference::new("default_fee", &line["default_fee"], rejected));
        }
    }
}

fn check_authorities(line: &Value, operation: &Operation, differences: &mut Vec<Difference>) {
    let mut operation = operation.clone();
    if let Operation::Custom(custom) = &mut operation {
        // The recorder asked in the way of chains before hard fork core-210, which ignored these
        // accounts.
        custom.required_auths.clear();
    }
    let mut required = RequiredAuthorities::default();
    operation.stateless().require(&mut required);
    let got = [
        ("active", required.active.to_json()),
        ("owner", required.owner.to_json()),
        ("other", required.other.to_json_in(Dialect::REFERENCE)),
    ];
    for (field, got) in got {
        compare(field, &line[field], &got, Numbers::AsWritten, differences);
    }
}
