//! Texts of ours: a file with a `## method` for every method that has more to say than its
//! sentence.
//!
//! Lines of a section are paragraphs of the page, but for these: `- name: words` explains a
//! parameter; `call [...]` is the example, where not the shortest recorded call is; `answer ...`
//! its answer, where this tool cannot make it and another test does; `refused [...]` a call that is
//! refused; `lists` stands for the lists there are; `notice N` shows the first recorded notice for
//! callback `N`. `"$block N"` in a call stands for the recorded block `N`, `"$transaction N"` for
//! its first transaction: the call is then made before that block.

use super::wrong;
use crate::recording;
use carbyne_api::methods::List;
use carbyne_wire::Tags;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The sections of a file.
pub(super) struct Texts(BTreeMap<String, Text>);

/// What is said of one method.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// Paragraphs.
    pub(super) prose: String,
    /// Words on parameters by name.
    pub(super) parameters: BTreeMap<String, String>,
    /// Arguments of the example.
    pub(super) call: Option<Value>,
    /// Its answer, if it is not made here.
    pub(super) answer: Option<Value>,
    /// Arguments of calls that are refused.
    pub(super) refused: Vec<Value>,
    /// A callback whose first recorded notice is shown.
    pub(super) notice: Option<u64>,
}

impl Texts {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let text = String::from_utf8_lossy(&recording::bytes(path)?).into_owned();
        let mut sections = BTreeMap::new();
        let mut name = String::new();
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("## ") {
                name = next.to_owned();
            }
            let section: &mut Text = sections.entry(name.clone()).or_default();
            if !line.starts_with('#') {
                let read = section.read(line);
                read.map_err(|error| wrong(format!("{}: {line}: {error}", path.display())))?;
            }
        }
        Ok(Self(sections))
    }

    pub(super) fn of(&self, method: &str) -> Option<Text> {
        self.0.get(method).cloned()
    }

    /// Refuses sections about methods that are not there.
    pub(super) fn has_only<'a>(&self, methods: impl Iterator<Item = &'a str>) -> io::Result<()> {
        let methods: Vec<&str> = methods.collect();
        let unknown = self.0.keys().find(|name| !name.is_empty() && !methods.contains(&&***name));
        unknown.map_or(Ok(()), |name| Err(wrong(format!("a text about no method: {name}"))))
    }

    /// What is said of a parameter wherever no method says something else.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.0.get("")?.parameters.get(name).map(String::as_str)
    }
}

/// The lists there are, as code.
fn lists() -> String {
    let lines: String = List::all(Tags::Reference).map(|list| format!("{}\n", list.line)).collect();
    format!("```\n{lines}```\n")
}

impl Text {
    fn read(&mut self, line: &str) -> serde_json::Result<()> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "call" => self.call = Some(serde_json::from_str(rest)?),
            "answer" => self.answer = Some(serde_json::from_str(rest)?),
            "refused" => self.refused.push(serde_json::from_str(rest)?),
            "notice" => self.notice = Some(serde_json::from_str(rest)?),
            "lists" => self.prose.push_str(&lists()),
            "-" => {
                let (name, words) = rest.split_once(": ").unwrap_or((rest, ""));
                self.parameters.insert(name.to_owned(), words.to_owned());
            }
            _ => {
                self.prose.push_str(line);
                self.prose.push('\n');
            }
        }
        Ok(())
    }
}
