//! Memos and signed messages.

use super::{Command, command};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::wallet::Wallet;
use crate::words::read_memo;
use carbyne_crypto::hash::sha256;
use carbyne_crypto::{PublicKey, Signature, recover};
use carbyne_objects::DynamicGlobalProperty;
use carbyne_protocol::ops::transfer::Memo;
use carbyne_wire::{Dialect, Json, JsonIn};
use serde_json::{Value, json};

const HEADER: &str = "-----BEGIN BITSHARES SIGNED MESSAGE-----\n";
const META: &str = "-----BEGIN META-----\n";
const SIGNATURE: &str = "-----BEGIN SIGNATURE-----\n";
const FOOTER: &str = "-----END BITSHARES SIGNED MESSAGE-----";

pub(super) const COMMANDS: &[Command] = &[
    command(
        "sign_memo(from: text, to: text, memo: text)",
        "Encrypts a memo between two accounts, keys or labels.",
        "sign_memo ann bob 'for lunch'",
        |wallet, arguments| {
            let names = (arguments.text(0)?, arguments.text(1)?);
            let (from, to) = (memo_key(wallet, &names.0)?, memo_key(wallet, &names.1)?);
            let text = arguments.text(2)?;
            let memo = match wallet.key(&from) {
                Ok(_) => wallet.memo((from, to), &text)?,
                // Either key of the pair does.
                Err(_) => wallet.memo((to, from), &text)?.map(|mut memo| {
                    (memo.from, memo.to) = (from, to);
                    memo
                }),
            };
            Ok(memo.unwrap_or_default().to_json_in(arguments.dialect))
        },
    ),
    command(
        "read_memo(memo: json)",
        "Decrypts a memo with the keys of this wallet.",
        "read_memo @memo.json",
        |wallet, arguments| {
            let memo: Memo = arguments.get(0)?;
            let keys = &wallet.data()?.keys;
            Ok(read_memo(keys, &memo).unwrap_or_default().into())
        },
    ),
    command(
        "sign_message(signer: account, message: text)",
        "Signs a text with the memo key of an account.",
        "sign_message ann 'I was here'",
        sign_message,
    ),
    command(
        "verify_message(message: text, account: account, block: uint, msg_time: text, sig: text)",
        "Whether an account signed a text.",
        "verify_message 'I was here' ann 1 2026-01-01T00:00:00Z 1f00",
        |wallet, arguments| {
            let account = wallet.node()?.account(&arguments.text(1)?)?;
            let message = Message {
                text: arguments.text(0)?,
                account: account.name.to_string(),
                memo_key: account.options.memo_key,
                block: arguments.get(2)?,
                time: arguments.text(3)?,
                signature: arguments.maybe(4)?,
            };
            verify(wallet, &message)
        },
    ),
    command(
        "verify_signed_message(message: json)",
        "Whether what `sign_message` gave is genuine.",
        "verify_signed_message @message.json",
        |wallet, arguments| {
            verify(wallet, &Message::from_json(&arguments.value(0), wallet.dialect)?)
        },
    ),
    command(
        "verify_encapsulated_message(message: text)",
        "Whether a signed message in its text form is genuine.",
        "verify_encapsulated_message '-----BEGIN BITSHARES SIGNED MESSAGE-----…'",
        |wallet, arguments| {
            verify(wallet, &Message::from_text(&arguments.text(0)?, wallet.dialect)?)
        },
    ),
];

/// A signed message.
struct Message {
    text: String,
    account: String,
    memo_key: PublicKey,
    block: u32,
    time: String,
    signature: Option<Signature>,
}

fn wrong(why: &str) -> WalletError {
    WalletError::argument("message", why)
}

impl Message {
    fn meta(&self, dialect: Dialect) -> String {
        format!(
            "account={}\nmemokey={}\nblock={}\ntimestamp={}",
            self.account,
            self.memo_key.to_text(dialect.prefix()),
            self.block,
            self.time
        )
    }

    fn digest(&self, dialect: Dialect) -> [u8; 32] {
        sha256(format!("{}\n{}", self.text, self.meta(dialect)).as_bytes())
    }

    fn to_json(&self, dialect: Dialect) -> Value {
        json!({
            "message": self.text,
            "meta": {
                "account": self.account,
                "memo_key": self.memo_key.to_json_in(dialect),
                "block": self.block,
                "time": self.time,
            },
            "signature": self.signature.map(|signature| signature.to_json()),
        })
    }

    fn from_json(value: &Value, dialect: Dialect) -> Result<Self> {
        let meta = &value["meta"];
        Ok(Self {
            text: String::from_json(&value["message"])?,
            account: String::from_json(&meta["account"])?,
            memo_key: JsonIn::from_json_in(&meta["memo_key"], dialect)?,
            block: Json::from_json(&meta["block"])?,
            time: String::from_json(&meta["time"])?,
            signature: Json::from_json(value.get("signature").unwrap_or(&Value::Null))?,
        })
    }

    /// Reads the form that people paste.
    fn from_text(text: &str, dialect: Dialect) -> Result<Self> {
        let (_, rest) = text.split_once(HEADER).ok_or_else(|| wrong("BEGIN MESSAGE is missing"))?;
        let (message, rest) =
            rest.split_once(META).ok_or_else(|| wrong("BEGIN META is missing"))?;
        let message = message.strip_suffix('\n').ok_or_else(|| wrong("it has no text"))?;
        let (meta, rest) =
            rest.split_once(SIGNATURE).ok_or_else(|| wrong("BEGIN SIGNATURE is missing"))?;
        let (signature, _) =
            rest.split_once(FOOTER).ok_or_else(|| wrong("END MESSAGE is missing"))?;
        let member = |name: &str| -> Result<String> {
            let mut lines = meta.lines();
            let line = lines.find_map(|line| line.strip_prefix(&format!("{name}=")));
            line.map(str::to_owned).ok_or_else(|| wrong(&format!("{name} is missing")))
        };
        Ok(Self {
            text: message.to_owned(),
            account: member("account")?,
            memo_key: JsonIn::from_json_in(&Value::from(member("memokey")?), dialect)?,
            block: member("block")?.parse().map_err(|_| wrong("its block is no number"))?,
            time: member("timestamp")?,
            signature: Some(Json::from_json(&Value::from(signature.trim()))?),
        })
    }
}

/// A signed message in the form that people paste.
pub(crate) fn encapsulated(value: &Value, dialect: Dialect) -> Option<String> {
    let message = Message::from_json(value, dialect).ok()?;
    let signature = message.signature?.to_json();
    let signature = signature.as_str()?;
    let (text, meta) = (&message.text, message.meta(dialect));
    Some(format!("{HEADER}{text}\n{META}{meta}\n{SIGNATURE}{signature}\n{FOOTER}"))
}

/// The memo key of an account, or the key that a text or a label stands for.
fn memo_key(wallet: &Wallet, name: &str) -> Result<PublicKey> {
    if let Ok(key) = PublicKey::from_text(name, wallet.dialect.prefix()) {
        return Ok(key);
    }
    match wallet.labeled(name) {
        Some(key) => Ok(key),
        None => Ok(wallet.node()?.account(name)?.options.memo_key),
    }
}

fn sign_message(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let name = arguments.text(0)?;
    wallet.data()?;
    let account = wallet.node()?.account(&name)?;
    wallet.add_dev_key(&account.name.to_string())?;
    let node = wallet.node()?;
    let head: DynamicGlobalProperty = node.wait(node.client().head())?;
    let mut message = Message {
        text: arguments.text(1)?,
        account: account.name.to_string(),
        memo_key: account.options.memo_key,
        block: head.head_block_number,
        time: format!("{}Z", head.time),
        signature: None,
    };
    message.signature = Some(wallet.key(&message.memo_key)?.sign(&message.digest(wallet.dialect)));
    Ok(message.to_json(wallet.dialect))
}

fn verify(wallet: &Wallet, message: &Message) -> Result<Value> {
    let Some(signature) = message.signature else { return Ok(false.into()) };
    let account = wallet.node()?.account(&message.account)?;
    let signer = recover(&message.digest(wallet.dialect), &signature);
    if signer.ok() != Some(message.memo_key) {
        return Ok(false.into());
    }
    if account.options.memo_key != message.memo_key {
        return Err(wrong("the key in it signed it, but is not that of the account in it"));
    }
    Ok(true.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BTS: Dialect = Dialect::REFERENCE;
    use carbyne_crypto::PrivateKey;

    #[test]
    fn a_message_is_the_same_in_both_forms() {
        let key = PrivateKey::from_seed("ann");
        let mut message = Message {
            text: "two\nlines".to_owned(),
            account: "ann".to_owned(),
            memo_key: key.public_key(),
            block: 17,
            time: "2030-01-01T00:00:00Z".to_owned(),
            signature: None,
        };
        message.signature = Some(key.sign(&message.digest(BTS)));
        let text = encapsulated(&message.to_json(BTS), BTS).expect("signed");
        let again = Message::from_text(&text, BTS).expect("read");
        assert_eq!(again.to_json(BTS), message.to_json(BTS));
        assert_eq!(again.digest(BTS), message.digest(BTS));
        for end in 0..text.len() - FOOTER.len() {
            assert!(Message::from_text(&text[..end], BTS).is_err());
        }
    }
}
