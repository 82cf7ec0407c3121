//! The faucet: gives coins and accounts to whoever asks. Must never know who that is.

use super::signer::{NotMade, Signer};
use crate::clock::Clock;
use crate::core::Node;
use carbyne_api::{ApiError, View};
use carbyne_crypto::PublicKey;
use carbyne_ledger::Ledger;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest, Json, JsonIn};
use serde_json::{Value, json};

/// What it gives if nothing else is said, in smallest units of the core asset: 10,000 coins.
const AMOUNT: i64 = 1_000_000_000;
/// The most that it gives at once.
const AMOUNT_MAX: i64 = 100_000 * 100_000_000;

impl Node {
    /// Has the faucet make a transaction on the present state.
    pub(super) fn with_payer(
        &self,
        make: impl FnOnce((&Signer, &Digest<32>), &View<'_>) -> Result<SignedTransaction, ApiError>,
    ) -> Result<SignedTransaction, ApiError> {
        let none = || ApiError::assert("this chain has no faucet: its genesis is not ours");
        let payer = self.tools().and_then(|tools| tools.payer.as_ref()).ok_or_else(none)?;
        self.read(|view| make((payer, self.chain_id()), view)).ok_or_else(none)?
    }
}

/// Finds an account by name or id.
fn find(ledger: &Ledger, name: &str) -> Option<AccountId> {
    let by_id = || {
        let id = AccountId::from_json(&json!(name)).ok()?;
        ledger.find(id).map(|account| account.id)
    };
    ledger.tables.accounts.index().find(&name.into()).or_else(by_id)
}

/// A transfer to an account.
pub(super) fn pay(
    (payer, chain_id): (&Signer, &Digest<32>),
    view: &View<'_>,
    account: &str,
    amount: Option<i64>,
) -> Result<SignedTransaction, ApiError> {
    let amount = amount.unwrap_or(AMOUNT);
    if !(1..=AMOUNT_MAX).contains(&amount) {
        return Err(ApiError::assert(format!(
            "the faucet gives 1 to {AMOUNT_MAX} smallest units of the core asset, not {amount}"
        )));
    }
    let to = find(view.ledger, account)
        .ok_or_else(|| ApiError::assert(format!("there is no account {account}")))?;
    let amount = json!({ "amount": amount, "asset_id": "1.3.0" });
    let transfer = json!({ "from": payer.id(), "to": to.to_json(), "amount": amount });
    made(payer.transaction(view.ledger, chain_id, Clock.now(), &[("transfer", transfer)]))
}

/// A new account with these keys, and coins for it.
pub(super) fn create_account(
    (payer, chain_id): (&Signer, &Digest<32>),
    view: &View<'_>,
    name: &str,
    (owner, active): (&PublicKey, &PublicKey),
) -> Result<SignedTransaction, ApiError> {
    let create = account_create(payer, name, (owner, active), view.ledger.dialect);
    made(payer.transaction(view.ledger, chain_id, Clock.now(), &[("account_create", create)]))
}

/// The fields of the operation that creates an account.
fn account_create(
    registrar: &Signer,
    name: &str,
    (owner, active): (&PublicKey, &PublicKey),
    dialect: Dialect,
) -> Value {
    let text = |key: &PublicKey| key.to_json_in(dialect);
    let authority =
        |key: &PublicKey| json!({ "weight_threshold": 1, "key_auths": [[text(key), 1]] });
    json!({
        "registrar": registrar.id(),
        "referrer": registrar.id(),
        "referrer_percent": 0,
        "name": name,
        "owner": authority(owner),
        "active": authority(active),
        "options": { "memo_key": text(active), "voting_account": "1.2.5" },
    })
}

fn made(made: Result<SignedTransaction, NotMade>) -> Result<SignedTransaction, ApiError> {
    made.map_err(|error| ApiError::assert(error.to_string()))
}
