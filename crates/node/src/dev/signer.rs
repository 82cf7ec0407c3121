//! An account and its key: makes transactions from operations in JSON, with the fees that the chain
//! asks for.

use carbyne_crypto::PrivateKey;
use carbyne_ledger::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{Digest, Json, JsonError, JsonIn, TimePointSec};
use serde_json::{Value, json};

/// Seconds for which a transaction may wait.
const LIFETIME: u32 = 600;

/// Why no transaction was made: a bug in what asked for it, or a chain without parameters.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMade {
    /// It was no operation.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// The chain does not say what it costs.
    #[error("{0}")]
    Rejected(Rejected),
}

impl From<Rejected> for NotMade {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

/// An account and its key.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    /// The account.
    pub(crate) account: AccountId,
    /// Its active key.
    pub(crate) key: PrivateKey,
}

impl Signer {
    /// The id of the account, as operations in JSON have it.
    pub(crate) fn id(&self) -> Value {
        self.account.to_json()
    }

    /// A signed transaction on top of the head block. Operations are their names and fields;
    /// what a field is left out for is its default.
    pub(crate) fn transaction(
        &self,
        ledger: &Ledger,
        chain_id: &Digest<32>,
        now: TimePointSec,
        operations: &[(&str, Value)],
    ) -> Result<SignedTransaction, NotMade> {
        let parameters = ledger.parameters()?;
        let made: Result<Vec<Operation>, NotMade> =
            operations.iter().map(|(name, fields)| with_fee(name, fields, ledger)).collect();
        let dynamic = ledger.dynamic()?;
        // The chain goes by its head block, which may be long ago.
        let head = ledger.head_time()?;
        let latest = head.wrapping_add(parameters.maximum_time_until_expiration);
        let mut transaction = SignedTransaction {
            ref_block_num: dynamic.head_block_number as u16,
            ref_block_prefix: ref_block_prefix(&dynamic.head_block_id),
            expiration: now.max(head).wrapping_add(LIFETIME).min(latest),
            operations: made?.into(),
            ..SignedTransaction::default()
        };
        transaction.sign(&self.key, chain_id);
        Ok(transaction)
    }
}

/// An operation that pays what is asked for it.
fn with_fee(name: &str, fields: &Value, ledger: &Ledger) -> Result<Operation, NotMade> {
    let schedule = &ledger.parameters()?.current_fees;
    let row = Operation::TABLE.iter().find(|(_, known, _)| *known == name);
    let number = row.map(|(number, ..)| number);
    let mut operation = Operation::from_json_in(&json!([number, fields]), ledger.dialect)?;
    // A fee is part of what is paid for; it has the same length from the second time on.
    for _ in 0..2 {
        let fee = schedule.calculate_fee(&operation)?;
        *operation.fee_mut() = Asset::core(fee);
    }
    Ok(operation)
}
