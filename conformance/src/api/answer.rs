//! Recorded answers against ours. Of an error the code is compared and the message but for the
//! asserted expression, which is source text of the reference.

use crate::compare::{Difference, Numbers, compare};
use serde_json::{Map, Value};

/// What an error message of the reference begins with if it quotes an asserted expression.
const ASSERTED: &str = "Execution error: Assert Exception: ";

/// The member of accounts that is not recorded: the reference leaves it uninitialised at genesis.
const LEFT_OUT: &str = "num_committee_voted";

/// The value without what is not recorded, wherever in it an account stands.
pub(super) fn recorded(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = recorded(item.take())),
        Value::Object(members) => {
            members.shift_remove(LEFT_OUT);
            members.values_mut().for_each(|member| *member = recorded(member.take()));
        }
        _ => {}
    }
    value
}

/// Compares the `result` or `error` of a question with that of an answer.
pub(super) fn compare_answers(wanted: &Value, got: &Value) -> Vec<Difference> {
    let part = |value: &Value| {
        let parts = ["result", "error"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), value.get(name)?.clone())));
        Value::Object(parts.collect::<Map<_, _>>())
    };
    compare_frames(&part(wanted), &part(got))
}

/// Compares whole answers.
pub(super) fn compare_frames(wanted: &Value, got: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (mut wanted, mut got) = (recorded(wanted.clone()), recorded(got.clone()));
    if let (Some(wanted), Some(got)) = (wanted.get_mut("error"), got.get_mut("error")) {
        compare_errors(wanted, got, &mut differences);
    }
    compare("", &wanted, &got, Numbers::AsWritten, &mut differences);
    differences
}

/// Compares two errors and takes out what was compared, or need not be equal.
fn compare_errors(wanted: &mut Value, got: &mut Value, differences: &mut Vec<Difference>) {
    let text = |error: &Value| error["message"].as_str().unwrap_or_default().to_owned();
    let (wanted_text, got_text) = (text(wanted), text(got));
    if !messages_agree(&wanted_text, &got_text) {
        differences.push(Difference::new("error.message", wanted_text, got_text));
    }
    for error in [wanted, got] {
        if let Some(members) = error.as_object_mut() {
            members.remove("message");
            members.remove("data");
        }
    }
}

/// Whether two messages are equal but for an asserted expression.
fn messages_agree(wanted: &str, got: &str) -> bool {
    match wanted.strip_prefix(ASSERTED) {
        None => wanted == got,
        Some(rest) => {
            let words = rest.split_once(": ").map_or(rest, |(_, words)| words);
            got.starts_with(ASSERTED) && got.ends_with(words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asserted_expression_may_differ_and_nothing_else() {
        let asserted = |text: &str| format!("{ASSERTED}{text}");
        assert!(messages_agree(&asserted("a > b: too few"), &asserted("ours: too few")));
        assert!(messages_agree(&asserted("opt_block: "), &asserted("there is no block")));
        assert!(!messages_agree(&asserted("a > b: too few"), &asserted("too many")));
        assert!(!messages_agree("Execution error: a: b", "Execution error: c: b"));
    }
}
