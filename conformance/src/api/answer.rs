//! Recorded answers against ours. Of an error everything is compared but the stack of `data`, in
//! which the reference shows its own calls, and what we say there beside it; where no `data` was
//! recorded, ours is not looked at.

use crate::compare::{Difference, Numbers, compare};
use serde_json::{Map, Value};

/// What of the `data` of an error is compared.
const COMPARED: [&str; 3] = ["code", "name", "message"];

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
    let has_data = wanted.pointer("/error/data").is_some();
    let [wanted, got] = [wanted, got].map(|answer| {
        let mut answer = recorded(answer.clone());
        if let Some(error) = answer.get_mut("error").and_then(Value::as_object_mut) {
            error.retain(|name, _| has_data || name != "data");
        }
        if let Some(data) = answer.pointer_mut("/error/data").and_then(Value::as_object_mut) {
            data.retain(|name, _| COMPARED.contains(&name.as_str()));
        }
        answer
    });
    compare("", &wanted, &got, Numbers::AsWritten, &mut differences);
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stack_may_differ_and_no_word_of_a_message() {
        let error = |message: &str, stack: &str| {
            let data = json!({"name": "a", "stack": stack});
            json!({"error": {"code": 10, "message": message, "data": data}})
        };
        let differences = |other: &Value| compare_frames(&error("a > b: too few", "here"), other);
        assert_eq!(differences(&error("a > b: too few", "there")), []);
        assert_eq!(differences(&error("a >= b: too few", "here")).len(), 1);
        assert_eq!(differences(&json!({"result": 1})).len(), 2);
    }
}
