//! The handle that programs hold.

use crate::connection::{self, Answer, ORDERS_MAX, Order, Told};
use crate::{ClientError, Config};
use carbyne_wire::{Dialect, Digest, Hash160, JsonIn, Tags};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

/// The handle that programs hold; cheap to clone. The connection ends with the last of them.
#[derive(Clone)]
pub struct Client {
    orders: mpsc::Sender<Order>,
    told: watch::Receiver<Told>,
    call_deadline: Duration,
    chain_id: Digest<32>,
    dialect: Dialect,
    /// Ids of the newest transactions that were built, so that no two are alike.
    pub(crate) built: Arc<Mutex<VecDeque<Hash160>>>,
}

/// TLS needs to be told whose cryptography it uses, once.
static CRYPTOGRAPHY: Once = Once::new();

impl Client {
    /// Connects to the first node that can be used, and says why none can.
    pub async fn connect(config: Config) -> Result<Self, ClientError> {
        CRYPTOGRAPHY.call_once(|| {
            let _somebody_did = rustls::crypto::ring::default_provider().install_default();
        });
        let (orders, waiting) = mpsc::channel(ORDERS_MAX);
        let (tell, told) = watch::channel(Told::default());
        let (open, opened) = oneshot::channel();
        let (call_deadline, dialect) = (config.call_deadline, config.dialect);
        tokio::spawn(connection::keep(config, waiting, tell, open));
        let chain_id = opened.await.map_err(|_| ClientError::Ended)??;
        let built = Arc::default();
        Ok(Self { orders, told, call_deadline, chain_id, dialect, built })
    }

    /// The chain of the nodes.
    pub fn chain_id(&self) -> Digest<32> {
        self.chain_id
    }

    /// The same client where the chain is known to have these choices.
    pub fn knowing(self, tags: Tags) -> Self {
        Self { dialect: self.dialect.knowing(tags), ..self }
    }

    /// How the chain writes keys, and which choices it knows.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Waits until a block was applied, or a connection was made, after `seen` of them; how many
    /// there are now.
    pub(crate) async fn told_after(&self, seen: u64) -> Result<u64, ClientError> {
        let mut told = self.told.clone();
        let told = told.wait_for(|told| told.count > seen).await;
        told.map(|told| told.count).map_err(|_| ClientError::Ended)
    }

    /// How many blocks and connections were told of.
    pub(crate) fn told(&self) -> u64 {
        self.told.borrow().count
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> u64 {
        self.told.borrow().connections
    }

    /// Calls a method of an API, such as `database`, `history` or `carbyne`. If the connection is
    /// lost, the next node is asked; but what is broadcast is sent once.
    pub async fn call(
        &self,
        api: &str,
        method: &str,
        arguments: Value,
    ) -> Result<Value, ClientError> {
        let params = json!([api, method, arguments]);
        let until = Instant::now() + self.call_deadline;
        loop {
            let (reply, answered) = oneshot::channel();
            let order = Order { params: params.clone(), reply };
            let asked = async {
                self.orders.send(order).await.map_err(|_| ClientError::Ended)?;
                Ok::<_, ClientError>(answered.await)
            };
            let method = || method.to_owned();
            let answer = timeout_at(until, asked).await;
            let late = || ClientError::Deadline { method: method(), limit: self.call_deadline };
            match answer.map_err(|_| late())?? {
                Ok(Answer::Result(result)) => return Ok(result),
                Ok(Answer::Refused(refused)) => {
                    let refused = Box::new(refused);
                    return Err(ClientError::Refused { method: method(), refused });
                }
                Err(_) if api == "network_broadcast" => {
                    return Err(ClientError::Lost { method: method() });
                }
                Err(_) => {}
            }
        }
    }

    /// Calls a method and reads its answer.
    pub async fn ask<T: JsonIn>(
        &self,
        api: &str,
        method: &str,
        arguments: Value,
    ) -> Result<T, ClientError> {
        let answer = self.call(api, method, arguments).await?;
        let unreadable = |error| ClientError::Unreadable { method: method.to_owned(), error };
        T::from_json_in(&answer, self.dialect).map_err(unreadable)
    }
}
