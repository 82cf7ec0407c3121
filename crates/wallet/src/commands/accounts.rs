//! Accounts: found, made, upgraded, listed, with what they have.

use super::{Command, command, own, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::wallet::Wallet;
use carbyne_crypto::{PrivateKey, PublicKey, brain};
use carbyne_objects::{Account, VestingBalance};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::VestingBalanceId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::names::is_valid_name;
use carbyne_protocol::ops::account::create::AccountCreate;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_protocol::ops::account::upgrade::AccountUpgrade;
use carbyne_protocol::ops::account::whitelist::AccountWhitelist;
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_protocol::ops::vesting::withdraw::VestingBalanceWithdraw;
use carbyne_wire::{Bytes, FlatMap, Json, JsonIn, ObjectId, Pack, Text, TimePointSec, VarUint};
use serde_json::{Value, json};

/// How many keys in a row are looked at to find one that is not used, as in the reference.
const UNUSED_IN_A_ROW: u32 = 5;

pub(super) const COMMANDS: &[Command] = &[
    command("list_my_accounts()", "Accounts with keys in this wallet.", "list_my_accounts", mine),
    command(
        "list_accounts(lowerbound: text, limit: uint)",
        "Accounts by name from a text on.",
        "list_accounts ann 10",
        |wallet, arguments| {
            let range = json!([arguments.text(0)?, arguments.value(1), false]);
            wallet.node()?.call("database", "lookup_accounts", range)
        },
    ),
    command(
        "list_account_balances(id: account)",
        "What an account has.",
        "list_account_balances ann",
        |wallet, arguments| {
            let account = json!([arguments.text(0)?, []]);
            wallet.node()?.call("database", "get_account_balances", account)
        },
    ),
    command(
        "get_account(account_name_or_id: account)",
        "An account as it stands on the chain.",
        "get_account ann",
        |wallet, arguments| {
            wallet.node()?.account(&arguments.text(0)?).map(|one| one.to_json_in(wallet.dialect))
        },
    ),
    command(
        "get_account_id(account_name_or_id: account)",
        "The id of an account.",
        "get_account_id ann",
        |wallet, arguments| wallet.node()?.account(&arguments.text(0)?).map(|one| one.id.to_json()),
    ),
    command(
        "get_account_name(account_name_or_id: account)",
        "The name of an account.",
        "get_account_name 1.2.17",
        |wallet, arguments| {
            wallet.node()?.account(&arguments.text(0)?).map(|one| one.name.to_json())
        },
    ),
    command(
        "get_account_count()",
        "How many accounts there are.",
        "get_account_count",
        |wallet, _| wallet.node()?.call("database", "get_account_count", json!([])),
    ),
    command(
        "get_full_account(name_or_id: account)",
        "An account with everything that belongs to it.",
        "get_full_account ann",
        |wallet, arguments| {
            let name = arguments.text(0)?;
            let found =
                wallet.node()?.call("database", "get_full_accounts", json!([[name], false]))?;
            let account = found.pointer("/0/1").cloned();
            account.ok_or_else(|| WalletError::argument("name_or_id", format!("no account {name}")))
        },
    ),
    command(
        "register_account(name: name, owner: key, active: key, registrar_account: account, \
         referrer_account: account, referrer_percent: uint, broadcast: bool = false)",
        "Registers an account with keys that somebody else has.",
        "register_account bob BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV \
         BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV ann ann 50 true",
        register,
    ),
    command(
        "upgrade_account(account_name_or_id: account, broadcast: bool)",
        "Makes an account a lifetime member.",
        "upgrade_account ann true",
        |wallet, arguments| {
            let account = wallet.node()?.account(&arguments.text(0)?)?;
            if account.is_lifetime_member() {
                return Err(WalletError::impossible(format!("{} is one already", account.name)));
            }
            let upgrade = AccountUpgrade {
                account_to_upgrade: account.id,
                upgrade_to_lifetime_member: true,
                ..AccountUpgrade::default()
            };
            wallet.finish(vec![upgrade.into()], send(arguments, 1)?)
        },
    ),
    command(
        "create_account_with_brain_key(brain_key: secret, account_name: name, registrar_account: \
         account, referrer_account: account, broadcast: bool = false)",
        "Registers an account whose keys follow from a phrase, and keeps them.",
        "create_account_with_brain_key - bob ann ann true",
        |wallet, arguments| {
            let phrase = brain::normalize_brain_key(&arguments.text(0)?);
            create(wallet, arguments, brain::derive_private_key(&phrase, 0))
        },
    ),
    command(
        "whitelist_account(authorizing_account: account, account_to_list: account, \
         new_listing_status: text, broadcast: bool = false)",
        "Lists an account: no_listing, white_listed, black_listed, white_and_black_listed.",
        "whitelist_account ann bob white_listed true",
        whitelist,
    ),
    command(
        "get_vesting_balances(account_name: account)",
        "What becomes an account's over time, and how much of it can be withdrawn now.",
        "get_vesting_balances ann",
        vesting,
    ),
    command(
        "withdraw_vesting(witness_name: text, amount: amount, asset_symbol_or_id: asset, \
         broadcast: bool = false)",
        "Withdraws from a vesting balance, by id or by the witness it pays.",
        "withdraw_vesting 1.13.0 10 BTS true",
        withdraw,
    ),
    command(
        "account_store_map(account: account, catalog: text, is_to_remove: bool, key_values: json, \
         broadcast: bool)",
        "Stores values, which are JSON in texts, for an account, or removes them.",
        "account_store_map ann settings false '[[\"language\",\"\\\"en\\\"\"]]' true",
        store_map,
    ),
    command(
        "get_account_storage(account: account, catalog: text)",
        "What an account stored in a catalog.",
        "get_account_storage ann settings",
        |wallet, arguments| {
            let what = json!([arguments.text(0)?, arguments.text(1)?]);
            wallet.node()?.call("custom_operations", "get_storage_info", what)
        },
    ),
    own(
        "referral_income(account: account)",
        "What an account earned by referring others: fees that wait, and what vests.",
        "referral_income ann",
        referral_income,
    ),
];

fn mine(wallet: &mut Wallet, _: &Arguments) -> Result<Value> {
    let ids: Vec<String> = wallet.public.accounts.keys().map(ToString::to_string).collect();
    wallet.node()?.call("database", "get_accounts", json!([ids]))
}

/// The registration of an account with one key for each purpose.
pub(crate) fn registration(
    wallet: &Wallet,
    name: &str,
    (owner, active, memo_key): (PublicKey, PublicKey, PublicKey),
    (registrar, referrer): (&str, &str),
) -> Result<AccountCreate> {
    let name = Text::from(name);
    if !is_valid_name(&name) {
        return Err(WalletError::argument("name", format!("\"{name}\" is no account name")));
    }
    let (registrar, referrer) =
        (wallet.node()?.account(registrar)?, wallet.node()?.account(referrer)?);
    if !registrar.is_lifetime_member() {
        let why = format!("{} is no lifetime member", registrar.name);
        return Err(WalletError::argument("registrar_account", why));
    }
    Ok(AccountCreate {
        registrar: registrar.id,
        referrer: referrer.id,
        referrer_percent: referrer.referrer_rewards_percentage,
        name,
        owner: Authority::key(owner),
        active: Authority::key(active),
        options: AccountOptions { memo_key, ..AccountOptions::default() },
        ..AccountCreate::default()
    })
}

fn register(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let percent: u16 = arguments.get(5)?;
    if percent > 100 {
        return Err(WalletError::argument("referrer_percent", "is above 100"));
    }
    let (owner, active): (PublicKey, PublicKey) = (arguments.get(1)?, arguments.get(2)?);
    let (registrar, referrer) = (arguments.text(3)?, arguments.text(4)?);
    let keys = (owner, active, active);
    let mut create = registration(wallet, &arguments.text(0)?, keys, (&registrar, &referrer))?;
    create.referrer_percent = percent * 100;
    wallet.finish(vec![create.into()], send(arguments, 6)?)
}

/// The first key that follows from another and is not in the wallet.
pub(crate) fn unused_child(wallet: &Wallet, parent: &PrivateKey) -> Result<PrivateKey> {
    let wif = zeroize::Zeroizing::new(parent.to_wif());
    let is_used = |number: u32| {
        let child = brain::derive_private_key(&wif, number).public_key();
        wallet.data().map(|data| data.keys.contains_key(&child.0))
    };
    let (mut first, mut in_a_row) = (0, 0);
    for number in 0.. {
        if is_used(number)? {
            in_a_row = 0;
            continue;
        }
        if in_a_row == 0 {
            first = number;
        }
        in_a_row += 1;
        if in_a_row > UNUSED_IN_A_ROW {
            break;
        }
    }
    Ok(brain::derive_private_key(&wif, first))
}

fn create(wallet: &mut Wallet, arguments: &Arguments, owner: PrivateKey) -> Result<Value> {
    let active = unused_child(wallet, &owner)?;
    let memo = unused_child(wallet, &active)?;
    let keys = (owner.public_key(), active.public_key(), memo.public_key());
    let (registrar, referrer) = (arguments.text(2)?, arguments.text(3)?);
    let name = arguments.text(1)?;
    let create = registration(wallet, &name, keys, (&registrar, &referrer))?;
    // Kept before it is sent: a key that is lost is lost with its account. The owner's is not kept,
    // it follows from the phrase.
    wallet.data_mut()?.pending.accounts.insert(name, vec![active, memo]);
    wallet.save()?;
    wallet.finish(vec![create.into()], send(arguments, 4)?)
}

fn whitelist(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let status = arguments.text(2)?;
    let names = ["no_listing", "white_listed", "black_listed", "white_and_black_listed"];
    let new_listing = names.iter().position(|name| *name == status);
    let new_listing = new_listing.map_or_else(|| status.parse().ok(), |at| u8::try_from(at).ok());
    let new_listing = new_listing
        .ok_or_else(|| WalletError::argument("new_listing_status", format!("one of {names:?}")))?;
    let list = AccountWhitelist {
        authorizing_account: wallet.node()?.account(&arguments.text(0)?)?.id,
        account_to_list: wallet.node()?.account(&arguments.text(1)?)?.id,
        new_listing,
        ..AccountWhitelist::default()
    };
    wallet.finish(vec![list.into()], send(arguments, 3)?)
}

fn vesting(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let name = arguments.text(0)?;
    let balances: Vec<VestingBalance> = match name.starts_with("1.13.") {
        true => vec![node.object(ObjectId::parse(&name)?)?],
        false => node.ask("get_vesting_balances", json!([name]))?,
    };
    let now: TimePointSec = node.wait(node.client().head())?.time;
    let shown = balances.iter().map(|balance| {
        let allowed = balance.allowed_withdraw(now).unwrap_or_default();
        let mut shown = balance.to_json_in(wallet.dialect);
        shown["allowed_withdraw"] = Asset::new(allowed, balance.balance.asset_id).to_json();
        shown["allowed_withdraw_time"] = now.to_json();
        shown
    });
    Ok(shown.collect())
}

fn withdraw(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let name = arguments.text(0)?;
    let vesting_balance: VestingBalanceId = if name.starts_with("1.13.") {
        Json::from_json(&Value::from(name))?
    } else {
        let account = node.account(&name)?.id.to_string();
        let witness = node.call("database", "get_witness_by_account", json!([account]))?;
        Json::from_json(&witness["pay_vb"])
            .map_err(|_| WalletError::argument("witness_name", "no witness with pay"))?
    };
    let balance: VestingBalance = node.object(vesting_balance)?;
    let withdraw = VestingBalanceWithdraw {
        vesting_balance,
        owner: balance.owner,
        amount: node.amount(&arguments.text(1)?, &arguments.text(2)?)?,
        ..VestingBalanceWithdraw::default()
    };
    wallet.finish(vec![withdraw.into()], send(arguments, 3)?)
}

/// What the reference's plug-in reads from the data of a `custom` operation.
fn store_request(is_to_remove: bool, catalog: &str, pairs: &Value) -> Result<Vec<u8>> {
    let mut values: FlatMap<Text, Option<Text>> = FlatMap::default();
    match pairs {
        Value::Object(members) => {
            for (key, value) in members {
                values.insert(key.as_str().into(), Option::from_json(value)?);
            }
        }
        pairs => values = Json::from_json(pairs)?,
    }
    let mut data = Vec::new();
    // The first and only kind of request.
    VarUint(0).pack(&mut data);
    is_to_remove.pack(&mut data);
    Text::from(catalog).pack(&mut data);
    values.pack(&mut data);
    Ok(data)
}

fn store_map(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let data = store_request(arguments.get(2)?, &arguments.text(1)?, &arguments.value(3))?;
    let payer = wallet.node()?.account(&arguments.text(0)?)?.id;
    let store = Custom { payer, data: Bytes(data), ..Custom::default() };
    wallet.finish(vec![store.into()], send(arguments, 4)?)
}

fn referral_income(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let account: Account = node.account(&arguments.text(0)?)?;
    let statistics: Value = node.object(account.statistics)?;
    let vesting: Option<VestingBalance> =
        account.extras.cashback_vb.map(|id| node.object(id)).transpose()?;
    let now = node.wait(node.client().head())?.time;
    let allowed = vesting.as_ref().map(|one| one.allowed_withdraw(now).unwrap_or_default());
    let core = |amount: i64| node.pretty(Asset::core(amount));
    let counted = |name: &str| i64::from_json(&statistics[name]).map(core).unwrap_or_default();
    Ok(json!({
        "referrer": node.name(account.referrer),
        "registrar": node.name(account.registrar),
        "lifetime_fees_paid": counted("lifetime_fees_paid"),
        "pending_fees": counted("pending_fees"),
        "pending_vested_fees": counted("pending_vested_fees"),
        "vesting_balance": vesting.as_ref().map(|one| one.id.to_json()),
        "vesting": vesting.as_ref().map(|one| node.pretty(one.balance)),
        "can_be_withdrawn": allowed.map(core),
    }))
}

impl Wallet {
    /// The registration of an account with one key for everything.
    pub(crate) fn registration(
        &self,
        name: &str,
        key: PublicKey,
        registrar: &str,
    ) -> Result<AccountCreate> {
        registration(self, name, (key, key, key), (registrar, registrar))
    }

    /// Keeps a key for an account that is about to be registered.
    pub(crate) fn keep_for(&mut self, name: &str, key: PrivateKey) -> Result<()> {
        self.data_mut()?.pending.accounts.insert(name.to_owned(), vec![key]);
        self.save()
    }

    /// Registers an account.
    pub(crate) fn create(
        &mut self,
        create: AccountCreate,
    ) -> Result<carbyne_protocol::transaction::SignedTransaction> {
        self.finish_typed(vec![create.into()], crate::review::Send::Broadcast)
    }

    /// Names of the accounts with keys here.
    pub(crate) fn account_names(&self) -> impl Iterator<Item = &str> {
        self.public.accounts.values().map(String::as_str)
    }
}
