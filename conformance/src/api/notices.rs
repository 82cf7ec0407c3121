//! Subscriptions: what connections are told while blocks and transactions come.

use super::answer::{compare_answers, recorded};
use super::{Happening, Host, call};
use crate::compare::{Difference, Numbers, compare};
use crate::recording;
use crate::report::Report;
use carbyne_api::Session;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, JsonIn};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::Path;

/// A connection and what it was told.
struct Connection {
    session: Session,
    notices: VecDeque<Value>,
}

/// Does the recorded steps and compares what every connection is told.
pub(super) fn run(host: &mut Host, dir: &Path, report: &mut Report) -> io::Result<()> {
    let mut connections = BTreeMap::new();
    host.happenings.clear();
    for (line, step) in recording::objects(&recording::find(dir, "notices")?)?.iter().enumerate() {
        let name = step["conn"].as_str().unwrap_or_default();
        let connection = connections.entry(name.to_owned()).or_insert_with(|| Connection {
            session: Session::new(&host.settings.open),
            notices: VecDeque::new(),
        });
        let kind = step["step"].as_str().unwrap_or_default();
        let differences = match kind {
            "notice" => compare_notices(&step["frame"], connection.notices.pop_front()),
            _ => {
                let left = untold(&mut connections);
                if !left.is_empty() {
                    report.add("notices.jsonl", line, "notices nobody recorded", left);
                }
                let differences = take(host, step, kind, &mut connections);
                tell(host, &mut connections);
                differences
            }
        };
        report.add("notices.jsonl", line + 1, &format!("{kind} {name}"), differences);
    }
    Ok(())
}

/// Notices that the recording does not have; they are dropped.
fn untold(connections: &mut BTreeMap<String, Connection>) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (name, connection) in connections {
        for notice in connection.notices.drain(..) {
            differences.push(Difference::presence(name, None, Some(notice)));
        }
    }
    differences
}

/// Does one step.
fn take(
    host: &mut Host,
    step: &Value,
    kind: &str,
    connections: &mut BTreeMap<String, Connection>,
) -> Vec<Difference> {
    let outcome = match kind {
        "block" => host.push_packed(step["hex"].as_str().unwrap_or_default()),
        "broadcast" => SignedTransaction::from_json_in(&step["tx"], Dialect::REFERENCE)
            .map_err(|error| error.to_string())
            .and_then(|tx| host.push_transaction(tx).map_err(|rejected| rejected.to_string())),
        "call" => {
            let name = step["conn"].as_str().unwrap_or_default();
            let Some(connection) = connections.get_mut(name) else { return Vec::new() };
            let text = call(&step["api"], &step["method"], &step["params"]);
            let answer = host.ask(&mut connection.session, &text);
            return compare_answers(step, answer.as_ref().unwrap_or(&Value::Null));
        }
        _ => Ok(()),
    };
    let refused = outcome.err().map(|error| Difference::new("outcome", "applied", error));
    refused.into_iter().collect()
}

/// Tells every connection what happened.
fn tell(host: &mut Host, connections: &mut BTreeMap<String, Connection>) {
    for happening in host.happenings.drain(..) {
        for connection in connections.values_mut() {
            let subscriptions = &mut connection.session.subscriptions;
            match &happening {
                Happening::Pending(transaction) => {
                    connection.notices.extend(subscriptions.pending_notice(transaction));
                }
                Happening::Block(event) => {
                    connection.notices.extend(subscriptions.block_notices(event));
                }
            }
        }
    }
}

fn compare_notices(wanted: &Value, got: Option<Value>) -> Vec<Difference> {
    let Some(got) = got else {
        return vec![Difference::presence("notice", Some(wanted.clone()), None)];
    };
    let (wanted, got) = (sorted(recorded(wanted.clone())), sorted(recorded(got)));
    let mut differences = Vec::new();
    compare("", &wanted, &got, Numbers::AsWritten, &mut differences);
    differences
}

/// The notice with its objects in order of id: the reference has them in that of a hash table.
fn sorted(mut notice: Value) -> Value {
    if let Some(objects) = notice.pointer_mut("/params/1/0").and_then(Value::as_array_mut) {
        let id = |object: &Value| object.get("id").unwrap_or(object).as_str().map(str::to_owned);
        objects.sort_by_key(id);
    }
    notice
}
