//! People at a terminal: what they are shown and asked, passwords, secrets.
//!
//! Secrets come from a prompt without echo, from standard input or from a file, never from the
//! command line.

use crate::arguments::Parameter;
use crate::commands::find;
use crate::error::{Result, WalletError};
use crate::output;
use crate::review::{Review, Reviewer};
use crate::show;
use crate::wallet::Wallet;
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// How somebody agrees to what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Asked each time.
    Ask,
    /// Given in advance.
    Given,
    /// Nothing is sent: it is only shown.
    DryRun,
}

/// Somebody at a terminal.
pub struct Console {
    agreement: Agreement,
    is_json: bool,
}

impl Console {
    /// Somebody who agrees so, and reads tables or JSON.
    pub fn new(agreement: Agreement, is_json: bool) -> Self {
        Self { agreement, is_json }
    }
}

impl Reviewer for Console {
    fn agrees(&mut self, review: &Review) -> bool {
        match self.agreement {
            Agreement::DryRun => {
                let shown =
                    if self.is_json { review.to_json().to_string() } else { show::review(review) };
                let _nobody_reads = output::print(&shown);
                false
            }
            Agreement::Given => {
                if !self.is_json {
                    output::note(&show::review(review));
                }
                true
            }
            Agreement::Ask => {
                output::note(&show::review(review));
                if !output::is_attended() {
                    output::note("nobody is there to agree: --yes agrees in advance");
                    return false;
                }
                let answer = output::ask("send it? [y/N] ").unwrap_or_default();
                matches!(answer.trim(), "y" | "Y" | "yes")
            }
        }
    }

    fn note(&mut self, line: &str) {
        if !self.is_json {
            output::note(line);
        }
    }
}

/// Where a password comes from.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    /// A file, `-` for standard input; none for a prompt.
    pub file: Option<PathBuf>,
}

/// Longest secret that is read, bytes.
const SECRET_MAX: u64 = 64 << 10;

/// The first line of a file, or of standard input for `-`.
fn first_line(file: &str) -> Result<Zeroizing<String>> {
    let failed = |error| WalletError::File { what: "read", file: file.into(), error };
    let mut text = Zeroizing::new(String::new());
    let read = match file {
        "-" => std::io::stdin().lock().take(SECRET_MAX).read_to_string(&mut text),
        file => {
            let opened = std::fs::File::open(file).map_err(failed)?;
            opened.take(SECRET_MAX).read_to_string(&mut text)
        }
    };
    read.map_err(failed)?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn prompt(what: &str) -> Result<Zeroizing<String>> {
    let asked = rpassword::prompt_password(format!("{what}: "));
    let nobody = |_| WalletError::argument(what, "is needed, and nobody is there to be asked");
    asked.map(Zeroizing::new).map_err(nobody)
}

impl Passwords {
    fn get(&self, what: &str) -> Result<Zeroizing<String>> {
        match &self.file {
            Some(file) => first_line(&file.to_string_lossy()),
            None => prompt(what),
        }
    }

    /// A password that is typed twice, so that it is the one that was meant.
    fn new_one(&self) -> Result<Zeroizing<String>> {
        let first = self.get("new password")?;
        if self.file.is_none() && *prompt("again")? != *first {
            return Err(WalletError::argument("password", "was not the same twice"));
        }
        Ok(first)
    }

    /// Opens a wallet; a new one gets a password first.
    pub fn open(&self, wallet: &mut Wallet) -> Result<()> {
        if wallet.is_new() {
            output::note("the wallet is new: choose a password");
            let password = self.new_one()?;
            wallet.set_password(&password)?;
            return wallet.unlock(&password);
        }
        wallet.unlock(&self.get("password")?)
    }
}

/// Whether secrets may stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// As in the interactive shell, whose line nobody else sees.
    Inline,
    /// Not on a command line, which every process sees.
    Hidden,
}

/// The values of a command from the words of a person; secrets that are left out are asked for.
pub fn values(command: &str, words: &[String], secrets: Secrets) -> Result<Vec<Value>> {
    let parameters = find(command)?.parameters();
    let (positional, named) = split(&parameters, words)?;
    let mut positional = positional.into_iter();
    let mut values: Vec<Option<Value>> = Vec::new();
    for parameter in &parameters {
        let word = match named.iter().find(|(name, _)| name == parameter.name) {
            Some((_, word)) => Some(word.clone()),
            None => positional.next(),
        };
        values.push(match word {
            Some(word) if parameter.is_secret() => Some(secret(parameter, &word, secrets)?),
            Some(word) => Some(parameter.read(&word)?),
            None if parameter.is_secret() && parameter.default.is_none() => {
                Some(secret(parameter, "?", secrets)?)
            }
            None => None,
        });
    }
    if let Some(word) = positional.next() {
        return Err(WalletError::argument(command, format!("\"{word}\" is one argument too many")));
    }
    with_defaults(&parameters, values)
}

/// Defaults where something behind them is given; what is left out at the end stays out.
fn with_defaults(parameters: &[Parameter], values: Vec<Option<Value>>) -> Result<Vec<Value>> {
    let count = values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let pairs = parameters.iter().zip(values).take(count);
    let value = |(parameter, value): (&Parameter, Option<Value>)| {
        let default = || parameter.default.and_then(|text| serde_json::from_str(text).ok());
        let missing = || WalletError::argument(parameter.name, "is missing");
        value.or_else(default).ok_or_else(missing)
    };
    pairs.map(value).collect()
}

type Named = Vec<(String, String)>;

/// Words by position, and those that follow `--name`.
fn split(parameters: &[Parameter], words: &[String]) -> Result<(Vec<String>, Named)> {
    let (mut positional, mut named) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        // What begins with more dashes is a text, such as a signed message that somebody pasted.
        let is_name = |name: &&str| name.starts_with(|c: char| c.is_ascii_alphabetic());
        let Some(name) = word.strip_prefix("--").filter(is_name) else {
            positional.push(word.clone());
            continue;
        };
        let name = name.replace('-', "_");
        if !parameters.iter().any(|parameter| parameter.name == name) {
            return Err(WalletError::argument(word, "there is no such option"));
        }
        let value = words.next().ok_or_else(|| WalletError::argument(word, "has no value"))?;
        named.push((name, value.clone()));
    }
    Ok((positional, named))
}

/// A secret: `-` and `@FILE` say where it is, `?` asks.
fn secret(parameter: &Parameter, word: &str, secrets: Secrets) -> Result<Value> {
    let name = parameter.name;
    let text = match word {
        "?" => prompt(name)?,
        "-" => first_line("-")?,
        // Every key of an account: no secret in itself.
        "*" => Zeroizing::new("*".to_owned()),
        word => match word.strip_prefix('@') {
            Some(file) => first_line(file)?,
            None if secrets == Secrets::Inline => Zeroizing::new(word.to_owned()),
            None => return Err(WalletError::SecretInTheOpen(name.to_owned())),
        },
    };
    parameter.read(&text)
}
