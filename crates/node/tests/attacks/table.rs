//! The attacks: one row and one small function each. A function that ends is called again.

use crate::attacker::{Attacker, COMPRESSED, FINAL_TEXT, FIRST_TEXT, PING};
use crate::transactions::{custom, dear, keys, text_of};
use flate2::{Compress, Compression, FlushCompress};
use serde_json::{Value, json};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

type Attacking = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// An attack.
pub struct Attack {
    pub name: &'static str,
    /// How many do it at once.
    pub attackers: usize,
    /// How many addresses they have.
    pub addresses: u8,
    pub run: fn(Attacker) -> Attacking,
}

macro_rules! attacks {
    ($($name:literal, $attackers:literal from $addresses:literal: $run:ident;)*) => {
        /// Every attack.
        pub const ATTACKS: &[Attack] = &[$(Attack {
            name: $name,
            attackers: $attackers,
            addresses: $addresses,
            run: |attacker| Box::pin($run(attacker)),
        }),*];
    };
}

attacks! {
    "nobody", 0 from 1: idle_sockets;
    "keys times addresses", 4 from 2: keys_times_addresses;
    "the same, in a transaction", 4 from 2: dear_transaction;
    "lists of 100,000 ids", 8 from 2: long_lists;
    "14 MB of small objects", 4 from 2: small_objects;
    "unfinished messages that unpack", 700 from 7: unfinished_packed;
    "unfinished messages", 700 from 7: unfinished;
    "large pending transactions", 8 from 1: pending_flood;
    "notices that nobody reads", 40 from 1: deaf_to_notices;
    "idle sockets, one address", 2_000 from 1: idle_sockets;
    "idle sockets, 100 addresses", 6_000 from 100: idle_sockets;
    "250,000 keys", 4 from 2: many_keys;
    "heads that drip", 500 from 5: dripping_head;
    "bodies that drip", 500 from 5: dripping_body;
    "large bodies without an end", 300 from 6: endless_body;
    "answers that nobody reads", 300 from 6: deaf_to_answers;
    "pings", 50 from 2: pings;
    "dear methods in batches", 40 from 2: dear_batches;
    "connections that come and go", 50 from 2: coming_and_going;
}

/// Much that says nothing, made once: attackers are to cost the node, not the machine.
static SPACES: LazyLock<Vec<u8>> = LazyLock::new(|| vec![b' '; 16_000_000]);

fn call(api: &str, method: &str, arguments: Value) -> String {
    json!({ "id": 1, "method": "call", "params": [api, method, arguments] }).to_string()
}

fn database(method: &str, arguments: Value) -> String {
    call("database", method, arguments)
}

/// Sends a text that is made once.
macro_rules! ask_once_made {
    ($attacker:ident, $text:expr) => {{
        static TEXT: OnceLock<String> = OnceLock::new();
        $attacker.ask(TEXT.get_or_init(|| $text)).await
    }};
}

async fn keys_times_addresses(attacker: Attacker) -> io::Result<()> {
    ask_once_made!(attacker, {
        let transaction = dear(&attacker.chain, 800, 0);
        let keys: Vec<_> = keys(800).iter().map(|key| text_of(&key.public_key())).collect();
        database("get_required_signatures", json!([transaction, keys]))
    })
}

async fn dear_transaction(attacker: Attacker) -> io::Result<()> {
    ask_once_made!(attacker, {
        let transaction = dear(&attacker.chain, 800, 200);
        call("network_broadcast", "broadcast_transaction", json!([transaction]))
    })
}

async fn long_lists(attacker: Attacker) -> io::Result<()> {
    let text = match attacker.number % 4 {
        0 => database("get_objects", json!([vec!["2.0.0"; 100_000]])),
        1 => database("get_accounts", json!([vec!["1.2.0"; 100_000]])),
        2 => database("lookup_account_names", json!([vec!["init0"; 100_000]])),
        _ => database("lookup_asset_symbols", json!([vec!["BTS"; 100_000]])),
    };
    attacker.ask(&text).await
}

async fn small_objects(attacker: Attacker) -> io::Result<()> {
    ask_once_made!(attacker, {
        let objects = "{\"\":0},".repeat(2_000_000);
        format!("{{\"id\":1,\"method\":\"get_objects\",\"params\":[[{objects}0]]}}")
    })
}

async fn unfinished_packed(attacker: Attacker) -> io::Result<()> {
    static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut bytes = Vec::with_capacity(1 << 20);
        let text = vec![b' '; 16_000_000];
        Compress::new(Compression::best(), false)
            .compress_vec(&text, &mut bytes, FlushCompress::Sync)
            .expect("deflated");
        bytes
    });
    let mut frames = attacker.websocket().await?;
    frames.send(FIRST_TEXT | COMPRESSED, &BOMB).await?;
    frames.pass_over_one().await
}

async fn unfinished(attacker: Attacker) -> io::Result<()> {
    let mut frames = attacker.websocket().await?;
    frames.announce(FIRST_TEXT, 16_000_000).await?;
    frames.0.write_all(&SPACES[..8_000_000]).await?;
    frames.pass_over_one().await
}

async fn pending_flood(attacker: Attacker) -> io::Result<()> {
    let mut frames = attacker.websocket().await?;
    for n in 0.. {
        let transaction = custom(&attacker.chain, attacker.number, n, 98_000);
        let text = call("network_broadcast", "broadcast_transaction", json!([transaction]));
        frames.send(FINAL_TEXT, text.as_bytes()).await?;
        frames.pass_over_one().await?;
    }
    Ok(())
}

async fn deaf_to_notices(attacker: Attacker) -> io::Result<()> {
    if attacker.number < 4 {
        return pending_flood(attacker).await;
    }
    let mut frames = attacker.websocket().await?;
    let text = database("set_pending_transaction_callback", json!([1]));
    frames.send(FINAL_TEXT, text.as_bytes()).await?;
    sleep(Duration::from_secs(3_600)).await;
    Ok(())
}

async fn idle_sockets(attacker: Attacker) -> io::Result<()> {
    let stream = attacker.connect().await?;
    // Until the node ends it.
    stream.readable().await?;
    sleep(Duration::from_millis(100)).await;
    Ok(())
}

async fn many_keys(attacker: Attacker) -> io::Result<()> {
    ask_once_made!(attacker, {
        let key = text_of(&keys(1)[0].public_key());
        database("verify_account_authority", json!(["init0", vec![key; 250_000]]))
    })
}

async fn dripping_head(attacker: Attacker) -> io::Result<()> {
    let mut stream = attacker.connect().await?;
    stream.write_all(b"POST / HTTP/1.1\r\nX-Drip: ").await?;
    loop {
        stream.write_all(b"x").await?;
        sleep(Duration::from_millis(200)).await;
    }
}

async fn dripping_body(attacker: Attacker) -> io::Result<()> {
    let mut stream = attacker.post(10_000_000, b"[").await?;
    loop {
        stream.write_all(b" ").await?;
        sleep(Duration::from_millis(200)).await;
    }
}

async fn endless_body(attacker: Attacker) -> io::Result<()> {
    let stream = attacker.post(16_000_000, &SPACES[..15_999_999]).await?;
    stream.readable().await?;
    sleep(Duration::from_millis(100)).await;
    Ok(())
}

async fn deaf_to_answers(attacker: Attacker) -> io::Result<()> {
    let mut frames = attacker.websocket().await?;
    let text = call("carbyne", "get_openrpc", json!([]));
    for _ in 0..1_000 {
        frames.send(FINAL_TEXT, text.as_bytes()).await?;
    }
    Ok(())
}

async fn pings(attacker: Attacker) -> io::Result<()> {
    let mut frames = attacker.websocket().await?;
    loop {
        frames.send(PING, &[b'p'; 125]).await?;
    }
}

async fn dear_batches(attacker: Attacker) -> io::Result<()> {
    let one = call("carbyne", "get_openrpc", json!([]));
    attacker.ask(&format!("[{}]", vec![one; 100].join(","))).await
}

async fn coming_and_going(attacker: Attacker) -> io::Result<()> {
    let mut frames = attacker.websocket().await?;
    frames.send(FINAL_TEXT, database("get_chain_id", json!([])).as_bytes()).await
}
