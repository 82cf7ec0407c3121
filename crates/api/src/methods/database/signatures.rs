//! Who must sign: keys that a transaction needs, and whether those it has are enough.

use crate::answer::Answer;
use crate::limits::{Excess, at_most};
use crate::methods::{Method, gather, read, submit};
use crate::view::Submission;
use crate::{ApiError, Arguments, View};
use carbyne_crypto::PublicKey;
use carbyne_ledger::Ledger;
use carbyne_ledger::authorize::{
    Approvals, AuthorityLookup, required_signatures, verify_authority,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::{AccountId, ChainPropertyId};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::required::required_authorities;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Digest, FlatSet, Id, Pack};
use serde_json::Value;
use std::cell::RefCell;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_required_signatures(trx: signed_transaction, available_keys: \
         [key]<=get_required_signatures) -> [key]",
        "Keys of a list that should sign.",
        get_required_signatures,
    ),
    gather(
        "get_potential_signatures(trx: signed_transaction) -> [key]",
        "Keys that could sign.",
        |view, arguments| {
            let (transaction, seen) = seen_authorities(view, arguments)?;
            let required = required_authorities(&transaction.operations).other;
            let keys = seen.iter().copied().chain(&required).flat_map(|one| one.key_auths.keys());
            view.rows(keys.copied().collect::<FlatSet<PublicKey>>(), usize::MAX)
        },
    ),
    gather(
        "get_potential_address_signatures(trx: signed_transaction) -> [address]",
        "Addresses that could sign.",
        |view, arguments| {
            let (_, seen) = seen_authorities(view, arguments)?;
            let addresses = seen.iter().flat_map(|one| one.address_auths.keys());
            view.rows(addresses.copied().collect::<FlatSet<_>>(), usize::MAX)
        },
    ),
    read(
        "verify_authority(trx: signed_transaction) -> bool",
        "True, or why the signatures are not enough.",
        |view, arguments| {
            let mut transaction = transaction(view, arguments)?;
            let keys = signature_keys(view, &transaction)?;
            let approvals = Approvals { keys: &keys, ..Approvals::default() };
            as_verified(view, &mut transaction.operations)?;
            verify_authority(&transaction.operations, &approvals, view.ledger, DEPTH)?;
            Ok(Value::Bool(true))
        },
    ),
    submit(
        "validate_transaction(trx: signed_transaction) -> processed_transaction",
        "A transaction with its results, if it is valid.",
        |arguments| arguments.get(0).map(Submission::Validate),
    ),
    read(
        "verify_account_authority(account_name_or_id: name|1.2.x, signers: \
         [key]<=verify_account_authority) -> bool",
        "Whether keys could act for an account.",
        account_authority,
    ),
];

fn max_depth(view: &View<'_>) -> Result<u32, ApiError> {
    Ok(view.ledger.parameters()?.max_authority_depth.into())
}

/// Leaves operations as the reference looks at them where it is asked to verify: it passes the
/// greatest depth where it should say whether to ignore the accounts that custom operations name.
fn as_verified(view: &View<'_>, operations: &mut [Operation]) -> Result<(), ApiError> {
    if max_depth(view)? > 0 {
        for operation in operations {
            if let Operation::Custom(custom) = operation {
                custom.required_auths.clear();
            }
        }
    }
    Ok(())
}

/// A transaction that the chain could take: a larger one, or one with more signatures than anybody
/// needs, is not worth the work.
fn transaction(view: &View<'_>, arguments: &Arguments<'_>) -> Result<SignedTransaction, ApiError> {
    let transaction: SignedTransaction = arguments.get(0)?;
    at_most(transaction.signatures.len(), view.settings.limits.signatures, "signatures")?;
    let most = view.ledger.parameters()?.maximum_transaction_size;
    if transaction.packed_len() > most as usize {
        return Err(Excess::TransactionBytes { most }.into());
    }
    Ok(transaction)
}

/// The keys that signed, each once.
fn signature_keys(
    view: &View<'_>,
    transaction: &SignedTransaction,
) -> Result<Vec<PublicKey>, ApiError> {
    let properties = view.ledger.get(Id(0) as ChainPropertyId)?;
    let chain_id: Digest<32> = properties.chain_id;
    let recovered = RecoveredTransaction::new(transaction.clone(), &chain_id, Recover::Signatures);
    Ok(recovered.keys()?.to_vec())
}

fn get_required_signatures(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let transaction = transaction(view, arguments)?;
    let available: FlatSet<PublicKey> = arguments.get(1)?;
    let signed = signature_keys(view, &transaction)?;
    let operations = &transaction.operations;
    let depth = max_depth(view)?;
    let keys = required_signatures(operations, &signed, &available, view.ledger, depth)?;
    view.rows(keys, usize::MAX)
}

/// Finds authorities in the state and remembers which were asked for.
struct Remembering<'a> {
    ledger: &'a Ledger,
    seen: RefCell<Vec<&'a Authority>>,
}

impl<'a> Remembering<'a> {
    fn remember(&self, authority: &'a Authority) -> &'a Authority {
        self.seen.borrow_mut().push(authority);
        authority
    }
}

impl AuthorityLookup for Remembering<'_> {
    fn active(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(self.remember(&self.ledger.get(account)?.active))
    }
    fn owner(&self, account: AccountId) -> Result<&Authority, Rejected> {
        Ok(self.remember(&self.ledger.get(account)?.owner))
    }
}

/// A transaction and every authority that could play a part in signing it.
fn seen_authorities<'a>(
    view: &View<'a>,
    arguments: &Arguments<'_>,
) -> Result<(SignedTransaction, Vec<&'a Authority>), ApiError> {
    let transaction = transaction(view, arguments)?;
    let signed = signature_keys(view, &transaction)?;
    let lookup = Remembering { ledger: view.ledger, seen: RefCell::default() };
    required_signatures(&transaction.operations, &signed, &[], &lookup, max_depth(view)?)?;
    Ok((transaction, lookup.seen.into_inner()))
}

/// How deep accounts may stand in each other's authorities where the reference verifies, whatever
/// the chain says.
const DEPTH: u32 = 2;

fn account_authority(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name: String = arguments.get(0)?;
    let keys: FlatSet<PublicKey> = arguments.get(1)?;
    let from = view.account(&name)?.id;
    let operations = [Operation::from(Transfer { from, ..Transfer::default() })];
    let approvals = Approvals { keys: &keys, ..Approvals::default() };
    let lookup = Remembering { ledger: view.ledger, seen: RefCell::default() };
    Ok(Value::Bool(verify_authority(&operations, &approvals, &lookup, DEPTH).is_ok()))
}
