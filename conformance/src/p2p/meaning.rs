//! Whether two messages mean the same: everything but keys, moments and where in a program an error
//! came by.

use crate::compare::Difference;
use carbyne_net::message::{
    Address, ClosingConnection, CurrentTimeReply, Exception, Hello, Message, Object, Variant,
};

/// Appends what differs between what was sent and what we sent.
pub(super) fn compare(recorded: &Message, ours: &Message) -> Vec<Difference> {
    let mut differences = Differences(Vec::new());
    match (recorded, ours) {
        (Message::Hello(recorded), Message::Hello(ours)) => differences.hello(recorded, ours),
        (Message::Address(recorded), Message::Address(ours)) => {
            differences.add("addresses", addresses(recorded), addresses(ours));
        }
        (Message::ClosingConnection(recorded), Message::ClosingConnection(ours)) => {
            differences.closing(recorded, ours);
        }
        (Message::CurrentTimeRequest(_), Message::CurrentTimeRequest(_)) => {}
        (Message::CurrentTimeReply(recorded), Message::CurrentTimeReply(ours)) => {
            let sent = |reply: &CurrentTimeReply| reply.request_sent_time;
            differences.add("request_sent_time", sent(recorded), sent(ours));
        }
        (recorded, ours) => {
            differences.add("type", recorded.name(), ours.name());
            let (recorded, ours) = (recorded.payload(), ours.payload());
            differences.add("hex", hex::encode(recorded), hex::encode(ours));
        }
    }
    differences.0
}

struct Differences(Vec<Difference>);

impl Differences {
    fn add<T: PartialEq + std::fmt::Debug>(&mut self, field: &str, recorded: T, ours: T) {
        if recorded != ours {
            let (recorded, ours) = (format!("{recorded:?}"), format!("{ours:?}"));
            self.0.push(Difference::new(field, recorded, ours));
        }
    }

    /// The node's key cannot be had, so neither can its signature.
    fn hello(&mut self, recorded: &Hello, ours: &Hello) {
        let without_key = |hello: &Hello| Hello {
            node_public_key: Default::default(),
            signed_shared_secret: Default::default(),
            ..hello.clone()
        };
        self.add("hello", without_key(recorded), without_key(ours));
    }

    fn closing(&mut self, recorded: &ClosingConnection, ours: &ClosingConnection) {
        self.add("reason", &recorded.reason_for_closing, &ours.reason_for_closing);
        self.add("is_error", recorded.closing_due_to_error, ours.closing_due_to_error);
        let error = |closing: &ClosingConnection| closing.error.as_ref().map(error);
        self.add("error", error(recorded), error(ours));
    }
}

/// Nodes in order of their places, without when they were seen and how far they are.
fn addresses(address: &Address) -> Vec<impl PartialEq + std::fmt::Debug> {
    let infos = address.addresses.iter();
    let mut nodes: Vec<_> = infos
        .map(|info| (info.remote_endpoint, info.node_id, info.direction, info.firewalled))
        .collect();
    nodes.sort_by_key(|node| node.0);
    nodes
}

/// An error without where in the program it came by, whose members must be there.
fn error(error: &Exception) -> (i64, String, String, Vec<Option<Object>>) {
    const CONTEXT: [&str; 7] =
        ["level", "file", "line", "method", "hostname", "thread_name", "timestamp"];
    let entry = |entry: &Variant| {
        let Variant::Object(Object(members)) = entry else { return None };
        let mut members = members.clone();
        for (name, value) in &mut members {
            if let ("context", Variant::Object(context)) = (&*name.to_lossy(), &*value) {
                CONTEXT.iter().all(|name| context.get(name).is_some()).then_some(())?;
                *value = Variant::Null;
            }
        }
        Some(Object(members))
    };
    let log = error.log.iter().map(entry).collect();
    (error.code, error.name.to_string(), error.what.to_string(), log)
}
