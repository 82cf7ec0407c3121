//! Clients that each send a transaction when the one before was answered, and others that want to
//! be told everything.

use crate::transfers::Packed;
use carbyne_api::Session;
use carbyne_node::core::{Event, Node};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Tags, unpack_exact};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// So many that some are never waiting while a block is made.
const CLIENTS: usize = 8_192;

/// Clients at work.
pub struct Feed {
    is_over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

/// How often it is looked whether more may be sent.
const LOOK_EVERY: Duration = Duration::from_millis(10);

impl Feed {
    /// Sends the transfers, in order.
    pub fn start(runtime: &Runtime, node: &Arc<Node>, transfers: Vec<Packed>) -> Self {
        Self::start_while(runtime, node, transfers, || Semaphore::MAX_PERMITS)
    }

    /// The same, as many at once as there is room for. Who waits for room costs nothing.
    pub fn start_while(
        runtime: &Runtime,
        node: &Arc<Node>,
        transfers: Vec<Packed>,
        room: impl Fn() -> usize + Send + 'static,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let is_over = Arc::new(AtomicBool::new(false));
        let (all, over) = (permits.clone(), is_over.clone());
        runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                all.add_permits(room().saturating_sub(all.available_permits()));
                tokio::time::sleep(LOOK_EVERY).await;
            }
            all.close();
        });
        let transfers = Arc::new(Mutex::new(transfers.into_iter()));
        let clients = (0..CLIENTS).map(|_| {
            let (node, transfers, is_over) = (node.clone(), transfers.clone(), is_over.clone());
            let permits = permits.clone();
            runtime.spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    match permits.acquire().await {
                        Ok(permit) => permit.forget(),
                        Err(_) => break,
                    }
                    let next = transfers.lock().expect("no bug").next();
                    let bytes = next.expect("enough transfers were made");
                    send(&node, &bytes).await;
                }
            })
        });
        Self { clients: clients.collect(), is_over }
    }

    /// Ends it when every client has its answer.
    pub fn finish(self, runtime: &Runtime) {
        self.is_over.store(true, Ordering::Relaxed);
        for client in self.clients {
            runtime.block_on(client).expect("no bug");
        }
    }
}

/// Sends a transfer, again if more waits for a block than may wait.
async fn send(node: &Arc<Node>, bytes: &[u8]) {
    let transaction: SignedTransaction = unpack_exact(bytes, Tags::Reference).expect("a transfer");
    while let Err(refused) = node.push_transaction(transaction.clone()).await {
        let text = format!("{refused:?}");
        let is_for_now = text.contains("ChainRefusal::PoolFull") || text.contains("too much to do");
        assert!(is_for_now, "{text}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Connections that want everything, as the sockets see them, up to the text of each notice.
pub struct Subscribers {
    tasks: Vec<JoinHandle<()>>,
    told: Arc<AtomicUsize>,
    fell_behind: Arc<AtomicUsize>,
}

impl Subscribers {
    /// Starts so many, each of which follows an account.
    pub fn start(runtime: &Runtime, node: &Arc<Node>, account: AccountId, count: usize) -> Self {
        let (told, fell_behind) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let tasks = (0..count).map(|_| {
            runtime.spawn(listen(node.clone(), account, told.clone(), fell_behind.clone()))
        });
        Self { tasks: tasks.collect(), told, fell_behind }
    }

    /// Ends them; gives how many notices there were, and how often one fell behind and came again.
    pub fn finish(self) -> (usize, usize) {
        self.tasks.iter().for_each(JoinHandle::abort);
        (self.told.load(Ordering::Relaxed), self.fell_behind.load(Ordering::Relaxed))
    }
}

async fn listen(
    node: Arc<Node>,
    account: AccountId,
    told: Arc<AtomicUsize>,
    fell_behind: Arc<AtomicUsize>,
) {
    let mut subscriptions = Session::new(&[]).subscriptions;
    subscriptions.set_objects(1, true);
    subscriptions.follow_account(account, 1);
    (subscriptions.blocks, subscriptions.pending) = (Some(2), Some(3));
    loop {
        let mut events = node.subscribe();
        while let Ok(event) = events.next().await {
            let notices = match &*event {
                Event::Block(event) => subscriptions.block_notices(event),
                Event::Pending(pending) => {
                    subscriptions.pending_notice(pending.json()).into_iter().collect()
                }
            };
            told.fetch_add(notices.len(), Ordering::Relaxed);
            notices.iter().for_each(|notice| drop(black_box(notice.to_string())));
            // As sending does.
            tokio::task::yield_now().await;
        }
        fell_behind.fetch_add(1, Ordering::Relaxed);
    }
}
