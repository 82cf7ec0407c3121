//! The interactive wallet: a line, an answer, until `quit`.
//!
//! Completes commands by their table, accounts and assets by asking the node. Lines with secrets
//! are not kept.

use crate::arguments::words;
use crate::commands::{all, find};
use crate::console::{Passwords, Secrets, values};
use crate::error::{Result, WalletError};
use crate::node::Node;
use crate::output;
use crate::show;
use crate::wallet::Wallet;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// A wallet that several threads use.
pub type Shared = Arc<Mutex<Wallet>>;

/// The wallet; one that a thread left in the middle of something is as it was written last.
pub fn locked(wallet: &Shared) -> MutexGuard<'_, Wallet> {
    wallet.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

struct Completion {
    wallet: Shared,
}

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Validator for Completion {}

impl Hinter for Completion {
    type Hint = String;

    /// The parameters that are still to come.
    fn hint(&self, line: &str, position: usize, _: &Context<'_>) -> Option<String> {
        if position < line.len() || !line.ends_with(' ') {
            return None;
        }
        let given = words(line);
        let parameters = find(given.first()?).ok()?.parameters();
        let rest = parameters.iter().skip(given.len() - 1).map(|one| one.name.to_uppercase());
        let rest: Vec<String> = rest.collect();
        (!rest.is_empty()).then(|| rest.join(" "))
    }
}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..position).unwrap_or_default();
        let start = before.rfind(' ').map_or(0, |space| space + 1);
        let word = before.get(start..).unwrap_or_default();
        let given = words(before.get(..start).unwrap_or_default());
        let pair = |text: String| Pair { display: text.clone(), replacement: text };
        let found = match given.first() {
            None => beginning_with(word),
            Some(command) => self.arguments(command, given.len() - 1, word),
        };
        Ok((start, found.into_iter().map(pair).collect()))
    }
}

fn beginning_with(word: &str) -> Vec<String> {
    let mut names: Vec<String> = all().map(|command| command.name().to_owned()).collect();
    names.retain(|name| name.starts_with(word));
    names.sort();
    names
}

impl Completion {
    fn arguments(&self, command: &str, at: usize, word: &str) -> Vec<String> {
        if matches!(command, "gethelp" | "help") {
            return beginning_with(word);
        }
        let parameters = find(command).map(|command| command.parameters()).unwrap_or_default();
        let Some(parameter) = parameters.get(at) else { return Vec::new() };
        match parameter.kind.trim_matches(['[', ']', '?']) {
            "bool" => ["true", "false"]
                .into_iter()
                .filter(|one| one.starts_with(word))
                .map(str::to_owned)
                .collect(),
            kind @ ("account" | "asset") if !word.is_empty() => {
                let wallet = locked(&self.wallet);
                let node: Option<&Node> = wallet.node().ok();
                node.map(|node| node.beginning_with(kind, word)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

/// How the shell is to behave.
pub struct Shell {
    /// Where passwords come from.
    pub passwords: Passwords,
    /// Whether answers are JSON.
    pub is_json: bool,
    /// Where lines are kept.
    pub history: Option<PathBuf>,
}

/// What stands before the line.
fn prompt(wallet: &Wallet) -> &'static str {
    match () {
        () if wallet.is_new() => "new >>> ",
        () if wallet.is_locked() => "locked >>> ",
        () => "unlocked >>> ",
    }
}

/// Locks a wallet that was not used for long, however long its shell waits for a line.
fn watch_idleness(wallet: &Shared) {
    let wallet = Arc::downgrade(wallet);
    std::thread::spawn(move || {
        while let Some(wallet) = wallet.upgrade() {
            if locked(&wallet).lock_if_idle() {
                output::note("locked: it was not used for a while");
            }
            drop(wallet);
            std::thread::sleep(Duration::from_secs(1));
        }
    });
}

impl Shell {
    /// Reads lines until `quit` or the end.
    pub fn run(&self, wallet: &Shared) -> Result<()> {
        let failed = |error: ReadlineError| WalletError::impossible(error.to_string());
        let mut editor: Editor<Completion, FileHistory> = Editor::new().map_err(failed)?;
        editor.set_helper(Some(Completion { wallet: wallet.clone() }));
        if let Some(history) = &self.history {
            let _there_may_be_none = editor.load_history(history);
        }
        watch_idleness(wallet);
        output::note("`help` lists the commands, `gethelp transfer` explains one, `quit` ends.");
        loop {
            let line = match editor.readline(prompt(&locked(wallet))) {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) => continue,
                Err(_) => return Ok(()),
            };
            if !has_secret(&line) {
                let _it_is_only_history = editor.add_history_entry(line.as_str());
            }
            match self.line(wallet, &line) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => drop(output::print(&text)),
                Err(WalletError::Quit) => break,
                Err(error) => output::note(&format!("error: {error}")),
            }
            if let Some(history) = &self.history {
                let _it_is_only_history = editor.save_history(history);
            }
        }
        Ok(())
    }

    /// Carries out a line; the text of its answer.
    fn line(&self, wallet: &Shared, line: &str) -> Result<String> {
        let given = words(line);
        let Some((command, rest)) = given.split_first() else { return Ok(String::new()) };
        let values = match (command.as_str(), rest) {
            ("help", [one, ..]) => return crate::commands::explain(one),
            _ => values(command, rest, Secrets::Inline)?,
        };
        let mut wallet = locked(wallet);
        let answer = wallet.run(command, values.clone());
        let answer = match answer {
            Err(WalletError::Locked | WalletError::New) => {
                self.passwords.open(&mut wallet)?;
                wallet.run(command, values)
            }
            answer => answer,
        }?;
        Ok(self.shown(&wallet, command, &answer))
    }

    fn shown(&self, wallet: &Wallet, command: &str, answer: &Value) -> String {
        match self.is_json {
            true => answer.to_string(),
            false => show::answer(wallet, command, answer),
        }
    }
}

/// Whether a line has a secret in it, which is not to be kept.
fn has_secret(line: &str) -> bool {
    let given = words(line);
    let Some(command) = given.first().and_then(|name| find(name).ok()) else { return false };
    let parameters = command.parameters();
    parameters.iter().zip(given.iter().skip(1)).any(|(parameter, _)| parameter.is_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_secrets_are_not_kept() {
        assert!(has_secret("unlock hunter2"));
        assert!(has_secret("import_key ann 5K"));
        assert!(!has_secret("unlock"));
        assert!(!has_secret("transfer ann bob 1 BTS"));
    }

    #[test]
    fn commands_are_completed_by_their_beginnings() {
        assert_eq!(beginning_with("sell_"), ["sell_asset"]);
        assert!(beginning_with("").len() > 100);
    }
}
