//! Transactions: fees from the node, reference block and expiration from the chain.

use crate::{Client, ClientError};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};

/// Newest transactions that are remembered so that no two are alike.
const BUILT_MAX: usize = 1_000;
/// How long a transaction may wait for a block, seconds of the chain's clock.
const LIFETIME: u32 = 30;

/// What a transaction is to do.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The operations; their fees are set by [`Client::prepare`].
    pub operations: Vec<Operation>,
    /// The asset that fees are paid in.
    pub fee_asset: AssetId,
    /// How long it may wait for a block, seconds of the chain's clock.
    pub lifetime: u32,
}

impl Draft {
    /// A transaction of one operation, whose fee is paid in core.
    pub fn of(operation: impl Into<Operation>) -> Self {
        Self::of_all([operation.into()])
    }

    /// A transaction of several operations, whose fees are paid in core.
    pub fn of_all(operations: impl IntoIterator<Item = Operation>) -> Self {
        let operations = operations.into_iter().collect();
        Self { operations, fee_asset: CORE, lifetime: LIFETIME }
    }

    /// The same with fees in another asset.
    pub fn fees_in(mut self, asset: AssetId) -> Self {
        self.fee_asset = asset;
        self
    }

    /// The same, waiting for a block so many seconds of the chain's clock.
    pub fn waiting(mut self, seconds: u32) -> Self {
        self.lifetime = seconds;
        self
    }
}

impl Client {
    /// A transaction without signatures, with fees from the node, that builds on the head block and
    /// expires by the chain's clock. No two are alike, so the same can be done twice at once.
    pub async fn prepare(&self, draft: Draft) -> Result<SignedTransaction, ClientError> {
        let Draft { mut operations, fee_asset, lifetime } = draft;
        let fees = self.required_fees(&operations, fee_asset).await?;
        for (operation, fee) in operations.iter_mut().zip(fees) {
            *operation.fee_mut() = fee;
        }
        self.on_head(operations, lifetime).await
    }

    /// As [`Client::prepare`], with the fees that the operations have.
    pub async fn on_head(
        &self,
        operations: Vec<Operation>,
        lifetime: u32,
    ) -> Result<SignedTransaction, ClientError> {
        let head = self.head().await?;
        let mut transaction = SignedTransaction {
            ref_block_num: head.head_block_number as u16,
            ref_block_prefix: ref_block_prefix(&head.head_block_id),
            expiration: head.time.wrapping_add(lifetime),
            operations: operations.into(),
            ..SignedTransaction::default()
        };
        let mut built = self.built.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        while built.contains(&transaction.id()) {
            transaction.expiration = transaction.expiration.wrapping_add(1);
        }
        built.push_back(transaction.id());
        if built.len() > BUILT_MAX {
            built.pop_front();
        }
        Ok(transaction)
    }

    /// Signs for the chain of the nodes, once with each key.
    pub fn sign(&self, transaction: &mut SignedTransaction, keys: &[PrivateKey]) {
        keys.iter().for_each(|key| transaction.sign(key, &self.chain_id()));
    }
}
