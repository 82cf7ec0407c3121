//! Where two JSON values differ.

use serde_json::Value;

/// A member in which two values differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Members and indexes that lead to it.
    pub field: String,
    /// What the recording says; none if the member should not be there.
    pub wanted: Option<Value>,
    /// What Carbyne has; none if the member is missing.
    pub got: Option<Value>,
}

impl Difference {
    /// A difference between two things that have a text.
    pub fn new(field: &str, wanted: impl ToString, got: impl ToString) -> Self {
        let text = |text: String| Some(Value::String(text));
        Self {
            field: field.to_owned(),
            wanted: text(wanted.to_string()),
            got: text(got.to_string()),
        }
    }

    /// A member that is wanted and missing, or there and not wanted.
    pub fn presence(field: &str, wanted: Option<Value>, got: Option<Value>) -> Self {
        Self { field: field.to_owned(), wanted, got }
    }
}

/// Whether an amount written as text and one written as a number count as equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// They differ: the text is what clients see.
    AsWritten,
    /// Equal value is equal.
    ByValue,
}

/// Appends the differences between two values, member by member, in order of the recording.
pub fn compare(
    field: &str,
    wanted: &Value,
    got: &Value,
    numbers: Numbers,
    differences: &mut Vec<Difference>,
) {
    match (wanted, got) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, wanted) in a {
                let field = member(field, name);
                match b.get(name) {
                    Some(got) => compare(&field, wanted, got, numbers, differences),
                    None => {
                        differences.push(Difference::presence(&field, Some(wanted.clone()), None));
                    }
                }
            }
            for (name, got) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                let field = member(field, name);
                differences.push(Difference::presence(&field, None, Some(got.clone())));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (wanted, got)) in a.iter().zip(b).enumerate() {
                compare(&format!("{field}[{index}]"), wanted, got, numbers, differences);
            }
        }
        _ if scalars_equal(wanted, got, numbers) => {}
        _ => differences.push(Difference::presence(field, Some(wanted.clone()), Some(got.clone()))),
    }
}

/// Whether two values are equal.
pub fn equal(wanted: &Value, got: &Value, numbers: Numbers) -> bool {
    match (wanted, got) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, wanted)| {
                    b.get(name).is_some_and(|got| equal(wanted, got, numbers))
                })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b, numbers))
        }
        _ => scalars_equal(wanted, got, numbers),
    }
}

fn scalars_equal(wanted: &Value, got: &Value, numbers: Numbers) -> bool {
    match (wanted, got) {
        (Value::Number(number), Value::String(text))
        | (Value::String(text), Value::Number(number))
            if numbers == Numbers::ByValue =>
        {
            number.to_string() == *text
        }
        _ => wanted == got,
    }
}

fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(wanted: Value, got: Value, numbers: Numbers, fields: &[&str]) {
        let mut differences = Vec::new();
        compare("", &wanted, &got, numbers, &mut differences);
        let found: Vec<&str> = differences.iter().map(|d| d.field.as_str()).collect();
        assert_eq!(found, fields);
        assert_eq!(equal(&wanted, &got, numbers), fields.is_empty());
    }

    #[test]
    fn an_amount_is_equal_as_text_and_as_number_only_by_value() {
        check(json!({"a": 5}), json!({"a": "5"}), Numbers::ByValue, &[]);
        check(json!({"a": 5}), json!({"a": "5"}), Numbers::AsWritten, &["a"]);
        check(json!({"a": 5}), json!({"a": "6"}), Numbers::ByValue, &["a"]);
    }

    #[test]
    fn differences_name_the_way_to_the_member() {
        let (wanted, got) = (json!({"a": [{"b": 1, "c": 2}]}), json!({"a": [{"b": 1, "d": 2}]}));
        check(wanted, got, Numbers::ByValue, &["a[0].c", "a[0].d"]);
        check(json!({"a": [1, 2]}), json!({"a": [1]}), Numbers::ByValue, &["a"]);
    }
}
