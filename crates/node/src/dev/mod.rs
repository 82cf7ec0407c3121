//! What `carbyne dev` has beside a chain: accounts whose keys everybody has, a faucet, and a world
//! of traders to look at.
//!
//! Invariant: everything it does goes through transactions that are signed and checked like any
//! other. A node on a real chain has none of it.

pub(crate) mod accounts;
pub(crate) mod demo;
mod faucet;
pub(crate) mod furnish;
pub(crate) mod report;
pub(crate) mod signer;

use crate::core::Node;
use carbyne_api::{ApiError, DevRequest};
use carbyne_wire::{Json, TimePointSec};
use serde_json::Value;
use signer::Signer;

/// What a chain for development can do for its users.
pub(crate) struct Tools {
    /// Who pays what the faucet gives.
    pub(crate) payer: Signer,
    /// Told of whatever is refused.
    pub(crate) refused: fn(&ApiError),
}

impl Node {
    /// Does what a developer asks for.
    pub(crate) async fn dev(&self, request: DevRequest) -> Result<Value, ApiError> {
        let transaction = match request {
            DevRequest::SetTime(time) => return self.set_time(time).await,
            DevRequest::Faucet { account, amount } => {
                self.with_payer(|payer, view| faucet::pay(payer, view, &account, amount))?
            }
            DevRequest::CreateAccount { name, owner, active } => {
                self.with_payer(|payer, view| {
                    faucet::create_account(payer, view, &name, (&owner, &active))
                })?
            }
        };
        let id = transaction.id();
        self.push_transaction(transaction).await?;
        Ok(id.to_json())
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
