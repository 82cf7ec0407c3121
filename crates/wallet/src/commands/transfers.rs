//! Transfers and hashed time-lock contracts.

use super::{Command, command, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::past::relative;
use crate::review::Send;
use crate::wallet::Wallet;
use crate::words::read_memo;
use carbyne_crypto::{PublicKey, memo};
use carbyne_objects::Htlc;
use carbyne_protocol::ids::HtlcId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::htlc::{
    HtlcCreate, HtlcExtend, HtlcHash, HtlcRedeem, create::HtlcCreateExtensions,
};
use carbyne_protocol::ops::transfer::{Memo, Transfer};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Bytes, Digest, Json, JsonIn};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        "transfer(from: account, to: account, amount: amount, asset_symbol_or_id: asset, \
         memo: text = \"\", broadcast: bool = false)",
        "Sends an amount, with a memo that only the receiver reads.",
        "transfer ann bob 10.5 BTS 'for lunch' true",
        |wallet, arguments| {
            let transfer = transfer(wallet, arguments)?;
            wallet.finish(vec![transfer.into()], send(arguments, 5)?)
        },
    ),
    command(
        "transfer2(from: account, to: account, amount: amount, asset_symbol_or_id: asset, \
         memo: text = \"\")",
        "Sends an amount; the id of the transaction and the transaction.",
        "transfer2 ann bob 10.5 BTS 'for lunch'",
        |wallet, arguments| {
            let transfer = transfer(wallet, arguments)?;
            let sent = wallet.finish_typed(vec![transfer.into()], Send::Broadcast)?;
            Ok(json!([sent.id().to_string(), sent.to_json_in(wallet.dialect)]))
        },
    ),
    command(
        "get_transaction_id(trx: transaction)",
        "The id of a transaction.",
        "get_transaction_id @transaction.json",
        |_, arguments| Ok(arguments.get::<SignedTransaction>(0)?.id().to_json()),
    ),
    command(
        "htlc_create(source: account, destination: account, amount: amount, \
         asset_symbol_or_id: asset, hash_algorithm: text, preimage_hash: text, \
         preimage_size: uint, claim_period_seconds: uint, memo: text = \"\", \
         broadcast: bool = false)",
        "Locks an amount that the receiver takes with the preimage of a hash, in time.",
        "htlc_create ann bob 10 BTS SHA256 \
         2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 5 3600 '' true",
        htlc_create,
    ),
    command(
        "htlc_redeem(htlc_id: id, issuer: account, preimage: text, broadcast: bool = false)",
        "Takes what a contract locks, with the preimage of its hash.",
        "htlc_redeem 1.16.0 bob hello true",
        |wallet, arguments| {
            let redeem = HtlcRedeem {
                htlc_id: arguments.get(0)?,
                redeemer: wallet.node()?.account(&arguments.text(1)?)?.id,
                preimage: Bytes(arguments.text(2)?.into_bytes()),
                ..HtlcRedeem::default()
            };
            wallet.finish(vec![redeem.into()], send(arguments, 3)?)
        },
    ),
    command(
        "htlc_extend(htlc_id: id, issuer: account, seconds_to_add: uint, broadcast: bool = false)",
        "Gives the receiver of a contract more time.",
        "htlc_extend 1.16.0 ann 3600 true",
        |wallet, arguments| {
            let extend = HtlcExtend {
                htlc_id: arguments.get(0)?,
                update_issuer: wallet.node()?.account(&arguments.text(1)?)?.id,
                seconds_to_add: arguments.get(2)?,
                ..HtlcExtend::default()
            };
            wallet.finish(vec![extend.into()], send(arguments, 3)?)
        },
    ),
    command(
        "get_htlc(htlc_id: id)",
        "A contract: what it locks, for whom, until when.",
        "get_htlc 1.16.0",
        get_htlc,
    ),
];

impl Wallet {
    /// A memo from one key to another, none for no text.
    pub(crate) fn memo(
        &self,
        (from, to): (PublicKey, PublicKey),
        text: &str,
    ) -> Result<Option<Box<Memo>>> {
        if text.is_empty() {
            return Ok(None);
        }
        if to.is_null() {
            let why = "the receiver has no memo key: nobody could read it";
            return Err(WalletError::argument("memo", why));
        }
        let own = self.key(&from)?;
        let mut nonce = [0; 8];
        let filled = getrandom::fill(&mut nonce);
        filled.map_err(|_| WalletError::impossible("the system gives no random numbers"))?;
        let nonce = u64::from_le_bytes(nonce);
        let message = memo::encrypt(own, &to, nonce, text)
            .map_err(|error| WalletError::argument("memo", error.to_string()))?;
        Ok(Some(Box::new(Memo { from, to, nonce, message: Bytes(message) })))
    }
}

fn transfer(wallet: &mut Wallet, arguments: &Arguments) -> Result<Transfer> {
    wallet.data()?;
    let node = wallet.node()?;
    let amount = node.amount(&arguments.text(2)?, &arguments.text(3)?)?;
    let (from, to) = (node.account(&arguments.text(0)?)?, node.account(&arguments.text(1)?)?);
    let text = arguments.text(4)?;
    if !text.is_empty() {
        wallet.add_dev_key(&from.name.to_string())?;
    }
    let memo = wallet.memo((from.options.memo_key, to.options.memo_key), &text)?;
    Ok(Transfer { from: from.id, to: to.id, amount, memo, ..Transfer::default() })
}

fn hash(algorithm: &str, hash: &str) -> Result<HtlcHash> {
    let wrong = || WalletError::argument("preimage_hash", format!("is no {algorithm}"));
    let short = || Digest::<20>::from_hex(hash).ok_or_else(wrong);
    Ok(match algorithm.to_ascii_uppercase().as_str() {
        "RIPEMD160" => HtlcHash::Ripemd160(short()?),
        "SHA1" => HtlcHash::Sha1(short()?),
        "HASH160" => HtlcHash::Hash160(short()?),
        "SHA256" => HtlcHash::Sha256(Digest::from_hex(hash).ok_or_else(wrong)?),
        _ => {
            let why = "one of RIPEMD160, SHA1, SHA256, HASH160";
            return Err(WalletError::argument("hash_algorithm", why));
        }
    })
}

fn htlc_create(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let (from, to) = (node.account(&arguments.text(0)?)?, node.account(&arguments.text(1)?)?);
    let amount = node.amount(&arguments.text(2)?, &arguments.text(3)?)?;
    let preimage_hash = hash(&arguments.text(4)?, &arguments.text(5)?)?;
    let text = arguments.text(8)?;
    if !text.is_empty() {
        wallet.add_dev_key(&from.name.to_string())?;
    }
    let memo = wallet.memo((from.options.memo_key, to.options.memo_key), &text)?;
    let create = HtlcCreate {
        fee: Asset::default(),
        from: from.id,
        to: to.id,
        amount,
        preimage_hash,
        preimage_size: arguments.get(6)?,
        claim_period_seconds: arguments.get(7)?,
        extensions: HtlcCreateExtensions { memo },
    };
    wallet.finish(vec![create.into()], send(arguments, 9)?)
}

fn get_htlc(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let id: HtlcId = arguments.get(0)?;
    let Some(found) = node.wait(node.client().object(id.into()))? else { return Ok(Value::Null) };
    let htlc = Htlc::from_json_in(&found, wallet.dialect)?;
    let amount = Asset::new(htlc.transfer.amount, htlc.transfer.asset_id);
    let unit = node.unit(amount.asset_id);
    let mut transfer = json!({
        "from": node.name(htlc.transfer.from),
        "to": node.name(htlc.transfer.to),
        "asset": unit.symbol,
        "amount": crate::amount::short(amount.amount, unit.precision),
    });
    if let (Some(memo), Ok(data)) = (&htlc.memo, wallet.data()) {
        transfer["memo"] = read_memo(&data.keys, memo).unwrap_or_default().into();
    }
    let (algorithm, hash) = match &htlc.conditions.hash_lock.preimage_hash {
        HtlcHash::Ripemd160(hash) => ("RIPEMD160", hash.to_string()),
        HtlcHash::Sha1(hash) => ("SHA1", hash.to_string()),
        HtlcHash::Sha256(hash) => ("SHA256", hash.to_string()),
        HtlcHash::Hash160(hash) => ("HASH160", hash.to_string()),
    };
    let expiration = htlc.conditions.time_lock.expiration;
    let now = node.wait(node.client().head())?.time;
    Ok(json!({
        "transfer": transfer,
        "conditions": {
            "htlc_lock": {
                "hash_algo": algorithm,
                "preimage_hash": hash,
                "preimage_size": htlc.conditions.hash_lock.preimage_size,
            },
            "time_lock": {
                "expiration": expiration.to_json(),
                "time_left": relative(expiration, now, " ago"),
            },
        },
    }))
}
