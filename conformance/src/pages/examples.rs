//! Calls for the pages, with the answers our code gives on the recorded chain.

use super::texts::Text;
use super::wrong;
use crate::api::{Happening, Host, Rights};
use crate::{api, recording};
use carbyne_api::Session;
use carbyne_api::methods::{ApiSet, Handler, Method};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, JsonIn, Tags, unpack_exact};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// A call and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) arguments: Value,
    /// The `result`; of a refused call the `error`.
    pub(super) answer: Value,
    /// Whether the reference was asked the same; its answer is then equal, which is checked where
    /// recordings are.
    pub(super) is_recorded: bool,
}

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) example: Option<Example>,
    /// A notice that follows.
    pub(super) notice: Option<Value>,
    /// Calls that are refused, each for another reason.
    pub(super) refused: Vec<Example>,
}

/// Most refusals that a page shows; those of the shortest calls are.
const REFUSED_MAX: usize = 8;

/// The recorded chain and what was asked of it.
pub(super) struct Examples {
    folder: PathBuf,
    host: Host,
    blocks: Vec<Value>,
    questions: BTreeMap<(String, String), Vec<Value>>,
    steps: Vec<Value>,
}

/// The place in a call that stands for something of a recorded block, and the number of the block.
fn placeholder(value: &Value) -> Option<(&str, u64)> {
    let (kind, number) = value.as_str()?.strip_prefix('$')?.split_once(' ')?;
    Some((kind, number.parse().ok()?))
}

impl Examples {
    pub(super) fn load(folder: &Path) -> io::Result<Self> {
        let blocks = recording::objects(&recording::find(folder, "blocks")?)?;
        let host = replayed(folder, &blocks, Rights::Default)?;
        let mut questions: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for question in recording::objects(&recording::find(folder, "api")?)? {
            let text = |name: &str| question[name].as_str().unwrap_or_default().to_owned();
            questions.entry((text("api"), text("method"))).or_default().push(question);
        }
        let steps = recording::objects(&recording::find(folder, "notices")?)?;
        Ok(Self { folder: folder.to_owned(), host, blocks, questions, steps })
    }

    /// What the page of a method shows.
    pub(super) fn of(&mut self, set: ApiSet, method: &Method, text: &Text) -> io::Result<Shown> {
        let mut shown = Shown::default();
        if let Some(callback) = text.notice {
            shown.notice = self.steps.iter().find_map(|step| {
                let frame = step.get("frame")?;
                (frame["params"][0] == callback).then(|| frame.clone())
            });
        }
        if let (Some(arguments), Some(answer)) = (&text.call, &text.answer) {
            let (arguments, answer) = (arguments.clone(), answer.clone());
            shown.example = Some(Example { arguments, answer, is_recorded: false });
            return Ok(shown);
        }
        let block = text.call.iter().flat_map(Value::as_array).flatten().find_map(placeholder);
        match (&text.call, block) {
            (Some(arguments), Some((_, number))) => {
                self.before_block(number, set, method, arguments, &mut shown)?;
            }
            (Some(arguments), None) => shown.example = self.ask(set, method, arguments),
            (None, _) => shown.example = self.shortest(set, method),
        }
        shown.refused = self.refused(set, method, text);
        Ok(shown)
    }

    fn ask(&mut self, set: ApiSet, method: &Method, arguments: &Value) -> Option<Example> {
        let is_recorded = self.questions.contains_key(&key(set, method));
        let open = if is_recorded { &self.host.settings.open } else { &ApiSet::ALL[..] };
        let mut session = Session::new(open);
        let text = api::call(&json!(set.name()), &json!(method.name), arguments);
        let answer = self.host.ask(&mut session, &text)?;
        // A page must tell what a method reads, and all of it.
        let named = method.signature().map_or(0, |signature| signature.parameters.len());
        if answer.get("result").is_some() && session.asked != named {
            return None;
        }
        let is_recorded = self.recorded(set, method).contains(arguments)
            || self
                .steps
                .iter()
                .any(|step| step["method"] == method.name && step["params"] == *arguments);
        Some(Example { arguments: arguments.clone(), answer: part(answer), is_recorded })
    }

    /// Calls that were recorded for a method, on connections where nothing was called before.
    fn recorded(&self, set: ApiSet, method: &Method) -> Vec<Value> {
        let questions = self.questions.get(&key(set, method)).into_iter().flatten();
        let plain = questions.filter(|question| question["before"].is_null());
        plain.map(|question| question["params"].clone()).collect()
    }

    /// The recorded call that is shortest together with its answer, of those that are answered with
    /// something.
    fn shortest(&mut self, set: ApiSet, method: &Method) -> Option<Example> {
        let calls = self.recorded(set, method);
        let mut answered: Vec<Example> =
            calls.iter().filter_map(|call| self.ask(set, method, call)).collect();
        answered.sort_by_key(|example| {
            let is_error = example.answer.get("code").is_some();
            let length = example.arguments.to_string().len() + example.answer.to_string().len();
            (is_error, !says_something(&example.answer), length)
        });
        answered.into_iter().next()
    }

    /// For each reason the shortest call that was refused for it.
    fn refused(&mut self, set: ApiSet, method: &Method, text: &Text) -> Vec<Example> {
        let mut calls = self.recorded(set, method);
        calls.sort_by_key(|call| call.to_string().len());
        calls.extend(text.refused.iter().cloned());
        let mut by_reason: BTreeMap<String, Example> = BTreeMap::new();
        for call in calls {
            let Some(example) = self.ask(set, method, &call) else { continue };
            let Some(reason) = reason(&example.answer) else { continue };
            by_reason.entry(reason).or_insert(example);
        }
        let mut refused: Vec<Example> = by_reason.into_values().collect();
        refused.sort_by_key(|example| example.arguments.to_string().len());
        refused.truncate(REFUSED_MAX);
        refused
    }

    /// Makes a call that is only possible just before a recorded block, and shows what comes with
    /// that block.
    fn before_block(
        &mut self,
        number: u64,
        set: ApiSet,
        method: &Method,
        arguments: &Value,
        shown: &mut Shown,
    ) -> io::Result<()> {
        let mut host = replayed(&self.folder, &self.blocks, Rights::Everything)?;
        let later = self.steps.iter().filter(|step| step["step"] == "block");
        for block in later.clone().filter(|block| block["num"].as_u64() < Some(number)) {
            host.push_packed(block["hex"].as_str().unwrap_or_default()).map_err(wrong)?;
        }
        let block = later.clone().find(|block| block["num"] == number);
        let hex = block.and_then(|block| block["hex"].as_str()).unwrap_or_default();
        let arguments = filled(arguments, hex)?;
        let mut session = Session::new(&ApiSet::ALL);
        let text = api::call(&json!(set.name()), &json!(method.name), &arguments);
        let answer = host.ask(&mut session, &text).map(part).unwrap_or_default();
        let mut example = Example { arguments, answer, is_recorded: false };
        let waits = matches!(method.handler, Handler::Submit(_)) && example.answer.is_null();
        if waits && method.name != "broadcast_block" {
            host.happenings.clear();
            host.push_packed(hex).map_err(wrong)?;
            for happening in &host.happenings {
                let Happening::Block(event) = happening else { continue };
                shown.notice = session.subscriptions.block_notices(event).into_iter().next();
                if method.name == "broadcast_transaction_synchronous" {
                    let first = event.confirmations.first();
                    example.answer = first.map(|found| found.json().clone()).unwrap_or_default();
                }
            }
        }
        shown.example = Some(example);
        Ok(())
    }
}

fn key(set: ApiSet, method: &Method) -> (String, String) {
    (set.name().to_owned(), method.name.to_owned())
}

fn replayed(folder: &Path, blocks: &[Value], rights: Rights) -> io::Result<Host> {
    let mut host = Host::begin(folder, rights)?;
    for block in blocks {
        host.push_packed(block["hex"].as_str().unwrap_or_default()).map_err(wrong)?;
    }
    Ok(host)
}

/// The result or the error of an answer.
fn part(mut answer: Value) -> Value {
    let name = if answer.get("error").is_some() { "error" } else { "result" };
    answer.get_mut(name).map(Value::take).unwrap_or_default()
}

/// A call with something of a packed block for its placeholders.
fn filled(arguments: &Value, hex: &str) -> io::Result<Value> {
    let bytes = hex::decode(hex).map_err(|error| wrong(error.to_string()))?;
    let block: SignedBlock =
        unpack_exact(&bytes, Tags::Reference).map_err(|error| wrong(error.to_string()))?;
    let mut block = block.to_json_in(Dialect::REFERENCE);
    let mut transaction = block["transactions"][0].clone();
    if let Some(members) = transaction.as_object_mut() {
        members.shift_remove("operation_results");
    }
    let mut arguments = arguments.clone();
    for argument in arguments.as_array_mut().into_iter().flatten() {
        match placeholder(argument) {
            Some(("block", _)) => *argument = block.take(),
            Some(("transaction", _)) => *argument = transaction.take(),
            _ => {}
        }
    }
    Ok(arguments)
}

fn says_something(answer: &Value) -> bool {
    match answer {
        Value::Null => false,
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// Why a call was refused, unless it is for its form, about which all methods are alike.
fn reason(answer: &Value) -> Option<String> {
    let code = answer.get("code")?.as_i64()?;
    let message = answer.get("message")?.as_str()?;
    const FORM: [i64; 3] = [4, 7, 13];
    let is_form = FORM.contains(&code) || message.contains("too few arguments");
    (!is_form).then(|| message.to_owned())
}
