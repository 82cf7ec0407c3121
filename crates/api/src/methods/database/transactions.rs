//! Transactions: as bytes, their fees, and what became of them.

use crate::answer::Answer;
use crate::methods::{Method, gather, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Bytes, Hash160, Json, Pack};
use serde_json::{Value, json};

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_transaction(block_num: uint32, trx_in_block: uint32) -> processed_transaction",
        "A transaction by its block and its place there.",
        get_transaction,
    ),
    gather(
        "get_recent_transaction_by_id(txid: hash160) -> signed_transaction?",
        "A transaction that has not expired yet.",
        get_recent,
    ),
    read(
        "get_transaction_hex(trx: signed_transaction) -> hex",
        "The bytes of a transaction.",
        |_, arguments| {
            let transaction: SignedTransaction = arguments.get(0)?;
            Ok(Bytes(transaction.to_bytes()).to_json())
        },
    ),
    read(
        "get_transaction_hex_without_sig(trx: transaction) -> hex",
        "The bytes of a transaction without its signatures.",
        |_, arguments| {
            let transaction: SignedTransaction = arguments.get(0)?;
            let mut bytes = Vec::new();
            transaction.pack_unsigned(&mut bytes);
            Ok(Bytes(bytes).to_json())
        },
    ),
    gather(
        "get_required_fees(ops: [operation]<=get_required_fees, asset_symbol_or_id: symbol|1.3.x) \
         -> [asset|(asset, \
         [any])]",
        "The fees of operations, paid in an asset.",
        get_required_fees,
    ),
];

fn get_transaction(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (number, place): (u32, u32) = (arguments.get(0)?, arguments.get(1)?);
    let block = view.blocks.block(number).ok_or(ApiRefusal::UnknownBlock { number })?;
    let transaction = block.transactions.get(place as usize);
    view.row(transaction.ok_or(ApiRefusal::UnknownTransaction { number, place })?.clone())
}

fn get_recent(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let id: Hash160 = arguments.get(0)?;
    let recent = &view.ledger.tables.transactions;
    let found = recent.index().find(&id).and_then(|id| view.ledger.find(id));
    match found {
        Some(found) => view.row(found.trx.clone()),
        None => Ok(Value::Null.into()),
    }
}

/// How deep proposals in proposals are looked into.
const DEPTH_MAX: u32 = 4;

fn get_required_fees(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let operations: Vec<Operation> = arguments.get(0)?;
    let rate = arguments.asset(view, 1)?.options.core_exchange_rate;
    let fees = Fees { schedule: &view.ledger.parameters()?.current_fees, rate };
    view.list(operations.into_iter().map(|mut operation| fees.required(&mut operation, 0)))
}

struct Fees<'a> {
    schedule: &'a FeeSchedule,
    /// What the asset that pays is worth.
    rate: Price,
}

impl Fees<'_> {
    /// The fee; of a proposal with those of the operations it proposes.
    fn required(&self, operation: &mut Operation, depth: u32) -> Result<Value, ApiError> {
        let Operation::ProposalCreate(proposal) = operation else {
            return Ok(self.set(operation)?.to_json());
        };
        let mut inner = Vec::new();
        for proposed in &mut proposal.proposed_ops {
            if depth >= DEPTH_MAX {
                return Err(ApiRefusal::NestedTooDeep.into());
            }
            inner.push(self.required(&mut proposed.op, depth + 1)?);
        }
        Ok(json!([self.set(operation)?.to_json(), inner]))
    }

    /// Sets the fee. A fee stands in the operation and may make it longer, hence dearer.
    fn set(&self, operation: &mut Operation) -> Result<Asset, ApiError> {
        const ROUNDS_MAX: usize = 4;
        let mut fee = self.schedule.calculate_fee_in(operation, self.rate)?;
        for _ in 0..ROUNDS_MAX {
            *operation.fee_mut() = fee;
            let again = self.schedule.calculate_fee_in(operation, self.rate)?;
            if fee.amount >= again.amount {
                break;
            }
            fee = again;
        }
        Ok(fee)
    }
}
