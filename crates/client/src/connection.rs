//! One connection at a time, to the first node that can be used: questions out, answers and notices
//! in.
//!
//! Never knows what is asked, but for what it asks itself to see whether a node can be used.

use crate::{ClientError, Config, Refused};
use carbyne_objects::DynamicGlobalProperty;
use carbyne_wire::{Digest, Json};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Questions that may wait for a connection.
pub(crate) const ORDERS_MAX: usize = 256;
/// Questions that may be on the way.
const ON_THE_WAY_MAX: usize = 1_024;
/// The number under which blocks are told.
const BLOCKS: u64 = 1;
/// The first wait between two rounds through all nodes; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// How a question ends.
pub(crate) enum Answer {
    Result(Value),
    Refused(Refused),
}

/// A question.
pub(crate) struct Order {
    /// Api, method and arguments.
    pub params: Value,
    /// Dropped without an answer when the connection ends.
    pub reply: oneshot::Sender<Answer>,
}

/// What a connection tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Rises with every block that is applied and with every connection.
    pub count: u64,
    /// Rises with every connection.
    pub connections: u64,
}

/// What is known of the first node: its chain, or why there is none.
pub(crate) type Opened = Result<Digest<32>, ClientError>;

/// Keeps a connection until nobody asks any more.
pub(crate) async fn keep(
    mut config: Config,
    mut orders: mpsc::Receiver<Order>,
    told: watch::Sender<Told>,
    opened: oneshot::Sender<Opened>,
) {
    let mut opened = Some(opened);
    let mut pause = PAUSE;
    let mut failed = Vec::new();
    let mut at = 0;
    while let Some(node) = config.nodes.get(at).cloned() {
        at = (at + 1) % config.nodes.len();
        match open(&config, &node).await {
            Ok((socket, chain_id)) => {
                config.chain_id = Some(chain_id);
                if let Some(opened) = opened.take() {
                    let _whoever_asked_has_left = opened.send(Ok(chain_id));
                }
                (pause, failed) = (PAUSE, Vec::new());
                told.send_modify(|told| {
                    told.count += 1;
                    told.connections += 1;
                });
                if talk(&config, socket, &mut orders, &told).await == Ended::NobodyAsks {
                    return;
                }
            }
            Err(why) => failed.push((node, why)),
        }
        if failed.len() < config.nodes.len() {
            continue;
        }
        if let Some(opened) = opened.take() {
            let _whoever_asked_has_left = opened.send(Err(ClientError::NoNode(failed)));
            return;
        }
        if orders.is_closed() {
            return;
        }
        failed.clear();
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
    if let Some(opened) = opened {
        let _whoever_asked_has_left = opened.send(Err(ClientError::NoNode(failed)));
    }
}

/// A connection to a node that can be used, and its chain.
async fn open(config: &Config, node: &str) -> Result<(Socket, Digest<32>), String> {
    let limit = config.connect_deadline;
    let late = |_| format!("no answer within {} s", limit.as_secs_f32());
    let mut limits = WebSocketConfig::default();
    limits.max_message_size = Some(config.message_bytes_max);
    limits.max_frame_size = Some(config.message_bytes_max);
    let connecting = connect_async_with_config(node, Some(limits), true);
    let (mut socket, _) = timeout(limit, connecting).await.map_err(late)?.map_err(said)?;
    let chain_id = timeout(limit, examine(config, &mut socket)).await.map_err(late)??;
    Ok((socket, chain_id))
}

fn said(error: SocketError) -> String {
    error.to_string()
}

/// Asks a node for its chain and its head, and to tell of blocks.
async fn examine(config: &Config, socket: &mut Socket) -> Result<Digest<32>, String> {
    let chain_id = ask(socket, json!(["database", "get_chain_id", []])).await?;
    let chain_id: Digest<32> = Json::from_json(&chain_id).map_err(|error| error.to_string())?;
    if let Some(wanted) = config.chain_id.filter(|wanted| *wanted != chain_id) {
        return Err(ClientError::OtherChain { wanted, found: chain_id }.to_string());
    }
    if let Some(age_max) = config.head_age_max {
        let head = ask(socket, json!(["database", "get_dynamic_global_properties", []])).await?;
        let head = DynamicGlobalProperty::from_json(&head).map_err(|error| error.to_string())?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let age = now.saturating_sub(Duration::from_secs(head.time.0.into()));
        if age > age_max {
            return Err(format!("its head block is {} s old", age.as_secs()));
        }
    }
    ask(socket, json!(["database", "set_block_applied_callback", [BLOCKS]])).await?;
    Ok(chain_id)
}

/// Asks on a connection on which nothing else is asked.
async fn ask(socket: &mut Socket, params: Value) -> Result<Value, String> {
    socket.send(request(0, &params)).await.map_err(said)?;
    loop {
        let frame = socket.next().await.ok_or("the connection ended")?.map_err(said)?;
        let Some(mut answer) = read(&frame) else { continue };
        if answer["id"] != 0 {
            continue;
        }
        if answer["error"].is_object() {
            return Err(Refused::read(&answer["error"]).explanation().to_owned());
        }
        return Ok(answer["result"].take());
    }
}

fn request(id: u64, params: &Value) -> Message {
    Message::text(json!({ "id": id, "method": "call", "params": params }).to_string())
}

fn read(frame: &Message) -> Option<Value> {
    match frame {
        Message::Text(text) => serde_json::from_str(text.as_str()).ok(),
        _ => None,
    }
}

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    NobodyAsks,
    Lost,
}

/// Carries questions and answers until the connection ends.
async fn talk(
    config: &Config,
    socket: Socket,
    orders: &mut mpsc::Receiver<Order>,
    told: &watch::Sender<Told>,
) -> Ended {
    let (mut sink, mut stream) = socket.split();
    let mut waiting: BTreeMap<u64, oneshot::Sender<Answer>> = BTreeMap::new();
    let (mut id, mut heard, mut is_probed) = (0, Instant::now(), false);
    loop {
        let silence = if is_probed { config.silence_max * 2 } else { config.silence_max };
        let message = tokio::select! {
            order = orders.recv(), if waiting.len() < ON_THE_WAY_MAX => {
                let Some(order) = order else { return Ended::NobodyAsks };
                if order.reply.is_closed() {
                    continue;
                }
                id += 1;
                waiting.insert(id, order.reply);
                request(id, &order.params)
            }
            frame = stream.next() => {
                let Some(Ok(frame)) = frame else { return Ended::Lost };
                (heard, is_probed) = (Instant::now(), false);
                if let Some(answer) = read(&frame) {
                    take(answer, &mut waiting, told);
                }
                waiting.retain(|_, reply| !reply.is_closed());
                continue;
            }
            () = tokio::time::sleep_until(heard + silence) => {
                if is_probed {
                    return Ended::Lost;
                }
                is_probed = true;
                request(0, &json!(["database", "get_chain_id", []]))
            }
        };
        let sent = timeout(config.connect_deadline, sink.send(message)).await;
        if !matches!(sent, Ok(Ok(()))) {
            return Ended::Lost;
        }
    }
}

/// Gives an answer to whoever waits for it, or tells of a block.
fn take(
    mut answer: Value,
    waiting: &mut BTreeMap<u64, oneshot::Sender<Answer>>,
    told: &watch::Sender<Told>,
) {
    if answer["method"] == "notice" {
        if answer["params"][0] == BLOCKS {
            told.send_modify(|told| told.count += 1);
        }
        return;
    }
    let Some(reply) = answer["id"].as_u64().and_then(|id| waiting.remove(&id)) else { return };
    let given = match answer.get("error") {
        Some(error) if error.is_object() => Answer::Refused(Refused::read(error)),
        _ => Answer::Result(answer["result"].take()),
    };
    let _whoever_asked_has_left = reply.send(given);
}
