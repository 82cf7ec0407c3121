//! Lists page by page against the methods of the reference that give their beginnings.

use super::{Host, Rights, call, push_blocks};
use crate::compare::Difference;
use crate::recording;
use crate::report::Report;
use carbyne_api::methods::{ApiSet, List, Method};
use carbyne_api::signature::{Parameter, Signature, Type};
use carbyne_api::{Limits, Session};
use carbyne_wire::Tags;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Rows of a page, for each way to read a list.
const LIMITS: [usize; 3] = [1, 3, 1_000];

/// Asks for every list with the arguments of every recorded question, and compares its pages with
/// what the method answers that the list is named after.
pub fn run_lists(dir: &Path) -> io::Result<Report> {
    let blocks = recording::objects(&recording::find(dir, "blocks")?)?;
    let mut host = Host::begin(dir, Rights::Default)?;
    push_blocks(&mut host, &blocks, &mut Report::default());
    let questions = recording::objects(&recording::find(dir, "api")?)?;
    let mut report = Report::default();
    for list in List::all(Tags::Reference) {
        let Some((set, method)) = method_of(list) else {
            let differences = vec![Difference::new("method", "one of the reference", "none")];
            report.add("api.jsonl", 0, list.name, differences);
            continue;
        };
        for of in recorded_arguments(list, method, &questions) {
            let differences = compare(&mut host, list, (set, method), &of);
            report.add("api.jsonl", 0, &format!("{} {}", list.name, json!(of)), differences);
        }
    }
    Ok(report)
}

fn method_of(list: &List) -> Option<(ApiSet, &'static Method)> {
    let mut all = ApiSet::ALL.into_iter().flat_map(|set| set.methods().map(move |m| (set, m)));
    all.find(|(_, method)| method.name == list.name)
}

/// The arguments of a list in every recorded question to its method.
fn recorded_arguments(list: &List, method: &Method, questions: &[Value]) -> Vec<Vec<Value>> {
    let (Some(wanted), Some(given)) = (list.signature(), method.signature()) else {
        return Vec::new();
    };
    let mut all = BTreeSet::new();
    let mut distinct = Vec::new();
    for question in questions.iter().filter(|question| question["method"] == method.name) {
        for of in arguments_in(&wanted, &given, &question["params"]) {
            if all.insert(json!(of).to_string()) {
                distinct.push(of);
            }
        }
    }
    distinct
}

/// A method that takes several things at once is asked about each.
fn is_one_of_many(wanted: &Signature, given: &Signature) -> bool {
    let (Some(wanted), Some(given)) = (wanted.parameters.first(), given.parameters.first()) else {
        return false;
    };
    matches!(&given.type_, Type::ListUpTo(item, _) if **item == wanted.type_)
}

fn arguments_in(wanted: &Signature, given: &Signature, params: &Value) -> Vec<Vec<Value>> {
    if is_one_of_many(wanted, given) {
        let each = params[0].as_array().into_iter().flatten();
        return each.map(|one| vec![one.clone()]).collect();
    }
    let place = |name| given.parameters.iter().position(|parameter| parameter.name == name);
    let argument = |parameter: &Parameter| {
        let argument = place(parameter.name).and_then(|place| params.get(place)).cloned();
        argument.or(parameter.default.map(|_| Value::Null))
    };
    let all: Option<Vec<Value>> = wanted.parameters.iter().map(argument).collect();
    all.into_iter().collect()
}

/// The call of the method that begins at the beginning and asks for as much as it may.
fn whole(wanted: &Signature, given: &Signature, of: &[Value]) -> Value {
    if is_one_of_many(wanted, given) {
        return json!([of]);
    }
    let argument = |parameter: &Parameter| {
        let place = wanted.parameters.iter().position(|one| one.name == parameter.name);
        match place.and_then(|place| of.get(place)) {
            Some(value) => value.clone(),
            None => neutral(parameter),
        }
    };
    given.parameters.iter().map(argument).collect()
}

/// What does not narrow an answer.
fn neutral(parameter: &Parameter) -> Value {
    match &parameter.type_ {
        Type::UpTo(limit) => json!(most(limit)),
        _ if parameter.default.is_some() => Value::Null,
        Type::ListUpTo(..) => json!([]),
        Type::Named("string") => json!(""),
        Type::Named("uint32") if parameter.name == "limit" => json!(1_000),
        Type::Named("uint32" | "uint64") => json!(0),
        Type::Named("time") if parameter.name == "end" => json!("2106-01-01T00:00:00"),
        Type::Named("time") => json!("1970-01-01T00:00:00"),
        Type::Named(type_) if type_.ends_with(".x") => json!(type_.replace('x', "0")),
        _ => Value::Null,
    }
}

fn most(limit: &str) -> u64 {
    let mut limits = Map::new();
    Limits::default().describe(&mut limits);
    limits.get(&format!("api_limit_{limit}")).and_then(Value::as_u64).unwrap_or_default()
}

fn compare(
    host: &mut Host,
    list: &List,
    (set, method): (ApiSet, &Method),
    of: &[Value],
) -> Vec<Difference> {
    let (Some(wanted), Some(given)) = (list.signature(), method.signature()) else {
        return Vec::new();
    };
    let mut expected = ask(host, set, method.name, &whole(&wanted, &given, of));
    if is_one_of_many(&wanted, &given)
        && matches!(given.result, Type::List(ref item) if matches!(**item, Type::List(_)))
    {
        expected = expected.map(|mut answer| answer[0].take());
    }
    LIMITS
        .into_iter()
        .flat_map(|limit| match (&expected, pages(host, list, of, limit)) {
            // Refused as the method refuses, whatever each finds wrong first.
            (Err(_), Err(_)) => None,
            (Ok(expected), Ok(items)) if agrees(expected, &items) => None,
            (expected, items) => {
                let text = |rows: Result<Value, Value>| rows.unwrap_or_else(|error| error);
                let name = format!("in pages of {limit}");
                Some(Difference::new(&name, text(expected.clone()), text(items.map(Value::from))))
            }
        })
        .collect()
}

/// Whether a list begins as the method answers, and goes no further if that may have been all.
fn agrees(expected: &Value, items: &[Value]) -> bool {
    const LIMITS_FROM: usize = 100;
    let Some(expected) = expected.as_array() else { return false };
    items.starts_with(expected) && (items.len() == expected.len() || expected.len() >= LIMITS_FROM)
}

/// The rows of a list, read in pages of `limit`.
fn pages(host: &mut Host, list: &List, of: &[Value], limit: usize) -> Result<Vec<Value>, Value> {
    let (mut items, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let arguments = json!([list.name, of, cursor, limit]);
        let mut page = ask(host, ApiSet::Carbyne, "list", &arguments)?;
        let rows = page["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let next = page["cursor"].take();
        if !next.is_null() && (rows.is_empty() || next == cursor) {
            return Err(json!(format!("no way on from {next}")));
        }
        items.extend(rows);
        cursor = next;
        if cursor.is_null() {
            return Ok(items);
        }
    }
}

fn ask(host: &mut Host, set: ApiSet, method: &str, arguments: &Value) -> Result<Value, Value> {
    let mut session = Session::new(&ApiSet::ALL);
    let text = call(&json!(set.name()), &json!(method), arguments);
    let mut answer = host.ask(&mut session, &text).unwrap_or_default();
    match answer.get_mut("error") {
        Some(error) => Err(error["message"].take()),
        None => Ok(answer["result"].take()),
    }
}
