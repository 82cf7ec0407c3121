//! Votes, witnesses, committee members, workers, and proposals of the committee.

use super::{Command, command, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::review::Send;
use crate::wallet::Wallet;
use carbyne_crypto::brain;
use carbyne_objects::{Account, CommitteeMember, Witness, Worker};
use carbyne_protocol::constants::PROXY_TO_SELF_ACCOUNT;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_protocol::ops::account::update::AccountUpdate;
use carbyne_protocol::ops::governance::committee_member_create::CommitteeMemberCreate;
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;
use carbyne_protocol::ops::governance::worker_create::{WorkerCreate, WorkerInitializer};
use carbyne_wire::{Json, JsonIn, VoteId};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        "list_witnesses(lowerbound: text, limit: uint)",
        "Witnesses by name from a text on.",
        "list_witnesses init 10",
        |wallet, arguments| {
            let range = json!([arguments.text(0)?, arguments.value(1)]);
            wallet.node()?.call("database", "lookup_witness_accounts", range)
        },
    ),
    command(
        "list_committee_members(lowerbound: text, limit: uint)",
        "Committee members by name from a text on.",
        "list_committee_members init 10",
        |wallet, arguments| {
            let range = json!([arguments.text(0)?, arguments.value(1)]);
            wallet.node()?.call("database", "lookup_committee_member_accounts", range)
        },
    ),
    command(
        "get_witness(owner_account: account)",
        "A witness, by account or id.",
        "get_witness init0",
        |wallet, arguments| {
            witness(wallet, &arguments.text(0)?).map(|one| one.to_json_in(wallet.dialect))
        },
    ),
    command(
        "get_committee_member(owner_account: account)",
        "A committee member, by account or id.",
        "get_committee_member init0",
        |wallet, arguments| {
            member(wallet, &arguments.text(0)?).map(|one| one.to_json_in(wallet.dialect))
        },
    ),
    command(
        "create_witness(owner_account: account, url: text, broadcast: bool = false)",
        "Makes an account a witness; its signing key is kept here.",
        "create_witness ann https://ann.example true",
        create_witness,
    ),
    command(
        "update_witness(witness_name: account, url: text, block_signing_key: text, \
         broadcast: bool = false)",
        "Changes the page or the signing key of a witness; empty texts leave them.",
        "update_witness ann https://ann.example '' true",
        update_witness,
    ),
    command(
        "create_committee_member(owner_account: account, url: text, broadcast: bool = false)",
        "Makes an account a candidate for the committee.",
        "create_committee_member ann https://ann.example true",
        |wallet, arguments| {
            let create = CommitteeMemberCreate {
                committee_member_account: wallet.node()?.account(&arguments.text(0)?)?.id,
                url: arguments.text(1)?.into(),
                ..CommitteeMemberCreate::default()
            };
            wallet.finish(vec![create.into()], send(arguments, 2)?)
        },
    ),
    command(
        "create_worker(owner_account: account, work_begin_date: time, work_end_date: time, \
         daily_pay: text, name: text, url: text, worker_settings: json, broadcast: bool = false)",
        "Proposes a worker who is paid by the chain; daily_pay is in smallest units.",
        "create_worker ann 2030-01-01T00:00:00 2030-02-01T00:00:00 1000 work https://ann.example \
         '{\"type\":\"vesting\",\"pay_vesting_period_days\":1}' true",
        create_worker,
    ),
    command(
        "update_worker_votes(account: account, delta: json, broadcast: bool = false)",
        "Votes for, against or no more about workers.",
        "update_worker_votes ann '{\"vote_for\":[\"1.14.0\"]}' true",
        worker_votes,
    ),
    command(
        "vote_for_committee_member(voting_account: account, committee_member: account, \
         approve: bool, broadcast: bool = false)",
        "Votes for a committee member, or no more.",
        "vote_for_committee_member ann init0 true true",
        |wallet, arguments| {
            let vote = member(wallet, &arguments.text(1)?)?.vote_id;
            vote_for(wallet, arguments, vote)
        },
    ),
    command(
        "vote_for_witness(voting_account: account, witness: account, approve: bool, \
         broadcast: bool = false)",
        "Votes for a witness, or no more.",
        "vote_for_witness ann init0 true true",
        |wallet, arguments| {
            let vote = witness(wallet, &arguments.text(1)?)?.vote_id;
            vote_for(wallet, arguments, vote)
        },
    ),
    command(
        "set_voting_proxy(account_to_modify: account, voting_account: account?, \
         broadcast: bool = false)",
        "Lets another account vote for this one; null takes it back.",
        "set_voting_proxy ann bob true",
        proxy,
    ),
    command(
        "set_desired_witness_and_committee_member_count(account_to_modify: account, \
         desired_number_of_witnesses: uint, desired_number_of_committee_members: uint, \
         broadcast: bool = false)",
        "Says how many witnesses and committee members there should be.",
        "set_desired_witness_and_committee_member_count ann 1 1 true",
        |wallet, arguments| {
            let account = wallet.node()?.account(&arguments.text(0)?)?;
            let (num_witness, num_committee) = (arguments.get(1)?, arguments.get(2)?);
            let options = AccountOptions { num_witness, num_committee, ..account.options.clone() };
            change(wallet, account, options, send(arguments, 3)?)
        },
    ),
];

fn owner_id(wallet: &Wallet, name: &str) -> Result<String> {
    Ok(wallet.node()?.account(name)?.id.to_string())
}

fn witness(wallet: &Wallet, name: &str) -> Result<Witness> {
    let node = wallet.node()?;
    let found: Option<Witness> = if name.starts_with("1.6.") {
        let mut found: Vec<Option<Witness>> = node.ask("get_witnesses", json!([[name]]))?;
        found.pop().flatten()
    } else {
        node.ask("get_witness_by_account", json!([owner_id(wallet, name)?]))?
    };
    found.ok_or_else(|| WalletError::impossible(format!("{name} is no witness")))
}

fn member(wallet: &Wallet, name: &str) -> Result<CommitteeMember> {
    let node = wallet.node()?;
    let found: Option<CommitteeMember> = if name.starts_with("1.5.") {
        let mut found: Vec<Option<CommitteeMember>> =
            node.ask("get_committee_members", json!([[name]]))?;
        found.pop().flatten()
    } else {
        node.ask("get_committee_member_by_account", json!([owner_id(wallet, name)?]))?
    };
    found.ok_or_else(|| WalletError::impossible(format!("{name} is no committee member")))
}

/// Gives an account other options, unless they are what it has.
fn change(
    wallet: &mut Wallet,
    account: Account,
    options: AccountOptions,
    send: Send,
) -> Result<Value> {
    if account.options == options {
        return Err(WalletError::impossible(format!("{} has it so already", account.name)));
    }
    let (account, new_options) = (account.id, Some(options));
    let update = AccountUpdate { account, new_options, ..AccountUpdate::default() };
    wallet.finish(vec![update.into()], send)
}

fn vote_for(wallet: &mut Wallet, arguments: &Arguments, vote: VoteId) -> Result<Value> {
    let account = wallet.node()?.account(&arguments.text(0)?)?;
    let mut options = account.options.clone();
    if arguments.get(2)? {
        options.votes.insert(vote);
    } else {
        options.votes.remove(&vote);
    }
    change(wallet, account, options, send(arguments, 3)?)
}

fn proxy(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let account = node.account(&arguments.text(0)?)?;
    let mut options = account.options.clone();
    options.voting_account = match arguments.maybe_text(1)? {
        Some(name) => node.account(&name)?.id,
        None => PROXY_TO_SELF_ACCOUNT,
    };
    change(wallet, account, options, send(arguments, 2)?)
}

fn create_witness(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let name = arguments.text(0)?;
    let account = wallet.node()?.account(&name)?;
    wallet.add_dev_key(&account.name.to_string())?;
    let keys: Vec<_> = account.active.key_auths.keys().collect();
    let [active] = keys.as_slice() else {
        return Err(WalletError::impossible(format!("{name} needs one active key")));
    };
    let parent = zeroize::Zeroizing::new(wallet.key(active)?.to_wif());
    let mut key = None;
    for number in 0..100 {
        let child = brain::derive_private_key(&parent, number);
        if !wallet.data()?.keys.contains_key(&child.public_key().0) {
            key = Some(child);
            break;
        }
    }
    let key = key.ok_or_else(|| WalletError::impossible("the first 100 keys are used"))?;
    let create = WitnessCreate {
        witness_account: account.id,
        url: arguments.text(1)?.into(),
        block_signing_key: key.public_key(),
        ..WitnessCreate::default()
    };
    // Kept before it is sent: a signing key that is lost signs nothing.
    wallet.data_mut()?.pending.witnesses.insert(name, key);
    wallet.save()?;
    wallet.finish(vec![create.into()], send(arguments, 2)?)
}

fn update_witness(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let found = witness(wallet, &arguments.text(0)?)?;
    let (url, key) = (arguments.text(1)?, arguments.text(2)?);
    let new_signing_key = if key.is_empty() {
        None
    } else {
        Some(JsonIn::from_json_in(&Value::from(key), wallet.dialect)?)
    };
    let update = WitnessUpdate {
        witness: found.id,
        witness_account: found.witness_account,
        new_url: (!url.is_empty()).then(|| url.into()),
        new_signing_key,
        ..WitnessUpdate::default()
    };
    wallet.finish(vec![update.into()], send(arguments, 3)?)
}

fn create_worker(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let settings = arguments.value(6);
    let initializer = match settings["type"].as_str() {
        Some("burn") => WorkerInitializer::Burn,
        Some("refund") => WorkerInitializer::Refund,
        Some("vesting") => {
            WorkerInitializer::VestingBalance(JsonIn::from_json_in(&settings, wallet.dialect)?)
        }
        _ => {
            let why = "needs a \"type\": burn, refund or vesting";
            return Err(WalletError::argument("worker_settings", why));
        }
    };
    let worker = WorkerCreate {
        owner: wallet.node()?.account(&arguments.text(0)?)?.id,
        work_begin_date: arguments.get(1)?,
        work_end_date: arguments.get(2)?,
        daily_pay: arguments.get(3)?,
        name: arguments.text(4)?.into(),
        url: arguments.text(5)?.into(),
        initializer,
        ..WorkerCreate::default()
    };
    wallet.finish(vec![worker.into()], send(arguments, 7)?)
}

fn worker_votes(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let delta = arguments.value(1);
    let account = wallet.node()?.account(&arguments.text(0)?)?;
    let mut options = account.options.clone();
    let mut seen: Vec<String> = Vec::new();
    for wish in ["vote_for", "vote_against", "vote_abstain"] {
        let ids: Vec<String> = Json::from_json(delta.get(wish).unwrap_or(&json!([])))?;
        for id in ids {
            if seen.contains(&id) {
                return Err(WalletError::argument("delta", format!("{id} is there twice")));
            }
            let worker: Worker = wallet.node()?.object(carbyne_wire::ObjectId::parse(&id)?)?;
            options.votes.remove(&worker.vote_for);
            options.votes.remove(&worker.vote_against);
            let vote = match wish {
                "vote_for" => Some(worker.vote_for),
                "vote_against" => Some(worker.vote_against),
                _ => None,
            };
            options.votes.extend(vote);
            seen.push(id);
        }
    }
    change(wallet, account, options, send(arguments, 2)?)
}
