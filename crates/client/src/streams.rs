//! Streams that go on where they were after a reconnect.
//!
//! Each reads by position: the notices of a node only say that there is something to read, so one
//! that is lost costs nothing.

use crate::{Client, ClientError};
use carbyne_answers::Trade;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Dialect, Hash160, Json, JsonIn, ObjectId};
use futures_util::Stream;
use serde_json::{Value, json};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Items that may wait to be taken; reading stops while there are so many.
const WAITING_MAX: usize = 64;
/// Blocks whose ids are remembered to see that one of them was undone.
const REMEMBERED_MAX: usize = 2_000;
/// Most entries of an account that are read at once.
const PAGE: u64 = 100;

/// What comes, in order. Ends with the first error; dropping it ends the reading.
pub struct Subscription<T> {
    items: mpsc::Receiver<Result<T, ClientError>>,
}

impl<T> Subscription<T> {
    /// The next item; none after an error.
    pub async fn next(&mut self) -> Option<Result<T, ClientError>> {
        self.items.recv().await
    }
}

impl<T> Stream for Subscription<T> {
    type Item = Result<T, ClientError>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.poll_recv(context)
    }
}

/// Where a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Behind what is there now.
    Now,
    /// Behind this number, which was the last that was taken.
    After(u32),
}

/// What happened to the chain.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockEvent {
    /// A block was applied.
    Applied(Box<SignedBlock>),
    /// The newest block that was told of was undone: another branch is longer.
    Undone {
        /// Its number.
        block_num: u32,
        /// Its id.
        id: Hash160,
    },
}

/// An operation of an account's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number among those of the account, from 1.
    pub sequence: u32,
    /// The block.
    pub block_num: u32,
    /// The operation.
    pub operation: Operation,
}

type Items<T> = mpsc::Sender<Result<T, ClientError>>;

/// Whoever listened has left, or something went wrong.
enum Stop {
    Left,
    Failed(ClientError),
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        Self::Failed(error)
    }
}

async fn give<T>(items: &Items<T>, item: T) -> Result<(), Stop> {
    items.send(Ok(item)).await.map_err(|_| Stop::Left)
}

/// Reads in the background until whoever listens leaves. What no node can be asked for now is asked
/// for again: only refusals and answers that cannot be read end a stream.
fn read<T, R>(client: &Client, mut reader: R) -> Subscription<T>
where
    T: Send + 'static,
    R: Reader<T> + Send + 'static,
{
    let (items, taken) = mpsc::channel(WAITING_MAX);
    let client = client.clone();
    tokio::spawn(async move {
        let mut told = client.told();
        loop {
            match reader.read(&client, &items).await {
                Err(Stop::Left) => return,
                Err(Stop::Failed(error)) if is_final(&error) => {
                    let _nobody_listens = items.send(Err(error)).await;
                    return;
                }
                _ => {}
            }
            told = tokio::select! {
                told = client.told_after(told) => match told {
                    Ok(told) => told,
                    Err(_) => return,
                },
                () = items.closed() => return,
            };
        }
    });
    Subscription { items: taken }
}

fn is_final(error: &ClientError) -> bool {
    !matches!(error, ClientError::Deadline { .. } | ClientError::Lost { .. })
}

/// What reads everything behind its position.
trait Reader<T> {
    fn read(
        &mut self,
        client: &Client,
        items: &Items<T>,
    ) -> impl Future<Output = Result<(), Stop>> + Send;
}

/// Number and id of the newest blocks that were told, the oldest first.
struct Blocks(Vec<(u32, Hash160)>);

impl Reader<BlockEvent> for Blocks {
    async fn read(&mut self, client: &Client, items: &Items<BlockEvent>) -> Result<(), Stop> {
        let head = client.head().await?.head_block_number;
        loop {
            let last = self.0.last().copied();
            let next = last.map_or(1, |(number, _)| number + 1);
            if next > head + 1 {
                // The branch is shorter than what was told.
                self.undo(items).await?;
                continue;
            }
            // The block that was told last is looked at again when there is none behind it.
            if next > head {
                let same = client.block(head).await?.map(|block| block.id());
                if last.is_none() || same == last.map(|(_, id)| id) || is_start(last) {
                    return Ok(());
                }
                self.undo(items).await?;
                continue;
            }
            let Some(block) = client.block(next).await? else { return Ok(()) };
            if last.is_some_and(|(_, id)| id != block.header().previous) && !is_start(last) {
                self.undo(items).await?;
                continue;
            }
            self.0.push((next, block.id()));
            if self.0.len() > REMEMBERED_MAX {
                self.0.remove(0);
            }
            give(items, BlockEvent::Applied(Box::new(block))).await?;
        }
    }
}

/// Whether it is a position that was asked for, of which no id is known.
fn is_start(last: Option<(u32, Hash160)>) -> bool {
    last.is_some_and(|(_, id)| id == Hash160::default())
}

impl Blocks {
    async fn undo(&mut self, items: &Items<BlockEvent>) -> Result<(), Stop> {
        let Some((block_num, id)) = self.0.pop() else { return Ok(()) };
        if id == Hash160::default() {
            return Ok(());
        }
        give(items, BlockEvent::Undone { block_num, id }).await
    }
}

/// Operations of an account behind a number.
struct Operations {
    account: String,
    after: Option<u32>,
}

impl Reader<Entry> for Operations {
    async fn read(&mut self, client: &Client, items: &Items<Entry>) -> Result<(), Stop> {
        let total = total_operations(client, &self.account).await?;
        let mut after = self.after.unwrap_or(total);
        self.after = Some(after);
        while after < total {
            let newest = u64::from(total).min(u64::from(after) + PAGE);
            // From the newest down to the oldest, whose number is one above the last that was
            // taken.
            let page = json!([self.account, after + 1, PAGE, newest]);
            let page = client.call("history", "get_relative_account_history", page).await?;
            let page: Vec<Value> = page.as_array().cloned().unwrap_or_default();
            for entry in page.iter().rev() {
                after += 1;
                give(items, read_entry(entry, after, client.dialect())?).await?;
                self.after = Some(after);
            }
            if page.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn read_entry(entry: &Value, sequence: u32, dialect: Dialect) -> Result<Entry, ClientError> {
    let unreadable = |error| ClientError::Unreadable {
        method: "get_relative_account_history".to_owned(),
        error,
    };
    Ok(Entry {
        sequence,
        block_num: u32::from_json(&entry["block_num"]).map_err(unreadable)?,
        operation: Operation::from_json_in(&entry["op"], dialect).map_err(unreadable)?,
    })
}

/// How many operations concern an account.
async fn total_operations(client: &Client, account: &str) -> Result<u32, ClientError> {
    let account = client.account(account).await?;
    let statistics: ObjectId = account.statistics.into();
    let statistics = client.object(statistics).await?.unwrap_or_default();
    Ok(u32::from_json(&statistics["total_ops"]).unwrap_or_default())
}

/// Trades of a market behind a number.
struct Trades {
    market: (String, String),
    after: Option<i64>,
}

impl Reader<Trade> for Trades {
    async fn read(&mut self, client: &Client, items: &Items<Trade>) -> Result<(), Stop> {
        let (base, quote) = (self.market.0.as_str(), self.market.1.as_str());
        let trades = client.trades_after((base, quote), self.after.unwrap_or(-1)).await?;
        let newest = trades.last().map_or(-1, |trade| trade.sequence);
        if self.after.is_none() {
            self.after = Some(newest);
            return Ok(());
        }
        for trade in trades {
            self.after = Some(trade.sequence);
            give(items, trade).await?;
        }
        Ok(())
    }
}

/// Objects as they were told last.
struct Objects {
    ids: Vec<ObjectId>,
    last: Vec<Value>,
}

impl Reader<(ObjectId, Option<Value>)> for Objects {
    async fn read(
        &mut self,
        client: &Client,
        items: &Items<(ObjectId, Option<Value>)>,
    ) -> Result<(), Stop> {
        let ids: Vec<String> = self.ids.iter().map(ToString::to_string).collect();
        let found = client.call("database", "get_objects", json!([ids])).await?;
        let found = found.as_array().cloned().unwrap_or_default();
        for ((id, last), now) in self.ids.iter().zip(&mut self.last).zip(found) {
            if *last != now {
                *last = now.clone();
                give(items, (*id, Some(now).filter(|now| !now.is_null()))).await?;
            }
        }
        Ok(())
    }
}

impl Client {
    /// Blocks in order, each once, with those that a fork undoes.
    pub async fn blocks(&self, start: Start) -> Result<Subscription<BlockEvent>, ClientError> {
        let begin = match start {
            Start::Now => {
                let head = self.head().await?;
                vec![(head.head_block_number, head.head_block_id)]
            }
            Start::After(0) => Vec::new(),
            Start::After(number) => vec![(number, Hash160::default())],
        };
        Ok(read(self, Blocks(begin)))
    }

    /// Operations that concern an account, in order, each once. A fork that undoes some of them is
    /// not told: who needs certainty looks at `block_num` and the last irreversible block.
    pub async fn operations_of(
        &self,
        account: &str,
        start: Start,
    ) -> Result<Subscription<Entry>, ClientError> {
        let after = match start {
            Start::Now => total_operations(self, account).await?,
            Start::After(sequence) => sequence,
        };
        Ok(read(self, Operations { account: account.to_owned(), after: Some(after) }))
    }

    /// Trades of a market from now on, in order.
    pub async fn trades(
        &self,
        base: &str,
        quote: &str,
    ) -> Result<Subscription<Trade>, ClientError> {
        let market = (base.to_owned(), quote.to_owned());
        let trades = self.trades_after((base, quote), -1).await?;
        let after = Some(trades.last().map_or(-1, |trade| trade.sequence));
        Ok(read(self, Trades { market, after }))
    }

    /// Objects as they are now, and again after every block that changes them; none for one that
    /// is gone.
    pub fn objects(&self, ids: Vec<ObjectId>) -> Subscription<(ObjectId, Option<Value>)> {
        let last = vec![Value::Null; ids.len()];
        read(self, Objects { ids, last })
    }
}
