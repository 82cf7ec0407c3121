//! What `carbyne dev` has beside a chain: accounts whose keys everybody has, a faucet, a world of
//! traders to look at, and ways back.
//!
//! Invariant: whatever it brings into the chain are transactions that are signed and checked like
//! any other; all else it can do is take blocks back. A node on a real chain has none of it.

pub(crate) mod accounts;
pub(crate) mod demo;
mod faucet;
pub(crate) mod furnish;
pub(crate) mod marks;
pub(crate) mod report;
pub(crate) mod signer;

use crate::core::Node;
use carbyne_api::{ApiError, DevRequest};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Json, TimePointSec};
use serde_json::{Value, json};
use signer::Signer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Notify;

/// What a chain for development can do for its users.
pub(crate) struct Tools {
    /// Who pays what the faucet gives, if the genesis is ours.
    pub(crate) payer: Option<Signer>,
    /// Told of whatever is refused.
    pub(crate) refused: fn(&ApiError),
    /// The way to have the chain begin again, if it may be deleted.
    pub(crate) reset: Option<Arc<Reset>>,
    /// How many snapshots were taken.
    pub(crate) snapshots: AtomicU32,
}

/// How somebody has the chain begin again, and learns that nobody meets the old one any more.
#[derive(Debug, Default)]
pub(crate) struct Reset {
    wanted: Notify,
    heard: Notify,
}

impl Reset {
    /// Asks for it; returns when no connection to the old chain is taken any more.
    async fn ask(&self) {
        self.wanted.notify_one();
        self.heard.notified().await;
    }

    /// Waits until it is asked for.
    pub(crate) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Says that no connection is taken any more.
    pub(crate) fn hear(&self) {
        self.heard.notify_one();
    }
}

impl Node {
    /// Does what a developer asks for.
    pub(crate) async fn dev(&self, request: DevRequest) -> Result<Value, ApiError> {
        match request {
            DevRequest::SetTime(time) => self.set_time(time).await,
            DevRequest::Faucet { account, amount } => {
                let paid =
                    self.with_payer(|payer, view| faucet::pay(payer, view, &account, amount));
                self.send(paid?).await
            }
            DevRequest::CreateAccount { name, owner, active } => {
                let created = self.with_payer(|payer, view| {
                    faucet::create_account(payer, view, &name, (&owner, &active))
                });
                self.send(created?).await
            }
            DevRequest::Snapshot => {
                let taken = &self.workbench()?.snapshots;
                let id = taken.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
                self.mark(id).await?;
                Ok(json!(id))
            }
            DevRequest::Revert(snapshot) => {
                self.workbench()?;
                self.revert(snapshot).await?;
                Ok(self.head_time().unwrap_or_default().to_json())
            }
            DevRequest::Reset => self.reset().await,
        }
    }

    async fn send(&self, transaction: SignedTransaction) -> Result<Value, ApiError> {
        let id = transaction.id();
        self.push_transaction(transaction).await?;
        Ok(id.to_json())
    }

    /// What only a chain that nobody else has may use: others would not go back with it.
    fn workbench(&self) -> Result<&Tools, ApiError> {
        self.tools().ok_or_else(|| {
            ApiError::assert("this chain is for more than development: start it with `carbyne dev`")
        })
    }

    /// Has the chain begin again.
    async fn reset(&self) -> Result<Value, ApiError> {
        let reset = self.workbench()?.reset.as_ref().ok_or_else(|| {
            ApiError::assert("the chain was not made by `carbyne dev`: delete it yourself")
        })?;
        reset.ask().await;
        Ok(Value::Null)
    }

    /// The time of the head block.
    pub(crate) fn head_time(&self) -> Option<TimePointSec> {
        self.read(|view| view.ledger.head_time().ok()).flatten()
    }

    async fn set_time(&self, time: TimePointSec) -> Result<Value, ApiError> {
        let head = self.head_time().unwrap_or_default();
        let Some(seconds) = time.0.checked_sub(head.0).filter(|seconds| *seconds > 0) else {
            return Err(ApiError::assert(format!(
                "the chain is at {head}: time moves forward only"
            )));
        };
        self.produce(1, seconds).await?;
        Ok(self.head_time().unwrap_or_default().to_json())
    }
}
