//! The table of commands: every one with its parameters, help, example and handler.
//!
//! The command line, the interactive shell, both endpoints, completion, help and the test of
//! completeness come from it. A command is one row and one function in the file of its family.

mod accounts;
mod assets;
mod blind;
mod builder;
mod chain;
mod contracts;
mod files;
mod general;
mod governance;
mod history;
mod keys;
mod markets;
mod messages;
mod operations;
mod transfers;

pub(crate) use general::explain;
pub(crate) use messages::encapsulated;

use crate::arguments::{Arguments, Parameter, signature};
use crate::error::{Result, WalletError};
use crate::review::{Manner, Send};
use crate::wallet::Wallet;
use serde_json::Value;

/// What a command does.
type Run = fn(&mut Wallet, &Arguments) -> Result<Value>;

/// A command.
#[derive(Debug)]
pub struct Command {
    /// Name and parameters, as [`signature`] reads them.
    signature: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// A line that somebody could type.
    pub example: &'static str,
    run: Run,
    /// Whether the reference's wallet has it.
    pub is_reference: bool,
}

const fn command(
    signature: &'static str,
    help: &'static str,
    example: &'static str,
    run: Run,
) -> Command {
    Command { signature, help, example, run, is_reference: true }
}

/// A command that the reference's wallet does not have.
const fn own(
    signature: &'static str,
    help: &'static str,
    example: &'static str,
    run: Run,
) -> Command {
    Command { signature, help, example, run, is_reference: false }
}

const FAMILIES: &[(&str, &[Command])] = &[
    ("Wallet", general::COMMANDS),
    ("Keys", keys::COMMANDS),
    ("Accounts", accounts::COMMANDS),
    ("Transfers and contracts", transfers::COMMANDS),
    ("History", history::COMMANDS),
    ("Markets", markets::COMMANDS),
    ("Assets", assets::COMMANDS),
    ("Votes, witnesses, committee, workers", governance::COMMANDS),
    ("Transactions and proposals", builder::COMMANDS),
    ("Transactions in files", files::COMMANDS),
    ("Contracts of chains that have them", contracts::COMMANDS),
    ("Any operation", operations::COMMANDS),
    ("Memos and messages", messages::COMMANDS),
    ("Blind transfers", blind::COMMANDS),
    ("Chain and node", chain::COMMANDS),
];

/// The families of commands with their names.
pub fn families() -> impl Iterator<Item = (&'static str, &'static [Command])> {
    FAMILIES.iter().copied()
}

/// Every command.
pub fn all() -> impl Iterator<Item = &'static Command> {
    FAMILIES.iter().flat_map(|(_, commands)| commands.iter())
}

/// The command of that name.
pub fn find(name: &str) -> Result<&'static Command> {
    let found = all().find(|command| command.name() == name);
    found.ok_or_else(|| WalletError::NoCommand(name.to_owned()))
}

impl Command {
    /// Its name.
    pub fn name(&self) -> &'static str {
        signature(self.signature).0
    }

    /// Its parameters.
    pub fn parameters(&self) -> Vec<Parameter> {
        signature(self.signature).1
    }

    /// Its name and parameters as a line.
    pub fn usage(&self) -> String {
        let parameter = |one: Parameter| match one.default {
            Some(_) => format!("[{}]", one.name.to_uppercase()),
            None => one.name.to_uppercase(),
        };
        let parameters = self.parameters().into_iter().map(parameter);
        let words: Vec<String> =
            std::iter::once(self.name().to_owned()).chain(parameters).collect();
        words.join(" ")
    }
}

impl Wallet {
    /// Carries out a command with its arguments by position.
    pub fn run(&mut self, name: &str, mut values: Vec<Value>) -> Result<Value> {
        self.touch();
        let command = find(name)?;
        if self.data().is_ok_and(|data| !data.pending.is_empty()) {
            let _the_next_command_tries_again = self.claim_pending();
        }
        let parameters = command.parameters();
        let broadcast = parameters.iter().position(|one| one.name == "broadcast");
        // A person means what it says; a program says what it means.
        if let (Some(at), Manner::Person(_)) = (broadcast, &self.manner)
            && values.len() == at
        {
            values.push(true.into());
        } else if let (Some(at), Manner::Person(_)) = (broadcast, &self.manner)
            && values.len() < at
        {
            let defaults = parameters.iter().skip(values.len()).take(at - values.len());
            let defaults: Option<Vec<Value>> =
                defaults.map(|one| serde_json::from_str(one.default?).ok()).collect();
            if let Some(defaults) = defaults {
                values.extend(defaults);
                values.push(true.into());
            }
        }
        (command.run)(self, &Arguments::new(parameters, values, self.dialect)?)
    }
}

/// Whether what an argument says is to be sent.
fn send(arguments: &Arguments, at: usize) -> Result<Send> {
    Ok(if arguments.get(at)? { Send::Broadcast } else { Send::SignOnly })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::words;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_examples_begin_with_them() {
        let mut names = BTreeSet::new();
        for command in all() {
            assert!(names.insert(command.name()), "{} is there twice", command.name());
            assert_eq!(command.example.split(' ').next(), Some(command.name()));
            assert!(command.help.ends_with('.'), "{}", command.name());
        }
    }

    #[test]
    fn every_example_has_arguments_that_can_be_read() {
        for command in all() {
            let given = words(command.example);
            let parameters = command.parameters();
            let needed = parameters.iter().filter(|one| one.default.is_none() && !one.is_secret());
            assert!(given.len() <= parameters.len() + 1, "{}: too many", command.example);
            assert!(needed.count() < given.len() + 1, "{}: too few", command.example);
            for (parameter, word) in parameters.iter().zip(given.iter().skip(1)) {
                if !word.starts_with('@') && word != "-" {
                    assert!(parameter.read(word).is_ok(), "{}: {word}", command.example);
                }
            }
        }
    }

    #[test]
    fn defaults_are_json_and_stand_at_the_end() {
        for command in all() {
            let parameters = command.parameters();
            for default in parameters.iter().filter_map(|one| one.default) {
                assert!(serde_json::from_str::<Value>(default).is_ok(), "{}", command.name());
            }
            let ends: Vec<bool> = parameters.iter().map(|one| one.default.is_some()).collect();
            assert!(ends.is_sorted(), "{}", command.name());
        }
    }
}
