//! Nothing goes untested: every operation is applied in a recording, and every reason to refuse
//! comes back from a recording or stands in a table of a test beside the code.
//!
//! A table names a reason as `"Enum::Variant"`, or as `=> Enum::Variant` in a text; the test it
//! belongs to fails if that is not what comes back.

use super::{API, SCENARIOS, repository};
use carbyne_protocol::ops::Operation;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The one operation that nobody can send and the chain never makes.
const NEVER_APPLIED: &str = "account_transfer";

#[test]
fn every_operation_is_applied_in_a_recording() {
    let applied = |name: &&str| {
        [&SCENARIOS, &API].iter().any(|report| report.coverage.accepted.contains(name))
    };
    let names = Operation::TABLE.iter().map(|(_, name, _)| *name);
    let missing: Vec<&str> = names.filter(|name| !applied(name)).collect();
    assert_eq!(missing, [NEVER_APPLIED]);
}

#[test]
fn every_refusal_comes_back_from_a_recording_or_a_table() {
    let sources = sources();
    let defined: BTreeSet<String> = sources.iter().flat_map(|source| reasons(source)).collect();
    let refused: BTreeSet<&str> = [&SCENARIOS, &API]
        .iter()
        .flat_map(|report| report.coverage.refused.iter().map(String::as_str))
        .collect();
    let unknown: Vec<_> = refused.iter().filter(|reason| !defined.contains(**reason)).collect();
    assert!(unknown.is_empty(), "not found in the sources: {unknown:?}");
    let is_seen = |reason: &str| {
        let (literal, row) = (format!("\"{reason}\""), format!("=> {reason}"));
        refused.contains(reason)
            || sources.iter().any(|source| source.contains(&literal) || has_row(source, &row))
    };
    let missing: Vec<_> = defined.into_iter().filter(|reason| !is_seen(reason)).collect();
    assert!(missing.is_empty(), "{} refusals:\n{}", missing.len(), missing.join("\n"));
}

/// Whether the row ends a line or a text.
fn has_row(source: &str, row: &str) -> bool {
    source.match_indices(row).any(|(at, _)| {
        let after = source[at + row.len()..].chars().next();
        matches!(after, None | Some('\n' | '"'))
    })
}

/// The reasons that the source defines, as `Enum::Variant`.
fn reasons(source: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    for definition in source.split("\nrefusals! {\n").skip(1) {
        let definition = definition.split("\n}\n").next().unwrap_or_default();
        let Some((_, body)) = definition.split_once("pub enum ") else { continue };
        let name = first_word(body);
        // The names of variants stand eight columns in, their texts further.
        let variants = body.lines().filter_map(|line| line.strip_prefix("        "));
        let variants = variants.filter(|line| line.starts_with(char::is_uppercase));
        reasons.extend(variants.map(|line| format!("{name}::{}", first_word(line))));
    }
    reasons
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// The sources of all crates.
fn sources() -> Vec<String> {
    let mut sources = Vec::new();
    read(&repository().join("crates"), &mut sources);
    sources
}

fn read(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(fs::read_to_string(&path).unwrap());
        }
    }
}
