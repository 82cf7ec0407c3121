//! Pages as Markdown.

use super::examples::{Example, Shown};
use super::texts::{Text, Texts};
use super::wrong;
use carbyne_api::Limits;
use carbyne_api::methods::{ApiSet, Method};
use carbyne_api::signature::{NUMBERS, Parameter, TEXTS, Type};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io;

/// Where the page of a method is, within `docs/api`.
pub(super) fn path(set: ApiSet, method: &Method) -> String {
    format!("{}/{}.md", set.name(), method.name)
}

/// The page of a method.
pub(super) fn page(
    set: ApiSet,
    method: &Method,
    text: &Text,
    words: &Texts,
    shown: &Shown,
) -> io::Result<String> {
    let name = format!("{}.{}", set.name(), method.name);
    let missing = |what: &str| wrong(format!("the page of {name} lacks {what}"));
    let signature = method.signature().ok_or_else(|| missing("a signature"))?;
    let example = shown.example.as_ref().ok_or_else(|| missing("an example"))?;
    let mut page = format!("# {name}\n\n{}\n\n```\n{}\n```\n", method.doc, folded(method.line()));
    if !text.prose.trim().is_empty() {
        let _ = write!(page, "\n{}\n", text.prose.trim());
    }
    if !signature.parameters.is_empty() {
        page.push_str("\n| parameter | type | |\n|---|---|---|\n");
    }
    for parameter in &signature.parameters {
        let own = text.parameters.get(parameter.name).map(String::as_str);
        let words = own.or_else(|| words.parameter(parameter.name));
        let words = words.ok_or_else(|| missing(&format!("words on {}", parameter.name)))?;
        page.push_str(&row(parameter, words));
    }
    let _ = write!(page, "\nAnswers {}.\n", worded(&signature.result));
    page.push_str(&example_of(set, method, example, shown.notice.as_ref()));
    page.push_str(&refusals(&shown.refused));
    Ok(page)
}

fn row(parameter: &Parameter, words: &str) -> String {
    let default = match parameter.default {
        None => String::new(),
        Some("null") => " May be left out or null.".to_owned(),
        Some("now" | "newest") => " May be left out or null: then the newest.".to_owned(),
        Some("most") => " May be left out or null: then as many as may be.".to_owned(),
        Some(default) => format!(" May be left out or null: then {default}."),
    };
    format!("| `{}` | {} | {words}{default} |\n", parameter.name, worded(&parameter.type_))
}

/// A type in words.
fn worded(type_: &Type) -> String {
    let all = |types: &[Type], between: &str| -> String {
        types.iter().map(worded).collect::<Vec<_>>().join(between)
    };
    match type_ {
        Type::Named("null") => "null".to_owned(),
        Type::Named(name) => format!("`{name}`"),
        Type::UpTo(limit) => {
            let most = &limits()[&format!("api_limit_{limit}")];
            format!("`uint32` up to {most} (`api_limit_{limit}`)")
        }
        Type::List(item) => format!("list of {}", worded(item)),
        Type::ListUpTo(item, limit) => {
            let most = &limits()[&format!("api_limit_{limit}")];
            format!("list of {}, up to {most} (`api_limit_{limit}`)", worded(item))
        }
        Type::Tuple(items) => format!("[{}]", all(items, ", ")),
        Type::Either(types) => all(types, " or "),
        Type::Nullable(type_) => format!("{} or null", worded(type_)),
    }
}

fn limits() -> Map<String, Value> {
    let mut members = Map::new();
    Limits::default().describe_all(&mut members);
    members
}

fn example_of(set: ApiSet, method: &Method, example: &Example, notice: Option<&Value>) -> String {
    let api = if set == ApiSet::Login { json!(1) } else { json!(set.name()) };
    let request =
        json!({ "id": 1, "method": "call", "params": [api, method.name, example.arguments] });
    let outcome = if example.answer.get("code").is_some() { "error" } else { "result" };
    let answer = json!({ "id": 1, outcome: shortened(&example.answer) });
    let mut text = format!("\n## Example\n\n{}\n{}", block(&request), block(&answer));
    if example.is_recorded {
        text.push_str("\nThe reference was asked the same, and its answer is equal.\n");
    }
    if let Some(notice) = notice {
        let _ = write!(text, "\nLater comes a notice:\n\n{}", block(&shortened(notice)));
    }
    text
}

fn refusals(refused: &[Example]) -> String {
    if refused.is_empty() {
        return String::new();
    }
    let mut text = "\n## Refused\n\n| arguments | code | message |\n|---|---|---|\n".to_owned();
    for Example { arguments, answer, .. } in refused {
        let cell = |text: String| text.replace('|', "\\|").replace('\n', " ");
        let arguments = cell(shortened_text(&arguments.to_string()));
        let message = answer["message"].as_str().unwrap_or_default();
        let message = message.strip_prefix("Execution error: ").unwrap_or(message);
        let _ = writeln!(text, "| `{arguments}` | {} | {} |", answer["code"], cell(message.into()));
    }
    text
}

/// The page that leads to all others.
pub(super) fn index(intro: &str) -> String {
    let mut page = format!("{}\n\n## Types\n\n| type | in JSON |\n|---|---|\n", intro.trim());
    for (name, words) in TEXTS {
        let _ = writeln!(page, "| `{name}` | text: {words} |");
    }
    for (name, least, greatest) in NUMBERS {
        let _ = writeln!(page, "| `{name}` | number from {least} to {greatest} |");
    }
    for set in ApiSet::ALL {
        let _ = write!(page, "\n## {}\n\n| method | |\n|---|---|\n", set.name());
        for method in set.methods() {
            let (name, path) = (method.name, path(set, method));
            let _ = writeln!(page, "| [`{name}`]({path}) | {} |", method.doc);
        }
    }
    page
}

/// Most columns of code on a page.
const WIDTH: usize = 96;

/// The line of a signature, a parameter a line if it is too long for one.
fn folded(line: &str) -> String {
    if line.len() <= WIDTH {
        return line.to_owned();
    }
    let Some((head, result)) = line.rsplit_once(") -> ") else { return line.to_owned() };
    let Some((name, parameters)) = head.split_once('(') else { return line.to_owned() };
    let parameters = parameters.replace(", ", ",\n    ");
    format!("{name}(\n    {parameters}\n) -> {result}")
}

fn block(value: &Value) -> String {
    format!("```json\n{}\n```\n", spread(value, 0))
}

/// JSON with every part that fits on a line on one.
fn spread(value: &Value, indent: usize) -> String {
    let flat = flat(value);
    if indent + flat.len() <= WIDTH {
        return flat;
    }
    let blanks = " ".repeat(indent + 2);
    let (open, items, close): (_, Vec<String>, _) = match value {
        Value::Array(items) => {
            ('[', items.iter().map(|item| spread(item, indent + 2)).collect(), ']')
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{}: {}", json!(name), spread(value, indent + 2))
            };
            ('{', members.iter().map(member).collect(), '}')
        }
        _ => return flat,
    };
    let items = items.join(&format!(",\n{blanks}"));
    format!("{open}\n{blanks}{items}\n{}{close}", " ".repeat(indent))
}

/// JSON on one line, with blanks behind commas and colons.
fn flat(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}: {}", json!(name), flat(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}

/// Most items of a list that are shown; of a longer one the first two are.
const ITEMS_MAX: usize = 3;

/// Most characters of a text that are shown; of a longer one as many.
const TEXT_MAX: usize = 200;

/// An answer with long lists and texts cut, saying so.
fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() > ITEMS_MAX => {
            let mut first: Vec<Value> = items.iter().take(2).map(shortened).collect();
            first.push(format!("... {} more", items.len() - 2).into());
            Value::Array(first)
        }
        Value::Array(items) => items.iter().map(shortened).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), shortened(value)));
            Value::Object(members.collect())
        }
        Value::String(text) => shortened_text(text).into(),
        _ => value.clone(),
    }
}

fn shortened_text(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text.to_owned(),
    }
}
