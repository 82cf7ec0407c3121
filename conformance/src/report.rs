//! What a run found: how many cases passed and where the others differ.

use crate::compare::Difference;
use crate::coverage::Coverage;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Values longer than this many bytes are cut in text reports.
const VALUE_WIDTH_MAX: usize = 200;
/// Fields after this many are only counted in text reports.
const FIELDS_MAX: usize = 8;

/// A case, or several that fail for the same reason.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The recording.
    pub file: String,
    /// Line of the recording, counted from 1.
    pub event: usize,
    /// The object or thing that differs.
    pub subject: String,
    /// Where it differs.
    pub differences: Vec<Difference>,
    /// Number of failing cases this stands for.
    pub cases: usize,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Cases without any difference.
    pub passed: usize,
    /// The others.
    pub failures: Vec<Failure>,
    /// What the chain answered on the way.
    pub coverage: Coverage,
}

impl Report {
    /// Number of failing cases.
    pub fn failed(&self) -> usize {
        self.failures.iter().map(|failure| failure.cases).sum()
    }

    /// Counts a case that passed if it has no differences.
    pub fn add(&mut self, file: &str, event: usize, subject: &str, differences: Vec<Difference>) {
        if differences.is_empty() {
            self.passed += 1;
            return;
        }
        self.failures.push(Failure {
            file: file.to_owned(),
            event,
            subject: subject.to_owned(),
            differences,
            cases: 1,
        });
    }

    /// Adds the outcome of another run.
    pub fn append(&mut self, other: Self) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
        self.coverage.append(other.coverage);
    }

    /// One line per failing case and a closing line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            let _ = writeln!(text, "{}", failure.text());
        }
        let _ = writeln!(text, "{} passed, {} failed", self.passed, self.failed());
        text
    }

    /// The same as JSON objects, one per line.
    pub fn json_lines(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            let _ = writeln!(text, "{}", failure.json());
        }
        let _ = writeln!(text, "{}", json!({"passed": self.passed, "failed": self.failed()}));
        text
    }
}

impl Failure {
    fn text(&self) -> String {
        let mut text = format!("{}:{}: {}:", self.file, self.event, self.subject);
        for difference in self.differences.iter().take(FIELDS_MAX) {
            let (wanted, got) = (short(&difference.wanted), short(&difference.got));
            let _ = write!(text, " {} wanted {wanted}, got {got};", difference.field);
        }
        if self.differences.len() > FIELDS_MAX {
            let _ = write!(text, " and {} more", self.differences.len() - FIELDS_MAX);
        }
        if self.cases > 1 {
            let _ = write!(text, " ({} cases)", self.cases);
        }
        text.trim_end_matches(';').to_owned()
    }

    fn json(&self) -> Value {
        let fields: Vec<Value> = self
            .differences
            .iter()
            .map(|d| json!({"field": d.field, "wanted": d.wanted, "got": d.got}))
            .collect();
        json!({
            "file": self.file,
            "event": self.event,
            "subject": self.subject,
            "fields": fields,
            "cases": self.cases,
        })
    }
}

fn short(value: &Option<Value>) -> String {
    let mut text = value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    if text.len() > VALUE_WIDTH_MAX {
        let cut = (0..=VALUE_WIDTH_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    text
}
