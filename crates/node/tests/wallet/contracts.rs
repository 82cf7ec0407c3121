//! Contracts as a user and a subscriber meet them on a running node: what one would do is shown
//! before it is sent and changes nothing, and whoever subscribed is told of what was made, changed
//! and ended.

use crate::life::rows;
use crate::{carbyne, chain_here_with, harness::Dev};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket, connect};

const NOTICE: u64 = 7;
/// For a notice.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that is told of what is made and removed, and of changes of what it asked for.
struct Subscriber(WebSocket<MaybeTlsStream<TcpStream>>);

impl Subscriber {
    fn at(dev: &Dev) -> Self {
        let mut all = Self(connect(&dev.url).expect("connected").0);
        if let MaybeTlsStream::Plain(stream) = all.0.get_mut() {
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        }
        all.call(json!(["database", "set_subscribe_callback", [NOTICE, true]]));
        all
    }

    fn call(&mut self, call: Value) {
        let request = json!({ "id": 1, "method": "call", "params": call });
        self.0.send(Message::text(request.to_string())).expect("sent");
        while self.read()["id"] != 1 {}
    }

    fn read(&mut self) -> Value {
        let text = self.0.read().expect("told").into_text().expect("a text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Waits until it is told of an object: the object, or its id alone if that is gone.
    fn told_of(&mut self, id: &str) -> Value {
        loop {
            let told = self.read();
            let objects = told.pointer("/params/1/0").and_then(Value::as_array);
            let is_it = |one: &&Value| **one == id || one["id"] == id;
            if let Some(object) = objects.into_iter().flatten().find(is_it) {
                return object.clone();
            }
        }
    }
}

fn payments(dev: &Dev) -> usize {
    rows(dev, "list", json!(["get_recurring_payments_by_due", [], null, 10]))
}

#[test]
fn a_contract_is_shown_before_it_is_sent_and_told_of_afterwards() {
    let (folder, dev) = chain_here_with(&["--instant", "--features", "all"]);
    let folder = folder.path();
    carbyne(folder, &["account", "create", "alice-1"]);
    let mut subscriber = Subscriber::at(&dev);
    let pay = ["pay_every", "dev", "alice-1", "7 BTS", "3600", "3"];
    let wallet = |options: &[&str], command: &[&str]| {
        carbyne(folder, &[&["wallet", "--dev"], options, command].concat())
    };
    let shown = wallet(&["--dry-run"], &pay);
    assert!(shown.contains("fee") && shown.contains("alice-1"), "{shown}");
    assert_eq!(payments(&dev), 0, "nothing was sent");
    wallet(&[], &pay);
    assert_eq!(payments(&dev), 1);
    let told = subscriber.told_of("16.1.0");
    assert_eq!((&told["amount"]["amount"], &told["times_left"]), (&json!(700_000), &json!(3)));
    subscriber.call(json!(["database", "get_objects", [["16.1.0"]]]));
    wallet(&[], &["recurring_update", "dev", "16.1.0", "5 BTS", "3600", "1"]);
    assert_eq!(subscriber.told_of("16.1.0")["amount"]["amount"], 500_000);
    wallet(&[], &["recurring_cancel", "dev", "16.1.0"]);
    assert_eq!(subscriber.told_of("16.1.0"), "16.1.0", "it is gone");
}

#[test]
fn a_machine_without_a_node_says_what_contract_it_signs() {
    let (folder, dev) = chain_here_with(&["--instant", "--features", "all"]);
    let folder = folder.path();
    let pays = json!({
        "from": "dev", "to": "init0", "amount": "7 BTS", "interval_sec": 3_600, "times": 3,
        "start": "2099-01-01T00:00:00",
    });
    let make = ["wallet", "--dev", "--json", "make_operation", "recurring_create"];
    let operation = carbyne(folder, &[&make[..], &[&pays.to_string()]].concat());
    carbyne(folder, &["wallet", "--dev", "export_transaction", "pay.json", &operation]);
    drop(dev);
    let shown = carbyne(folder, &["wallet", "--offline", "show_transaction_file", "pay.json"]);
    assert!(shown.contains("7.00000 BTS") && shown.contains("init0"), "{shown}");
}
