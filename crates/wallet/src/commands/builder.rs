//! Transactions piece by piece, signatures, and proposals.

use super::{Command, command, own, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::finish::check;
use crate::review::Send;
use crate::wallet::Wallet;
use crate::words::Looking;
use carbyne_crypto::PublicKey;
use carbyne_objects::{GlobalProperty, Proposal};
use carbyne_protocol::constants::COMMITTEE_ACCOUNT;
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ids::{AccountId, ProposalId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::governance::update_global_parameters as global_parameters;
use carbyne_protocol::ops::proposal::{
    ProposalUpdate,
    create::{OpWrapper, ProposalCreate},
};
use carbyne_protocol::parameters::ChainParameters;
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{FlatSet, Json, JsonIn, Pack, TimePointSec};
use serde_json::{Value, json};

type UpdateParameters = global_parameters::CommitteeMemberUpdateGlobalParameters;

/// Builders that may be open.
const BUILDERS_MAX: usize = 1_000;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "begin_builder_transaction()",
        "Begins a transaction; the handle by which it is built.",
        "begin_builder_transaction",
        |wallet, _| {
            if wallet.builders.len() >= BUILDERS_MAX {
                return Err(WalletError::impossible(format!("{BUILDERS_MAX} are open already")));
            }
            let handle = wallet.builders.last_key_value().map_or(0, |(last, _)| last + 1);
            wallet.builders.insert(handle, SignedTransaction::default());
            Ok(handle.into())
        },
    ),
    command(
        "add_operation_to_builder_transaction(transaction_handle: uint, op: operation)",
        "Adds an operation to a transaction.",
        "add_operation_to_builder_transaction 0 @operation.json",
        |wallet, arguments| {
            let operation = arguments.get(1)?;
            builder(wallet, arguments)?.operations.push(operation);
            Ok(Value::Null)
        },
    ),
    command(
        "replace_operation_in_builder_transaction(handle: uint, operation_index: uint, \
         new_op: operation)",
        "Puts another operation in the place of one.",
        "replace_operation_in_builder_transaction 0 0 @operation.json",
        |wallet, arguments| {
            let (index, new): (u32, Operation) = (arguments.get(1)?, arguments.get(2)?);
            let operation = builder(wallet, arguments)?.operations.get_mut(index as usize);
            let wrong = || WalletError::argument("operation_index", "there is no such operation");
            *operation.ok_or_else(wrong)? = new;
            Ok(Value::Null)
        },
    ),
    command(
        "set_fees_on_builder_transaction(handle: uint, fee_asset: asset = \"1.3.0\")",
        "Sets the fees of a transaction; their sum.",
        "set_fees_on_builder_transaction 0 BTS",
        set_fees,
    ),
    command(
        "preview_builder_transaction(handle: uint)",
        "A transaction as it is built so far.",
        "preview_builder_transaction 0",
        |wallet, arguments| {
            let mut shown = builder(wallet, arguments)?.to_json_in(arguments.dialect);
            // It is not signed: the reference shows a transaction that cannot be.
            if let Some(members) = shown.as_object_mut() {
                members.remove("signatures");
            }
            Ok(shown)
        },
    ),
    command(
        "sign_builder_transaction(transaction_handle: uint, broadcast: bool = true)",
        "Signs a transaction that is built, and sends it.",
        "sign_builder_transaction 0 true",
        |wallet, arguments| sign_builder(wallet, arguments, &[], 1),
    ),
    command(
        "sign_builder_transaction2(transaction_handle: uint, signing_keys: [key] = [], \
         broadcast: bool = true)",
        "As sign_builder_transaction, with further keys.",
        "sign_builder_transaction2 0 [] true",
        |wallet, arguments| {
            let keys: Vec<PublicKey> = arguments.get(1)?;
            sign_builder(wallet, arguments, &keys, 2)
        },
    ),
    command(
        "propose_builder_transaction(handle: uint, expiration: time, \
         review_period_seconds: uint = 0, broadcast: bool = true)",
        "Proposes a transaction that is built, to the committee.",
        "propose_builder_transaction 0 2030-01-01T00:00:00 0 true",
        |wallet, arguments| propose_builder(wallet, arguments, COMMITTEE_ACCOUNT, (1, 2, 3)),
    ),
    command(
        "propose_builder_transaction2(handle: uint, account_name_or_id: account, expiration: time, \
         review_period_seconds: uint = 0, broadcast: bool = true)",
        "Proposes a transaction that is built; the account pays.",
        "propose_builder_transaction2 0 ann 2030-01-01T00:00:00 0 true",
        |wallet, arguments| {
            let payer = wallet.node()?.account(&arguments.text(1)?)?.id;
            propose_builder(wallet, arguments, payer, (2, 3, 4))
        },
    ),
    command(
        "remove_builder_transaction(handle: uint)",
        "Forgets a transaction that is built.",
        "remove_builder_transaction 0",
        |wallet, arguments| {
            wallet.builders.remove(&arguments.get(0)?);
            Ok(Value::Null)
        },
    ),
    command(
        "broadcast_transaction(tx: transaction)",
        "Sends a signed transaction; its id and itself.",
        "broadcast_transaction @transaction.json",
        |wallet, arguments| {
            let transaction: SignedTransaction = arguments.get(0)?;
            wallet.send(&transaction, Send::Broadcast)?;
            Ok(json!([transaction.id().to_string(), transaction.to_json_in(wallet.dialect)]))
        },
    ),
    command(
        "sign_transaction(tx: transaction, broadcast: bool = false)",
        "Signs a transaction anew, on top of the head block.",
        "sign_transaction @transaction.json false",
        |wallet, arguments| sign(wallet, arguments.get(0)?, &[], send(arguments, 1)?),
    ),
    command(
        "sign_transaction2(tx: transaction, signing_keys: [key] = [], broadcast: bool = true)",
        "As sign_transaction, with further keys.",
        "sign_transaction2 @transaction.json [] false",
        |wallet, arguments| {
            let keys: Vec<PublicKey> = arguments.get(1)?;
            sign(wallet, arguments.get(0)?, &keys, send(arguments, 2)?)
        },
    ),
    command(
        "add_transaction_signature(tx: transaction, broadcast: bool = false)",
        "Adds my signatures to those of others.",
        "add_transaction_signature @transaction.json false",
        add_signature,
    ),
    command(
        "get_transaction_signers(tx: transaction)",
        "The keys that signed a transaction.",
        "get_transaction_signers @transaction.json",
        |wallet, arguments| {
            let transaction: SignedTransaction = arguments.get(0)?;
            let keys = transaction.signature_keys(&wallet.chain_id());
            let keys = keys.map_err(|error| WalletError::argument("tx", error.to_string()))?;
            Ok(keys.into_iter().collect::<FlatSet<PublicKey>>().to_json_in(wallet.dialect))
        },
    ),
    command(
        "serialize_transaction(tx: transaction)",
        "The bytes of a transaction, hexadecimal.",
        "serialize_transaction @transaction.json",
        |_, arguments| Ok(hex::encode(arguments.get::<SignedTransaction>(0)?.to_bytes()).into()),
    ),
    command(
        "get_prototype_operation(operation_type: text)",
        "An operation of a type with nothing filled in.",
        "get_prototype_operation transfer_operation",
        |_, arguments| {
            super::operations::prototype(&arguments.text(0)?, arguments.dialect)
                .map(|op| op.to_json_in(arguments.dialect))
        },
    ),
    command(
        "propose_parameter_change(proposing_account: account, expiration_time: time, \
         changed_values: json, broadcast: bool = false)",
        "Proposes other parameters of the chain to the committee.",
        "propose_parameter_change ann 2030-01-01T00:00:00 '{\"block_interval\":5}' true",
        propose_parameters,
    ),
    command(
        "propose_fee_change(proposing_account: account, expiration_time: time, \
         changed_values: json, broadcast: bool = false)",
        "Proposes other fees to the committee, by name or number of the operation.",
        "propose_fee_change ann 2030-01-01T00:00:00 \
         '{\"transfer\":{\"fee\":1000,\"price_per_kbyte\":10}}' true",
        propose_fees,
    ),
    command(
        "approve_proposal(fee_paying_account: account, proposal_id: id, delta: json, \
         broadcast: bool = false)",
        "Adds approvals to a proposal, or takes them back.",
        "approve_proposal ann 1.10.0 '{\"active_approvals_to_add\":[\"ann\"]}' true",
        approve,
    ),
    own(
        "list_proposals(account: account)",
        "Proposals that wait for an account, in words, with what is still missing.",
        "list_proposals ann",
        |wallet, arguments| {
            let account = json!([arguments.text(0)?]);
            let found: Vec<Proposal> = wallet.node()?.ask("get_proposed_transactions", account)?;
            found.iter().map(|proposal| described(wallet, proposal)).collect()
        },
    ),
    own(
        "get_proposal(proposal_id: id)",
        "A proposal in words, with what is still missing.",
        "get_proposal 1.10.0",
        |wallet, arguments| {
            let proposal: Proposal = wallet.node()?.object(arguments.get::<ProposalId>(0)?)?;
            described(wallet, &proposal)
        },
    ),
    own(
        "reject_proposal(fee_paying_account: account, proposal_id: id, using_owner_authority: \
         bool = false, broadcast: bool = false)",
        "Ends a proposal that needs an account's approval.",
        "reject_proposal ann 1.10.0 false true",
        |wallet, arguments| {
            let reject = carbyne_protocol::ops::proposal::ProposalDelete {
                fee_paying_account: wallet.node()?.account(&arguments.text(0)?)?.id,
                proposal: arguments.get(1)?,
                using_owner_authority: arguments.get(2)?,
                ..Default::default()
            };
            wallet.finish(vec![reject.into()], send(arguments, 3)?)
        },
    ),
];

fn builder<'a>(wallet: &'a mut Wallet, arguments: &Arguments) -> Result<&'a mut SignedTransaction> {
    let handle: u32 = arguments.get(0)?;
    let wrong = || WalletError::argument("handle", format!("there is no transaction {handle}"));
    wallet.builders.get_mut(&handle).ok_or_else(wrong)
}

fn set_fees(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let operations = builder(wallet, arguments)?.operations.to_vec();
    let node = wallet.node()?;
    // The reference's name of core is the symbol of its chain.
    let asset = match arguments.text(1)?.as_str() {
        "" => node.asset("1.3.0")?,
        symbol => node.asset(symbol)?,
    };
    let fees = node.wait(node.client().required_fees(&operations, asset.asset.id))?;
    let mut total = Asset::new(0, asset.asset.id);
    let transaction = builder(wallet, arguments)?;
    for (operation, fee) in transaction.operations.iter_mut().zip(fees) {
        *operation.fee_mut() = fee;
        total = total.plus(fee).map_err(WalletError::Refused)?;
    }
    Ok(total.to_json())
}

/// Signs anew on top of the head block, with the fees it has.
fn sign(
    wallet: &mut Wallet,
    transaction: SignedTransaction,
    keys: &[PublicKey],
    send: Send,
) -> Result<Value> {
    wallet.data()?;
    let node = wallet.node()?;
    let operations = transaction.operations.to_vec();
    let transaction = node.wait(node.client().on_head(operations, 30))?;
    check(&transaction)?;
    let transaction = wallet.signed(transaction, keys)?;
    wallet.send(&transaction, send)?;
    Ok(transaction.to_json_in(wallet.dialect))
}

fn sign_builder(
    wallet: &mut Wallet,
    arguments: &Arguments,
    keys: &[PublicKey],
    broadcast: usize,
) -> Result<Value> {
    let transaction = builder(wallet, arguments)?.clone();
    let signed = sign(wallet, transaction, keys, send(arguments, broadcast)?)?;
    *builder(wallet, arguments)? = JsonIn::from_json_in(&signed, arguments.dialect)?;
    Ok(signed)
}

fn propose_builder(
    wallet: &mut Wallet,
    arguments: &Arguments,
    fee_paying_account: AccountId,
    (expiration, review, broadcast): (usize, usize, usize),
) -> Result<Value> {
    let operations = builder(wallet, arguments)?.operations.to_vec();
    let review: u32 = arguments.get(review)?;
    let propose = ProposalCreate {
        fee_paying_account,
        expiration_time: arguments.get(expiration)?,
        proposed_ops: operations.into_iter().map(|op| OpWrapper { op }).collect(),
        review_period_seconds: (review > 0).then_some(review),
        ..ProposalCreate::default()
    };
    let signed = wallet.finish(vec![propose.into()], send(arguments, broadcast)?)?;
    *builder(wallet, arguments)? = JsonIn::from_json_in(&signed, arguments.dialect)?;
    Ok(signed)
}

fn add_signature(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let mut transaction: SignedTransaction = arguments.get(0)?;
    let is_unset = (transaction.ref_block_num == 0 && transaction.ref_block_prefix == 0)
        || transaction.expiration == TimePointSec::default();
    if is_unset && transaction.signatures.is_empty() {
        let node = wallet.node()?;
        let head = node.wait(node.client().head())?;
        let global: GlobalProperty = node.wait(node.client().global())?;
        transaction.ref_block_num = head.head_block_number as u16;
        transaction.ref_block_prefix = ref_block_prefix(&head.head_block_id);
        let longest = global.parameters.maximum_time_until_expiration;
        transaction.expiration = head.time.wrapping_add(longest);
    }
    let transaction = wallet.cosigned(transaction)?;
    wallet.send(&transaction, send(arguments, 1)?)?;
    Ok(transaction.to_json_in(wallet.dialect))
}

/// A proposal to the committee of other parameters.
fn propose(
    wallet: &mut Wallet,
    arguments: &Arguments,
    change: impl FnOnce(&mut ChainParameters) -> Result<()>,
) -> Result<Value> {
    let node = wallet.node()?;
    let global: GlobalProperty = node.wait(node.client().global())?;
    let mut new_parameters = global.parameters.clone();
    change(&mut new_parameters)?;
    let mut update: Operation =
        UpdateParameters { new_parameters, ..UpdateParameters::default() }.into();
    let fee = global.parameters.current_fees.calculate_fee(&update);
    *update.fee_mut() = Asset::core(fee.map_err(WalletError::Refused)?);
    let propose = ProposalCreate {
        fee_paying_account: node.account(&arguments.text(0)?)?.id,
        expiration_time: arguments.get(1)?,
        proposed_ops: vec![OpWrapper { op: update }],
        review_period_seconds: Some(global.parameters.committee_proposal_review_period),
        ..ProposalCreate::default()
    };
    wallet.finish(vec![propose.into()], send(arguments, 3)?)
}

fn members(value: &Value) -> Result<&serde_json::Map<String, Value>> {
    let wrong = || WalletError::argument("changed_values", "is no object");
    value.as_object().ok_or_else(wrong)
}

fn propose_parameters(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let changed = arguments.value(2);
    let changed = members(&changed)?;
    if changed.contains_key("current_fees") {
        return Err(WalletError::argument("changed_values", "fees: use propose_fee_change"));
    }
    propose(wallet, arguments, |parameters| {
        let mut json = parameters.to_json_in(arguments.dialect);
        for (name, value) in changed {
            if json.get(name).is_none() {
                let why = format!("there is no parameter {name}");
                return Err(WalletError::argument("changed_values", why));
            }
            json[name] = value.clone();
        }
        *parameters = JsonIn::from_json_in(&json, arguments.dialect)?;
        Ok(())
    })
}

fn propose_fees(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let changed = arguments.value(2);
    let changed = members(&changed)?;
    propose(wallet, arguments, |parameters| {
        let mut json = parameters.current_fees.to_json_in(arguments.dialect);
        for (name, value) in changed {
            if name == "scale" {
                json["scale"] = value.clone();
                continue;
            }
            let tag = super::operations::tag_of(name, arguments.dialect.tags())?;
            let list = json["parameters"].as_array_mut();
            let Some(list) = list else { continue };
            list.retain(|one| one[0] != tag);
            list.push(json!([tag, value]));
        }
        let fees = FeeSchedule::from_json_in(&json, arguments.dialect)?;
        parameters.current_fees = fees.into();
        Ok(())
    })
}

fn approve(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let delta = arguments.value(2);
    let node = wallet.node()?;
    let proposal: ProposalId = arguments.get(1)?;
    let _it_exists: Proposal = node.object(proposal)?;
    let accounts = |name: &str| -> Result<FlatSet<AccountId>> {
        let names: Vec<String> = Json::from_json(delta.get(name).unwrap_or(&json!([])))?;
        let ids = names.iter().map(|name| node.account(name).map(|account| account.id));
        Ok(ids.collect::<Result<Vec<_>>>()?.into_iter().collect())
    };
    let keys = |name: &str| -> Result<FlatSet<PublicKey>> {
        Ok(JsonIn::from_json_in(delta.get(name).unwrap_or(&json!([])), wallet.dialect)?)
    };
    let update = ProposalUpdate {
        fee_paying_account: node.account(&arguments.text(0)?)?.id,
        proposal,
        active_approvals_to_add: accounts("active_approvals_to_add")?,
        active_approvals_to_remove: accounts("active_approvals_to_remove")?,
        owner_approvals_to_add: accounts("owner_approvals_to_add")?,
        owner_approvals_to_remove: accounts("owner_approvals_to_remove")?,
        key_approvals_to_add: keys("key_approvals_to_add")?,
        key_approvals_to_remove: keys("key_approvals_to_remove")?,
        ..ProposalUpdate::default()
    };
    wallet.finish(vec![update.into()], send(arguments, 3)?)
}

/// A proposal in words.
fn described(wallet: &Wallet, proposal: &Proposal) -> Result<Value> {
    let node = wallet.node()?;
    let looking = Looking { node, keys: wallet.data().ok().map(|data| &data.keys) };
    let operations = &proposal.proposed_transaction.operations;
    let does: Vec<String> = operations.iter().map(|op| looking.sentence(op).0).collect();
    let names =
        |ids: &FlatSet<AccountId>| -> Vec<String> { ids.iter().map(|id| node.name(*id)).collect() };
    let missing = |required: &FlatSet<AccountId>, available: &FlatSet<AccountId>| -> Vec<String> {
        required.iter().filter(|id| !available.contains(id)).map(|id| node.name(*id)).collect()
    };
    Ok(json!({
        "id": proposal.id.to_json(),
        "proposer": node.name(proposal.proposer),
        "does": does,
        "expiration": proposal.expiration_time.to_json(),
        "review_from": proposal.review_period_time.map(|time| time.to_json()),
        "approved_by": names(&proposal.available_active_approvals),
        "missing": missing(
            &proposal.required_active_approvals,
            &proposal.available_active_approvals,
        ),
        "missing_owners": missing(
            &proposal.required_owner_approvals,
            &proposal.available_owner_approvals,
        ),
        "keys_that_approved": proposal.available_key_approvals.to_json_in(wallet.dialect),
        "fail_reason": proposal.fail_reason.to_json(),
    }))
}
