//! Operations in words.
//!
//! The sentences are the reference's where it has one, since scripts read them.

use crate::node::Node;
use crate::store::Keys;
use carbyne_crypto::{PublicKey, memo};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::transfer::Memo;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::{Json, JsonIn, ObjectId, Value};

/// Who looks: the node for names, and keys for memos if the wallet is open.
pub struct Looking<'a> {
    /// For names and precisions.
    pub node: &'a Node,
    /// For memos; none while the wallet is locked.
    pub keys: Option<&'a Keys>,
}

/// The text of a memo, if one of the keys reads it.
pub fn read_memo(keys: &Keys, memo: &Memo) -> Option<String> {
    if memo.from.is_null() && memo.to.is_null() {
        return memo::decode_public(&memo.message).ok();
    }
    let own = |own: &PublicKey, other: &PublicKey| {
        memo::decrypt(keys.get(&own.0)?, other, memo.nonce, &memo.message).ok()
    };
    own(&memo.to, &memo.from).or_else(|| own(&memo.from, &memo.to))
}

impl Looking<'_> {
    fn fee(&self, fee: Asset) -> String {
        format!("   (Fee: {})", self.node.pretty(fee))
    }

    /// What a memo adds to a sentence, and its text.
    fn memo(&self, memo: &Option<Box<Memo>>) -> (String, String) {
        let Some(memo) = memo else { return Default::default() };
        match self.keys {
            None => (" -- Unlock wallet to see memo.".to_owned(), String::new()),
            Some(keys) => match read_memo(keys, memo) {
                Some(text) => (format!(" -- Memo: {text}"), text),
                None => (" -- could not decrypt memo".to_owned(), String::new()),
            },
        }
    }

    fn result(&self, result: &OperationResult) -> String {
        let text = match result {
            OperationResult::Void => return String::new(),
            OperationResult::Object(id) => id.to_string(),
            OperationResult::Amount(amount) => self.node.pretty(*amount),
            OperationResult::Generic(result) => result.to_json().to_string(),
            OperationResult::Exchange(result) => result.to_json().to_string(),
            OperationResult::Extendable(result) => result.to_json().to_string(),
        };
        format!("   result: {text}")
    }

    /// An operation with its result in words, and the text of its memo.
    pub fn describe(&self, operation: &Operation, result: &OperationResult) -> (String, String) {
        let (sentence, memo) = self.sentence(operation);
        let fee = self.fee(operation.stateless().offered_fee());
        (format!("{sentence}{fee}{}", self.result(result)), memo)
    }

    /// What an operation does, without its fee.
    pub fn sentence(&self, operation: &Operation) -> (String, String) {
        let plain = |text: String| (text, String::new());
        let (name, pretty) = (|id| self.node.name(id), |amount| self.node.pretty(amount));
        match operation {
            Operation::Transfer(op) => {
                let (said, memo) = self.memo(&op.memo);
                let (amount, from, to) = (pretty(op.amount), name(op.from), name(op.to));
                (format!("Transfer {amount} from {from} to {to}{said}"), memo)
            }
            Operation::OverrideTransfer(op) => {
                let (said, memo) = self.memo(&op.memo);
                let (issuer, amount) = (name(op.issuer), pretty(op.amount));
                let (from, to) = (name(op.from), name(op.to));
                (format!("{issuer} force-transfer {amount} from {from} to {to}{said}"), memo)
            }
            Operation::AssetIssue(op) => {
                let (said, memo) = self.memo(&op.memo);
                let (issuer, amount) = (name(op.issuer), pretty(op.asset_to_issue));
                (format!("{issuer} issue {amount} to {}{said}", name(op.issue_to_account)), memo)
            }
            Operation::AccountCreate(op) => plain(format!(
                "Create Account '{}' with registrar {} and referrer {}",
                op.name,
                name(op.registrar),
                name(op.referrer)
            )),
            Operation::AccountUpdate(op) => plain(format!("Update Account '{}'", name(op.account))),
            other => plain(self.of_markets(other).unwrap_or_else(|| self.any(other))),
        }
    }

    fn of_markets(&self, operation: &Operation) -> Option<String> {
        let (pretty, unit) = (|amount| self.node.pretty(amount), |id| self.node.unit(id).symbol);
        Some(match operation {
            Operation::LimitOrderCreate(op) => format!(
                "Create limit order to sell {} for {}",
                pretty(op.amount_to_sell),
                pretty(op.min_to_receive)
            ),
            Operation::LimitOrderCancel(op) => format!("Cancel limit order {}", op.order),
            Operation::FillOrder(op) => format!(
                "Pays {} for {} for order {} as {}",
                pretty(op.pays),
                pretty(op.receives),
                op.order_id,
                if op.is_maker { "maker" } else { "taker" }
            ),
            Operation::CallOrderUpdate(op) => format!(
                "Adjust debt position with delta debt amount {} and delta collateral amount {}",
                pretty(op.delta_debt),
                pretty(op.delta_collateral)
            ),
            Operation::AssetCreate(op) => {
                let kind = if op.bitasset_opts.is_some() { "BitAsset" } else { "User-Issue Asset" };
                let issuer = self.node.name(op.issuer);
                format!("Create {kind} '{}' with issuer {issuer}", op.symbol)
            }
            Operation::AssetUpdate(op) => format!("Update asset '{}'", unit(op.asset_to_update)),
            Operation::AssetUpdateBitasset(op) => {
                format!("Update bitasset options of '{}'", unit(op.asset_to_update))
            }
            Operation::AssetReserve(op) => {
                format!("Reserve (burn) {}", pretty(op.amount_to_reserve))
            }
            Operation::AssetSettle(op) => format!("Force-settle {}", pretty(op.amount)),
            Operation::AssetFundFeePool(op) => format!(
                "Fund {} into asset fee pool of {}",
                pretty(Asset::core(op.amount)),
                unit(op.asset_id)
            ),
            Operation::AssetClaimPool(op) => format!(
                "Claim {} from asset fee pool of {}",
                pretty(op.amount_to_claim),
                unit(op.asset_id)
            ),
            Operation::AssetPublishFeed(op) => format!(
                "Publish price feed {} / {}",
                pretty(op.feed.settlement_price.base),
                pretty(op.feed.settlement_price.quote)
            ),
            _ => return self.of_others(operation),
        })
    }

    fn of_others(&self, operation: &Operation) -> Option<String> {
        let (name, pretty) = (|id| self.node.name(id), |amount| self.node.pretty(amount));
        Some(match operation {
            Operation::ProposalUpdate(op) => format!("Update proposal {}", op.proposal),
            Operation::ProposalCreate(op) => {
                let inside = op.proposed_ops.iter().map(|one| self.sentence(&one.op).0);
                let inside: Vec<String> = inside.collect();
                format!("Propose until {}: {}", op.expiration_time, inside.join("; "))
            }
            Operation::TransferToBlind(op) => {
                let count = op.outputs.len();
                let s = if count > 1 { "s" } else { "" };
                let (from, amount) = (name(op.from), pretty(op.amount));
                format!("{from} sent {amount} to {count} blinded balance{s}")
            }
            Operation::TransferFromBlind(op) => {
                format!("{} received {} from blinded balance", name(op.to), pretty(op.amount))
            }
            Operation::HtlcCreate(op) => format!(
                "Create HTLC of {} from {} to {}, claimed within {} s",
                pretty(op.amount),
                name(op.from),
                name(op.to),
                op.claim_period_seconds
            ),
            Operation::HtlcRedeem(op) => {
                format!("{} redeemed HTLC with id {}", name(op.redeemer), op.htlc_id)
            }
            Operation::CustomAuthorityCreate(op) => self.custom_authority(op),
            _ => return None,
        })
    }

    /// A custom authority in words: who may do what for whom, until when.
    fn custom_authority(
        &self,
        op: &carbyne_protocol::ops::custom_authority::CustomAuthorityCreate,
    ) -> String {
        let name =
            Operation::TABLE.iter().find(|row| row.0 == op.operation_type.0).map(|row| row.1);
        let rules: Vec<String> =
            op.restrictions.iter().map(|r| r.to_json_in(self.node.dialect()).to_string()).collect();
        let rules = if rules.is_empty() { String::new() } else { format!(", if {rules:?}") };
        format!(
            "Let {} do {} for {} from {} to {}{rules}",
            self.authority(&op.auth),
            name.unwrap_or("an unknown operation"),
            self.node.name(op.account),
            op.valid_from,
            op.valid_to
        )
    }

    /// An authority in words: its members, and how many of them are enough.
    pub fn authority(&self, authority: &Authority) -> String {
        let accounts = authority.account_auths.iter();
        let accounts = accounts.map(|(id, weight)| (self.node.name(*id), *weight));
        let keys = authority.key_auths.iter();
        let keys = keys.map(|(key, weight)| (key.to_text(self.node.dialect().prefix()), *weight));
        let members: Vec<(String, u16)> = accounts.chain(keys).collect();
        let needed = authority.weight_threshold;
        match members.as_slice() {
            [(only, weight)] if u32::from(*weight) >= needed => only.clone(),
            members => {
                let each = |(name, weight): &(String, u16)| format!("{name} (weight {weight})");
                let members: Vec<String> = members.iter().map(each).collect();
                format!("weight {needed} of {}", members.join(", "))
            }
        }
    }

    /// What has no sentence of its own: its name, who pays, and what else stands in it.
    fn any(&self, operation: &Operation) -> String {
        let about = operation.stateless();
        let payer = self.node.name(about.payer());
        let json = operation.to_json_in(self.node.dialect());
        let members = json[1].as_object().into_iter().flatten();
        let shown: Vec<String> = members
            .filter(|(name, value)| *name != "fee" && *name != "extensions" && !value.is_null())
            .map(|(name, value)| format!("{name} {}", self.value(value)))
            .collect();
        format!("{} by {payer}: {}", about.name(), shown.join(", "))
    }

    /// A value of an operation: amounts, accounts and assets as people read them.
    fn value(&self, value: &Value) -> String {
        if let (Some(_), Ok(amount)) = (value.get("asset_id"), Asset::from_json(value)) {
            return self.node.pretty(amount);
        }
        let Some(text) = value.as_str() else { return value.to_string() };
        match ObjectId::parse(text) {
            Ok(ObjectId { space: 1, type_: 2, instance }) => {
                self.node.name(carbyne_wire::Id(instance))
            }
            Ok(ObjectId { space: 1, type_: 3, instance }) => {
                self.node.unit(carbyne_wire::Id(instance)).symbol
            }
            _ => text.to_owned(),
        }
    }
}
