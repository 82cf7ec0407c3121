//! Signatures of commands and their arguments, from JSON of a program or from words of a person.
//!
//! Never knows what a command does.

use crate::error::{Result, WalletError};
use carbyne_wire::{Dialect, JsonIn};
use serde_json::Value;

/// A parameter of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name, as the reference's.
    pub name: &'static str,
    /// Kind, such as `account` or `[key]`; `?` behind it says that null is none.
    pub kind: &'static str,
    /// Default as JSON, if it may be left out.
    pub default: Option<&'static str>,
}

impl Parameter {
    /// Whether nobody may see it on a screen.
    pub fn is_secret(&self) -> bool {
        self.kind.trim_matches(['[', ']']) == "secret"
    }

    fn is_list(&self) -> bool {
        self.kind.starts_with('[')
    }

    /// Whether words stand for themselves.
    fn is_text(&self) -> bool {
        const TEXTS: [&str; 10] =
            ["account", "amount", "asset", "file", "id", "key", "name", "secret", "text", "time"];
        TEXTS.contains(&self.kind.trim_matches(['[', ']', '?']))
    }

    /// The value that a person means by a word.
    pub fn read(&self, word: &str) -> Result<Value> {
        let wrong = |why: String| WalletError::argument(self.name, why);
        if self.kind.ends_with('?') && word == "null" {
            return Ok(Value::Null);
        }
        if self.is_list() && self.is_text() {
            if let Ok(Value::Array(list)) = serde_json::from_str(word) {
                return Ok(list.into());
            }
            return Ok(word.split(',').filter(|part| !part.is_empty()).collect());
        }
        if self.is_text() {
            return Ok(word.into());
        }
        if let Some(file) = word.strip_prefix('@') {
            let text = std::fs::read_to_string(file).map_err(|error| WalletError::File {
                what: "read",
                file: file.into(),
                error,
            })?;
            let read = serde_json::from_str(&text);
            return read.map_err(|error| wrong(format!("{file} is no JSON: {error}")));
        }
        let value: Value = serde_json::from_str(word)
            .map_err(|_| wrong(format!("\"{word}\" is no {}", self.kind)))?;
        match (self.kind, &value) {
            ("bool", Value::Bool(_)) | ("uint", Value::Number(_)) => Ok(value),
            ("bool" | "uint", _) => Err(wrong(format!("{word} is no {}", self.kind))),
            _ => Ok(value),
        }
    }
}

/// The name and the parameters of `name(parameter: kind = default, …)`.
pub fn signature(text: &'static str) -> (&'static str, Vec<Parameter>) {
    let (name, rest) = text.split_once('(').unwrap_or((text, ")"));
    let inner = rest.strip_suffix(')').unwrap_or(rest);
    let parameters = inner.split(", ").filter(|part| !part.is_empty());
    let parameter = |part: &'static str| {
        let (name, rest) = part.split_once(": ").unwrap_or((part, "text"));
        let (kind, default) = match rest.split_once(" = ") {
            Some((kind, default)) => (kind, Some(default)),
            None => (rest, None),
        };
        Parameter { name, kind, default }
    };
    (name, parameters.map(parameter).collect())
}

/// The arguments of a call, in order of its parameters.
#[derive(Clone, Debug)]
pub struct Arguments {
    parameters: Vec<Parameter>,
    values: Vec<Option<Value>>,
    /// How keys in them are written.
    pub dialect: Dialect,
}

impl Arguments {
    /// The arguments of a program: by position, defaults where they end. More than there are
    /// parameters are ignored, as in the reference. Keys are written as the dialect says.
    pub fn new(parameters: Vec<Parameter>, values: Vec<Value>, dialect: Dialect) -> Result<Self> {
        let mut values: Vec<Option<Value>> = values.into_iter().map(Some).collect();
        values.resize(parameters.len(), None);
        let missing = parameters.iter().zip(&values).find(|(parameter, value)| {
            value.is_none() && parameter.default.is_none() && !parameter.kind.ends_with('?')
        });
        if let Some((parameter, _)) = missing {
            return Err(WalletError::argument(parameter.name, "is missing"));
        }
        Ok(Self { parameters, values, dialect })
    }

    /// The place of the last parameter.
    pub(crate) fn last(&self) -> usize {
        self.parameters.len().saturating_sub(1)
    }

    /// All but the last by name, those that are null left out.
    pub(crate) fn members(&self) -> serde_json::Map<String, Value> {
        let given = (0..self.last()).map(|at| (self.name(at).to_owned(), self.value(at)));
        given.filter(|(_, value)| !value.is_null()).collect()
    }

    fn name(&self, at: usize) -> &'static str {
        self.parameters.get(at).map_or("argument", |parameter| parameter.name)
    }

    /// The value, or its default.
    pub fn value(&self, at: usize) -> Value {
        if let Some(Some(value)) = self.values.get(at) {
            return value.clone();
        }
        let default = self.parameters.get(at).and_then(|parameter| parameter.default);
        default.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// The value as a type that has JSON.
    pub fn get<T: JsonIn>(&self, at: usize) -> Result<T> {
        T::from_json_in(&self.value(at), self.dialect)
            .map_err(|error| WalletError::argument(self.name(at), error.to_string()))
    }

    /// The value as a type that has JSON, none if it is null.
    pub fn maybe<T: JsonIn>(&self, at: usize) -> Result<Option<T>> {
        if self.value(at).is_null() { Ok(None) } else { self.get(at).map(Some) }
    }

    /// The value as text; numbers are written out.
    pub fn text(&self, at: usize) -> Result<String> {
        match self.value(at) {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(is_true) => Ok(is_true.to_string()),
            other => Err(WalletError::argument(self.name(at), format!("{other} is no text"))),
        }
    }

    /// The value as text, none if it is null.
    pub fn maybe_text(&self, at: usize) -> Result<Option<String>> {
        if self.value(at).is_null() { Ok(None) } else { self.text(at).map(Some) }
    }

    /// The value as a list of texts; one text is a list of one.
    pub fn texts(&self, at: usize) -> Result<Vec<String>> {
        match self.value(at) {
            Value::Array(values) => values
                .iter()
                .map(|value| match value {
                    Value::String(text) => Ok(text.clone()),
                    other => {
                        Err(WalletError::argument(self.name(at), format!("{other} is no text")))
                    }
                })
                .collect(),
            Value::Null => Ok(Vec::new()),
            _ => self.text(at).map(|text| vec![text]),
        }
    }
}

/// Words of a line: parted by spaces, kept together by quotes or by the brackets of JSON.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_word) = (Vec::new(), String::new(), false);
    let (mut quote, mut depth, mut is_escaped) = (None, 0_u32, false);
    for c in line.chars() {
        let in_json = depth > 0;
        match (quote, c) {
            (Some(_), _) if is_escaped => {
                word.push(c);
                is_escaped = false;
            }
            (Some('"'), '\\') => {
                is_escaped = true;
                if in_json {
                    word.push(c);
                }
            }
            (Some(open), _) if open == c => {
                quote = None;
                if in_json {
                    word.push(c);
                }
            }
            (Some(_), _) => word.push(c),
            (None, '"') | (None, '\'') if c == '"' || !in_json => {
                (quote, is_word) = (Some(c), true);
                if in_json {
                    word.push(c);
                }
            }
            (None, _) if c.is_whitespace() && !in_json => {
                if std::mem::take(&mut is_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, _) => {
                depth = match c {
                    '{' | '[' if in_json || word.is_empty() => depth + 1,
                    '}' | ']' => depth.saturating_sub(1),
                    _ => depth,
                };
                is_word = true;
                word.push(c);
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_kept_together_by_quotes_and_brackets() {
        let check = |line: &str, wanted: &[&str]| assert_eq!(words(line), wanted, "{line}");
        check("  transfer ann  bob 10 ", &["transfer", "ann", "bob", "10"]);
        check(r#"a "two words" 'and more' """#, &["a", "two words", "and more", ""]);
        check(r#"f {"a": [1, "x y"]} [1, 2]"#, &["f", r#"{"a": [1, "x y"]}"#, "[1, 2]"]);
        check(r#"say "a \"quote\"""#, &["say", r#"a "quote""#]);
        check(r#"j {"a":"b\"} c"} d"#, &["j", r#"{"a":"b\"} c"}"#, "d"]);
    }

    #[test]
    fn signatures_tell_names_kinds_and_defaults() {
        let (name, parameters) = signature("f(a: account, b: [key], c: bool = false)");
        let default = parameters.iter().map(|one| one.default).collect::<Vec<_>>();
        assert_eq!((name, default), ("f", vec![None, None, Some("false")]));
        assert_eq!(parameters[1].read("x,y").ok(), Some(json!(["x", "y"])));
        assert_eq!(parameters[2].read("true").ok(), Some(json!(true)));
        assert!(parameters[2].read("yes").is_err());
        let missing = Arguments::new(parameters.clone(), vec![json!("ann")], Dialect::REFERENCE);
        assert!(missing.is_err_and(|error| error.to_string().contains("b: is missing")));
        let given = Arguments::new(parameters, vec![json!("ann"), json!([])], Dialect::REFERENCE);
        assert_eq!(given.map(|given| given.value(2)).ok(), Some(json!(false)));
    }
}
