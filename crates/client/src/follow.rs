//! What becomes of a transaction: sent, in a block, final, or nowhere.

use crate::{Client, ClientError};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_wire::{Hash160, Json, JsonIn, TimePointSec};
use serde_json::json;

/// Blocks without a transaction after which it is handed over again: the node may have lost it.
const AGAIN_AFTER: u32 = 5;
/// Code of a refusal because the transaction is there already.
const DUPLICATE: &str = "uplicate transaction";

/// Where a transaction is.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its id.
    pub id: Hash160,
    /// The block.
    pub block_num: u32,
    /// Its position in the block, from 0.
    pub position: u32,
    /// Time of the block.
    pub time: TimePointSec,
    /// What its operations gave back.
    pub results: Vec<OperationResult>,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Nobody knows of it, or not any more.
    Unknown,
    /// It waits for a block until it expires.
    Pending {
        /// When.
        expiration: Option<TimePointSec>,
    },
    /// It is in a block.
    Included {
        /// The block.
        block_num: u32,
        /// Its position in the block, from 0.
        position: u32,
        /// Whether the block cannot be undone any more.
        is_final: bool,
    },
    /// It was refused, or expired.
    Refused {
        /// Why, in the node's words.
        reason: String,
        /// Whether it can enter no block any more.
        is_expired: bool,
    },
}

/// Whether a node knew a transaction before it was handed over.
enum Before {
    New,
    Known,
}

/// The newest block up to `head` that a transaction may name as the one it builds on: it can stand
/// in no block before.
fn reference_block(transaction: &SignedTransaction, head: u32) -> u32 {
    let behind = (head as u16).wrapping_sub(transaction.ref_block_num);
    head.saturating_sub(behind.into())
}

fn place_in(block: &SignedBlock, id: Hash160) -> Option<Place> {
    let mut transactions = block.transactions.iter().zip(0..);
    let (found, position) = transactions.find(|(one, _)| one.transaction.id() == id)?;
    let results = found.operation_results.clone();
    let time = block.header().timestamp;
    Some(Place { id, block_num: block.block_num(), position, time, results })
}

impl Client {
    /// Hands a transaction to the node; the id by which it is found. A refusal is the node's.
    pub async fn broadcast(&self, transaction: &SignedTransaction) -> Result<Hash160, ClientError> {
        self.hand_over(transaction).await.map(|_| transaction.id())
    }

    /// As [`Client::broadcast`]; what the node knew before.
    async fn hand_over(&self, transaction: &SignedTransaction) -> Result<Before, ClientError> {
        let arguments = json!([transaction.to_json_in(self.dialect())]);
        let sent = self.call("network_broadcast", "broadcast_transaction", arguments).await;
        match sent {
            // Whether the first one arrived was not known: it did.
            Err(ClientError::Refused { refused, .. }) if refused.message.contains(DUPLICATE) => {
                Ok(Before::Known)
            }
            sent => sent.map(|_| Before::New),
        }
    }

    /// Broadcasts a transaction and waits until it is in a block. When the connection is lost on
    /// the way, or the block is undone, it is sent again, as long as it can enter a block.
    pub async fn send(&self, transaction: &SignedTransaction) -> Result<Place, ClientError> {
        let id = transaction.id();
        let mut told = self.told();
        let mut next = self.head().await?.head_block_number;
        let (mut connections, mut handed_over) = (self.connections(), next);
        match self.hand_over(transaction).await {
            // It may be in a block already.
            Ok(Before::Known) => next = reference_block(transaction, next),
            Ok(Before::New) | Err(ClientError::Lost { .. }) => {}
            Err(error) => return Err(error),
        }
        loop {
            let head = self.head().await?;
            let (number, is_new) = (head.head_block_number, connections != self.connections());
            // Another node, a shorter branch, or one that may have forgotten it: blocks are looked
            // at again.
            let is_shorter = number.saturating_add(1) < next;
            if is_new || is_shorter || number >= handed_over.saturating_add(AGAIN_AFTER) {
                (connections, handed_over) = (self.connections(), number);
                next = reference_block(transaction, number).min(next);
                let _it_is_there_or_refused = self.hand_over(transaction).await;
            }
            while next <= head.head_block_number {
                let Some(block) = self.block(next.max(1)).await? else { break };
                if let Some(place) = place_in(&block, id) {
                    return Ok(place);
                }
                next = next.max(1) + 1;
            }
            if head.time > transaction.expiration {
                return self.found_or_expired(transaction, &head).await;
            }
            told = self.told_after(told).await?;
        }
    }

    /// A last look at the blocks that may have come in the place of others.
    async fn found_or_expired(
        &self,
        transaction: &SignedTransaction,
        head: &carbyne_objects::DynamicGlobalProperty,
    ) -> Result<Place, ClientError> {
        let first = reference_block(transaction, head.head_block_number).max(1);
        for number in first..=head.head_block_number {
            let place = self.block(number).await?.and_then(|b| place_in(&b, transaction.id()));
            if let Some(place) = place {
                return Ok(place);
            }
        }
        Err(ClientError::Expired { expiration: transaction.expiration })
    }

    /// Waits until the block of a transaction cannot be undone; none as soon as a fork dropped it.
    pub async fn wait_until_final(&self, place: Place) -> Result<Option<Place>, ClientError> {
        let mut told = self.told();
        loop {
            // Asked before the block: what cannot be undone now is what comes then.
            let irreversible = self.head().await?.last_irreversible_block_num;
            let block = self.block(place.block_num).await?;
            let Some(there) = block.and_then(|block| place_in(&block, place.id)) else {
                return Ok(None);
            };
            if irreversible >= place.block_num {
                return Ok(Some(there));
            }
            told = self.told_after(told).await?;
        }
    }

    /// What became of a transaction, as far as the node knows. One of the reference tells only of
    /// transactions that have not expired.
    pub async fn status(&self, id: Hash160) -> Result<Status, ClientError> {
        let asked = json!([id.to_string()]);
        let answer = self.call("carbyne", "get_transaction_status", asked.clone()).await;
        let answer = match answer {
            Err(ClientError::Refused { .. }) => {
                let known = self.call("database", "get_recent_transaction_by_id", asked).await?;
                let expiration = TimePointSec::from_json(&known["expiration"]).ok();
                let is_known = !known.is_null();
                return Ok(if is_known { Status::Pending { expiration } } else { Status::Unknown });
            }
            answer => answer?,
        };
        let number = |name: &str| answer[name].as_u64().unwrap_or_default() as u32;
        Ok(match answer["status"].as_str().unwrap_or_default() {
            "included" => Status::Included {
                block_num: number("block_num"),
                position: number("trx_in_block"),
                is_final: answer["is_final"] == true,
            },
            "pending" => {
                Status::Pending { expiration: TimePointSec::from_json(&answer["expiration"]).ok() }
            }
            status @ ("expired" | "refused") => Status::Refused {
                reason: crate::Refused::read(&answer["error"]).explanation().to_owned(),
                is_expired: status == "expired",
            },
            _ => Status::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(named: u16, head: u32, want: u32) {
        let transaction = SignedTransaction { ref_block_num: named, ..Default::default() };
        assert_eq!(reference_block(&transaction, head), want);
    }

    #[test]
    fn the_block_that_a_transaction_names_is_at_most_65535_behind() {
        check(7, 7, 7);
        check(7, 10, 7);
        check(0xffff, 0x1_0003, 0xffff);
        check(4, 0x1_0003, 4);
        check(9, 3, 0);
    }
}
