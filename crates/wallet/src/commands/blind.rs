//! Blind transfers: amounts that only sender and receiver know, and the receipts that tell them.
//!
//! Whoever loses a receipt and the wallet that took it in loses the amount: the chain knows only
//! commitments.

use super::{Command, command, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::finish::check;
use crate::review::Send;
use crate::store::{BlindReceipt, ConfirmedOutput, KeyLabel, StealthMemo};
use crate::wallet::Wallet;
use carbyne_crypto::commitment::{BlindingFactor, blind, blind_sum};
use carbyne_crypto::hash::sha256;
use carbyne_crypto::range_proof::{RangeProofInput, range_proof_sign};
use carbyne_crypto::{PrivateKey, PublicKey, aes512};
use carbyne_objects::GlobalProperty;
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::confidential::{
    BlindInput, BlindOutput, BlindTransfer, StealthConfirmation, TransferFromBlind, TransferToBlind,
};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Bytes, Dialect, Digest, Json, JsonIn, Pack, Tags, unpack_exact};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Bits that a proof hides at least, so that its length does not tell how large an amount is.
const PROOF_BITS: u8 = 49;
/// Seconds that a transaction may wait for a block.
const LIFETIME: u32 = 30;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "set_key_label(key: key, label: text)",
        "Gives a key a name.",
        "set_key_label BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV carol",
        |wallet, arguments| {
            let done = wallet.set_label(arguments.get(0)?, &arguments.text(1)?);
            if done && wallet.data().is_ok() {
                wallet.save()?;
            }
            Ok(done.into())
        },
    ),
    command(
        "get_key_label(key: key)",
        "The name of a key, empty if it has none.",
        "get_key_label BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        |wallet, arguments| Ok(wallet.label_of(&arguments.get(0)?).into()),
    ),
    command(
        "get_public_key(label: text)",
        "The key of that name.",
        "get_public_key carol",
        |wallet, arguments| Ok(wallet.key_named(&arguments.text(0)?).to_json_in(wallet.dialect)),
    ),
    command("get_blind_accounts()", "All keys with names.", "get_blind_accounts", |wallet, _| {
        Ok(labels(&wallet.public.labels, wallet.dialect, |_| true))
    }),
    command(
        "get_my_blind_accounts()",
        "Keys with names whose private keys are here.",
        "get_my_blind_accounts",
        |wallet, _| {
            let keys = &wallet.data()?.keys;
            Ok(labels(&wallet.public.labels, wallet.dialect, |one| keys.contains_key(&one.key.0)))
        },
    ),
    command(
        "create_blind_account(label: text, brain_key: secret)",
        "Makes a key from a phrase and gives it a name; others pay to its public key.",
        "create_blind_account savings @phrase.txt",
        create,
    ),
    command(
        "get_blind_balances(key_or_label: text)",
        "What a key has in blinded balances.",
        "get_blind_balances savings",
        balances,
    ),
    command(
        "transfer_to_blind(from_account_name_or_id: account, asset_symbol_or_id: asset, \
         to_amounts: json, broadcast: bool = false)",
        "Turns an amount of an account into blinded balances of keys or names.",
        "transfer_to_blind ann BTS '[[\"savings\",\"10\"]]' true",
        to_blind,
    ),
    command(
        "transfer_from_blind(from_blind_account_key_or_label: text, \
         to_account_name_or_id: account, amount: amount, asset_symbol_or_id: asset, \
         broadcast: bool = false)",
        "Turns blinded balances into an amount of an account.",
        "transfer_from_blind savings ann 5 BTS true",
        from_blind,
    ),
    command(
        "blind_transfer(from_key_or_label: text, to_key_or_label: text, amount: amount, \
         symbol_or_id: asset, broadcast: bool = false)",
        "Sends from blinded balances to a blinded balance; the receiver needs the receipt.",
        "blind_transfer savings carol 5 BTS true",
        |wallet, arguments| {
            let amount = wallet.node()?.amount(&arguments.text(2)?, &arguments.text(3)?)?;
            let (from, to) = (arguments.text(0)?, arguments.text(1)?);
            let made = Transferred::make(wallet, &from, &to, amount, false)?;
            let broadcast = send(arguments, 4)?;
            let transaction = wallet.finish_blind(vec![made.operation.into()], broadcast)?;
            if broadcast == Send::Broadcast {
                for output in &made.outputs {
                    let _it_is_for_another = receive(wallet, &output.confirmation, &from, "");
                }
            }
            Ok(confirmation(&transaction, &made.outputs, wallet.dialect))
        },
    ),
    command(
        "blind_history(key_or_account: text)",
        "Receipts from and to a key, newest first.",
        "blind_history savings",
        |wallet, arguments| {
            let key = wallet.key_named(&arguments.text(0)?);
            let mut found = wallet.data()?.receipts.clone();
            found.retain(|one| !key.is_null() && (one.from_key == key || one.to_key == key));
            found.sort_by_key(|one| std::cmp::Reverse(one.date));
            Ok(found.to_json_in(wallet.dialect))
        },
    ),
    command(
        "receive_blind_transfer(confirmation_receipt: text, opt_from: text = \"\", \
         opt_memo: text = \"\")",
        "Takes in a receipt, so that its amount can be spent.",
        "receive_blind_transfer 2Dif6AK9AqYGDLDLYcpcwBmzA36dZRmuXXJR8tTQsXg32nBGs6AetDT2E4u carol",
        |wallet, arguments| {
            let confirmation = read_receipt(&arguments.text(0)?)?;
            receive(wallet, &confirmation, &arguments.text(1)?, &arguments.text(2)?)
                .map(|receipt| receipt.to_json_in(wallet.dialect))
        },
    ),
];

fn labels(labels: &[KeyLabel], dialect: Dialect, is_wanted: impl Fn(&KeyLabel) -> bool) -> Value {
    let wanted = labels.iter().filter(|one| is_wanted(one));
    let sorted: BTreeMap<String, Value> =
        wanted.map(|one| (one.label.to_string(), one.key.to_json_in(dialect))).collect();
    sorted.into_iter().map(|(label, key)| json!([label, key])).collect()
}

impl Wallet {
    /// The key of a name, if there is one.
    pub(crate) fn labeled(&self, label: &str) -> Option<PublicKey> {
        self.public.labels.iter().find(|one| one.label == *label).map(|one| one.key)
    }

    /// The key that a text is or names; the null key for none.
    fn key_named(&self, text: &str) -> PublicKey {
        let written = PublicKey::from_text(text, self.dialect.prefix()).ok();
        written.or_else(|| self.labeled(text)).unwrap_or_default()
    }

    fn known_key(&self, text: &str) -> Result<PublicKey> {
        let key = self.key_named(text);
        let unknown = || WalletError::argument("key_or_label", format!("there is no key {text}"));
        if key.is_null() { Err(unknown()) } else { Ok(key) }
    }

    fn label_of(&self, key: &PublicKey) -> String {
        let found = self.public.labels.iter().find(|one| one.key == *key);
        found.map(|one| one.label.to_string()).unwrap_or_default()
    }

    /// Names a key; false if the name is another key's.
    fn set_label(&mut self, key: PublicKey, label: &str) -> bool {
        if self.labeled(label).is_some_and(|other| other != key) {
            return false;
        }
        self.public.labels.retain(|one| one.key != key);
        self.public.labels.push(KeyLabel { label: label.into(), key });
        true
    }

    /// Signs and sends operations whose fees are part of what they hide.
    fn finish_blind(
        &mut self,
        operations: Vec<Operation>,
        send: Send,
    ) -> Result<SignedTransaction> {
        let node = self.node()?;
        let transaction = node.wait(node.client().on_head(operations, LIFETIME))?;
        check(&transaction)?;
        let transaction = self.signed(transaction, &[])?;
        self.send(&transaction, send)?;
        Ok(transaction)
    }
}

fn create(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let label = arguments.text(0)?;
    if wallet.labeled(&label).is_some() {
        return Err(WalletError::argument("label", format!("there is a key {label} already")));
    }
    let phrase = Zeroizing::new(arguments.text(1)?);
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let key = PrivateKey::from_seed(&Zeroizing::new(words.join(" ")));
    let public = wallet.data_mut()?.add(key);
    wallet.set_label(public, &label);
    wallet.save()?;
    Ok(public.to_json_in(wallet.dialect))
}

/// Whether a commitment is on the chain still.
fn is_there(wallet: &Wallet, commitment: &Digest<33>) -> Result<bool> {
    let asked = json!([[commitment.to_json()]]);
    let found = wallet.node()?.call("database", "get_blinded_balances", asked)?;
    Ok(found.as_array().is_some_and(|list| !list.is_empty()))
}

/// The unspent receipts of a key; those that were spent meanwhile are marked.
fn unspent(wallet: &mut Wallet, key: PublicKey) -> Result<Vec<BlindReceipt>> {
    let own = wallet.data()?.receipts.iter().filter(|one| one.to_key == key && !one.used);
    let own: Vec<BlindReceipt> = own.cloned().collect();
    let mut found = Vec::new();
    for receipt in own {
        if is_there(wallet, &receipt.data.commitment)? {
            found.push(receipt);
            continue;
        }
        let spent = receipt.data.commitment;
        let receipts = wallet.data_mut()?.receipts.iter_mut();
        receipts.filter(|one| one.data.commitment == spent).for_each(|one| one.used = true);
    }
    Ok(found)
}

fn balances(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let key = wallet.key_named(&arguments.text(0)?);
    let mut sums: BTreeMap<AssetId, i64> = BTreeMap::new();
    for receipt in unspent(wallet, key)? {
        let sum = sums.entry(receipt.amount.asset_id).or_default();
        *sum = sum.saturating_add(receipt.amount.amount);
    }
    Ok(sums.into_iter().map(|(id, sum)| Asset::new(sum, id).to_json()).collect())
}

/// A key for one transfer and what both sides can compute with it.
struct Shared {
    one_time_key: PublicKey,
    secret: Zeroizing<[u8; 64]>,
    child: [u8; 32],
    nonce: [u8; 32],
}

impl Shared {
    fn new(one_time: &PrivateKey, to: &PublicKey) -> Result<Self> {
        let secret = one_time.shared_secret(to);
        let secret = secret.map_err(|error| WalletError::argument("key", error.to_string()))?;
        let child = sha256(&secret);
        let nonce = sha256(&one_time.to_bytes());
        let secret = Zeroizing::new(secret);
        Ok(Self { one_time_key: one_time.public_key(), secret, child, nonce })
    }

    /// The first four bytes of the secret, which tell a receiver that it is the right one.
    fn check(&self) -> u32 {
        let [a, b, c, d, ..] = *self.secret;
        u32::from_le_bytes([a, b, c, d])
    }

    fn owner(&self, to: &PublicKey) -> Result<Authority> {
        let child = to.child(&self.child);
        child.map(Authority::key).map_err(|error| WalletError::argument("key", error.to_string()))
    }

    fn confirmation(&self, to: PublicKey, memo: &StealthMemo) -> StealthConfirmation {
        let plain = Zeroizing::new(memo.to_bytes());
        StealthConfirmation {
            one_time_key: self.one_time_key,
            to: Some(to),
            encrypted_memo: Bytes(aes512::encrypt(&self.secret, &plain)),
        }
    }
}

impl ConfirmedOutput {
    fn new(
        label: &str,
        to: PublicKey,
        shared: &Shared,
        memo: StealthMemo,
        auth: Authority,
    ) -> Self {
        let confirmation = shared.confirmation(to, &memo);
        let receipt = bs58::encode(confirmation.to_bytes()).into_string();
        Self {
            label: label.into(),
            pub_key: to,
            decrypted_memo: memo,
            confirmation,
            auth,
            confirmation_receipt: receipt.into(),
        }
    }
}

fn confirmation(
    transaction: &SignedTransaction,
    outputs: &[ConfirmedOutput],
    dialect: Dialect,
) -> Value {
    let outputs: Vec<Value> = outputs.iter().map(|one| one.to_json_in(dialect)).collect();
    json!({ "trx": transaction.to_json_in(dialect), "outputs": outputs })
}

fn broken(error: impl ToString) -> WalletError {
    WalletError::impossible(format!("the amount cannot be hidden: {}", error.to_string()))
}

fn proof(
    commit: carbyne_crypto::commitment::Commitment,
    commit_blind: BlindingFactor,
    nonce: [u8; 32],
    actual_value: u64,
) -> Result<Bytes> {
    let min_bits = PROOF_BITS;
    let (min_value, base10_exp) = (0, 0);
    let input = RangeProofInput {
        min_value,
        commit,
        commit_blind,
        nonce,
        base10_exp,
        min_bits,
        actual_value,
    };
    range_proof_sign(&input).map(Bytes).map_err(broken)
}

fn one_time_key() -> Result<PrivateKey> {
    let key = PrivateKey::generate();
    key.map_err(|_| WalletError::impossible("the system gives no random numbers"))
}

/// The key or label and amount of each output.
fn wanted_outputs(value: &Value) -> Result<Vec<(String, String)>> {
    let pairs: Vec<(String, String)> = match value {
        Value::Object(members) => {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            members.iter().map(|(name, value)| (name.clone(), text(value))).collect()
        }
        value => Json::from_json(value)?,
    };
    let missing = || WalletError::argument("to_amounts", "names nobody");
    if pairs.is_empty() { Err(missing()) } else { Ok(pairs) }
}

fn to_blind(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let from = wallet.node()?.account(&arguments.text(0)?)?;
    let symbol = arguments.text(1)?;
    let wanted = wanted_outputs(&arguments.value(2))?;
    let (mut outputs, mut confirmed, mut factors) = (Vec::new(), Vec::new(), Vec::new());
    let mut total = wallet.node()?.amount("0", &symbol)?;
    for (label, text) in &wanted {
        let (one_time, to) = (one_time_key()?, wallet.known_key(label)?);
        let shared = Shared::new(&one_time, &to)?;
        let factor = sha256(&shared.child);
        let amount = wallet.node()?.amount(text, &symbol)?;
        total = total.plus(amount).map_err(WalletError::Refused)?;
        let value = u64::try_from(amount.amount).map_err(broken)?;
        let commitment = blind(&factor, value).map_err(broken)?;
        let owner = shared.owner(&to)?;
        let range_proof = match wanted.len() {
            1 => Bytes::default(),
            _ => proof(commitment, factor, shared.nonce, value)?,
        };
        let commitment = Digest(commitment.0);
        outputs.push(BlindOutput { commitment, range_proof, owner, stealth_memo: None });
        let memo = StealthMemo {
            from: None,
            amount,
            blinding_factor: Digest(factor),
            commitment,
            check: shared.check(),
        };
        confirmed.push(ConfirmedOutput::new(label, to, &shared, memo, Authority::default()));
        factors.push(factor);
    }
    outputs.sort_by_key(|output| output.commitment);
    let blinding_factor = Digest(blind_sum(&factors, factors.len() as u32).map_err(broken)?);
    let to_blind = TransferToBlind {
        amount: total,
        from: from.id,
        blinding_factor,
        outputs,
        ..TransferToBlind::default()
    };
    let broadcast = send(arguments, 3)?;
    let transaction = wallet.finish_typed(vec![to_blind.into()], broadcast)?;
    if broadcast == Send::Broadcast {
        let (sender, memo) = (format!("@{}", from.name), format!("from @{}", from.name));
        for output in &confirmed {
            let _it_is_for_another = receive(wallet, &output.confirmation, &sender, &memo);
        }
    }
    Ok(confirmation(&transaction, &confirmed, wallet.dialect))
}

/// A blind transfer that is made: its operation and what is told of its outputs, the change first.
struct Transferred {
    operation: BlindTransfer,
    outputs: Vec<ConfirmedOutput>,
}

/// The fee of an operation in the asset that it hides.
fn fee_in(wallet: &Wallet, operation: &Operation, asset: AssetId) -> Result<Asset> {
    let node = wallet.node()?;
    let global: GlobalProperty = node.wait(node.client().global())?;
    let fees = &global.parameters.current_fees;
    if asset == AssetId::default() {
        let fee = fees.calculate_fee(operation).map_err(WalletError::Refused)?;
        return Ok(Asset::core(fee));
    }
    let rate = node.asset(&asset.to_string())?.asset.options.core_exchange_rate;
    fees.calculate_fee_in(operation, rate).map_err(WalletError::Refused)
}

impl Transferred {
    /// Spends receipts of `from` until they cover the amount and the fee. `is_step` says that the
    /// output is spent in the same transaction, so it belongs to nobody.
    fn make(
        wallet: &mut Wallet,
        from: &str,
        to: &str,
        amount: Asset,
        is_step: bool,
    ) -> Result<Self> {
        let (from_key, to_key) = (wallet.known_key(from)?, wallet.known_key(to)?);
        let outputs = vec![BlindOutput::default(); 2];
        let mut operation = BlindTransfer { outputs, ..BlindTransfer::default() };
        operation.fee = fee_in(wallet, &operation.clone().into(), amount.asset_id)?;
        let needed = amount.plus(operation.fee).map_err(WalletError::Refused)?.amount;
        let (mut factors, mut total) = (Vec::new(), 0_i64);
        for receipt in unspent(wallet, from_key)? {
            if receipt.amount.asset_id != amount.asset_id || total >= needed {
                continue;
            }
            let (commitment, owner) = (receipt.data.commitment, receipt.control_authority);
            operation.inputs.push(BlindInput { commitment, owner });
            factors.push(receipt.data.blinding_factor.0);
            total = total.saturating_add(receipt.amount.amount);
        }
        if total < needed {
            let has = wallet.node()?.pretty(Asset::new(total, amount.asset_id));
            let needs = wallet.node()?.pretty(Asset::new(needed, amount.asset_id));
            return Err(WalletError::impossible(format!("{from} has {has}, {needs} are needed")));
        }
        let change = Asset::new(total - needed, amount.asset_id);
        let one_time = one_time_key()?;
        let mut made = Self { operation, outputs: Vec::new() };
        let paid = Shared::new(&one_time, &to_key)?;
        let mut hidden = Hidden { factors, from: from_key, is_step, proofs: change.amount > 0 };
        made.operation.outputs.clear();
        let factor = hidden.factor_of_payment(&paid)?;
        if change.amount > 0 {
            let mut back = Shared::new(&one_time, &from_key)?;
            back.nonce = sha256(&paid.nonce);
            let change_factor = hidden.factor_of_change(factor)?;
            let is_step = std::mem::replace(&mut hidden.is_step, false);
            made.add(&hidden, (from, from_key), &back, (change, change_factor))?;
            hidden.is_step = is_step;
        }
        made.add(&hidden, (to, to_key), &paid, (amount, factor))?;
        made.operation.outputs.sort_by_key(|output| output.commitment);
        made.operation.inputs.sort_by_key(|input| input.commitment);
        Ok(made)
    }

    fn add(
        &mut self,
        hidden: &Hidden,
        (label, to): (&str, PublicKey),
        shared: &Shared,
        (amount, factor): (Asset, BlindingFactor),
    ) -> Result<()> {
        let value = u64::try_from(amount.amount).map_err(broken)?;
        let commitment = blind(&factor, value).map_err(broken)?;
        let owner = if hidden.is_step { Authority::default() } else { shared.owner(&to)? };
        let range_proof = match hidden.proofs {
            true => proof(commitment, factor, shared.nonce, value)?,
            false => Bytes::default(),
        };
        let commitment = Digest(commitment.0);
        let output =
            BlindOutput { commitment, range_proof, owner: owner.clone(), stealth_memo: None };
        self.operation.outputs.push(output);
        let memo = StealthMemo {
            from: Some(hidden.from),
            amount,
            blinding_factor: Digest(factor),
            commitment,
            check: shared.check(),
        };
        self.outputs.push(ConfirmedOutput::new(label, to, shared, memo, owner));
        Ok(())
    }
}

/// What all outputs of a blind transfer have in common.
struct Hidden {
    /// Blinding factors of what is spent.
    factors: Vec<BlindingFactor>,
    from: PublicKey,
    is_step: bool,
    /// Whether outputs need proofs: a single one does not.
    proofs: bool,
}

impl Hidden {
    /// With change any factor will do; without, it is the sum of those that are spent.
    fn factor_of_payment(&self, paid: &Shared) -> Result<BlindingFactor> {
        match self.proofs {
            true => Ok(sha256(&paid.child)),
            false => blind_sum(&self.factors, self.factors.len() as u32).map_err(broken),
        }
    }

    /// What is left of the factors that are spent.
    fn factor_of_change(&self, payment: BlindingFactor) -> Result<BlindingFactor> {
        let mut factors = self.factors.clone();
        factors.push(payment);
        blind_sum(&factors, self.factors.len() as u32).map_err(broken)
    }
}

fn from_blind(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    wallet.data()?;
    let (from, to) = (arguments.text(0)?, wallet.node()?.account(&arguments.text(1)?)?);
    let amount = wallet.node()?.amount(&arguments.text(2)?, &arguments.text(3)?)?;
    let mut public = TransferFromBlind { amount, to: to.id, ..TransferFromBlind::default() };
    public.fee = fee_in(wallet, &public.clone().into(), amount.asset_id)?;
    let hidden = amount.plus(public.fee).map_err(WalletError::Refused)?;
    let made = Transferred::make(wallet, &from, &from, hidden, true)?;
    let last = made.outputs.last().map(|output| output.decrypted_memo.clone()).unwrap_or_default();
    public.blinding_factor = last.blinding_factor;
    public.inputs = vec![BlindInput { commitment: last.commitment, owner: Authority::default() }];
    let broadcast = send(arguments, 4)?;
    let operations = vec![made.operation.into(), public.into()];
    let transaction = wallet.finish_blind(operations, broadcast)?;
    if broadcast == Send::Broadcast
        && let [change, _paid] = made.outputs.as_slice()
    {
        let memo = format!("@{}", to.name);
        receive(wallet, &change.confirmation, &from, &memo)?;
    }
    Ok(confirmation(&transaction, &made.outputs, wallet.dialect))
}

fn read_receipt(text: &str) -> Result<StealthConfirmation> {
    const LONGEST: usize = 10_000;
    let wrong = |why: String| WalletError::argument("confirmation_receipt", why);
    if text.len() > LONGEST {
        return Err(wrong("is too long".to_owned()));
    }
    let bytes = bs58::decode(text.trim()).into_vec().map_err(|error| wrong(error.to_string()))?;
    unpack_exact(&bytes, Tags::Reference).map_err(|error| wrong(error.to_string()))
}

/// Takes in what a transfer confirms, if its receiver's key is here.
fn receive(
    wallet: &mut Wallet,
    confirmation: &StealthConfirmation,
    opt_from: &str,
    opt_memo: &str,
) -> Result<BlindReceipt> {
    let wrong = |why: &str| WalletError::argument("confirmation_receipt", why);
    let to_key = confirmation.to.ok_or_else(|| wrong("names no receiver"))?;
    let key = wallet.key(&to_key)?;
    let secret = key.shared_secret(&confirmation.one_time_key);
    let secret = Zeroizing::new(secret.map_err(|_| wrong("has an unusable key"))?);
    let child = key.child(&sha256(&*secret)).map_err(|_| wrong("has an unusable key"))?;
    let plain = aes512::decrypt(&secret, &confirmation.encrypted_memo);
    let plain = Zeroizing::new(plain.ok_or_else(|| wrong("is not for this key"))?);
    let memo: StealthMemo =
        unpack_exact(&plain, Tags::Reference).map_err(|_| wrong("is not for this key"))?;
    let value = u64::try_from(memo.amount.amount).map_err(broken)?;
    let opened = blind(&memo.blinding_factor.0, value).map_err(broken)?;
    if opened.0 != memo.commitment.0 {
        return Err(wrong("does not open its commitment"));
    }
    let from_key = memo.from.unwrap_or_default();
    let known = wallet.label_of(&from_key);
    let from_label = if known.is_empty() { opt_from.to_owned() } else { known };
    if memo.from.is_some() && !from_label.is_empty() {
        wallet.set_label(from_key, &from_label);
    }
    let date = wallet.node()?.wait(wallet.node()?.client().head())?.time;
    let to_label = wallet.label_of(&to_key);
    let control_authority = Authority::key(wallet.data_mut()?.add(child));
    let receipt = BlindReceipt {
        date,
        from_key,
        from_label: from_label.into(),
        to_key,
        to_label: to_label.into(),
        amount: memo.amount,
        memo: opt_memo.into(),
        control_authority,
        data: memo,
        used: false,
        conf: confirmation.clone(),
    };
    let receipts = &mut wallet.data_mut()?.receipts;
    if !receipts.iter().any(|one| one.data.commitment == receipt.data.commitment) {
        receipts.push(receipt.clone());
    }
    wallet.save()?;
    Ok(receipt)
}
