//! Contracts that only chains have that opted in to them: a command for each of their operations,
//! short ones for what people do most, and what an account has promised.
//!
//! A command that is called as an operation takes the members of it; what they are comes from the
//! operation, so a member is named here and nowhere described. Never knows a rule of a contract.

use super::operations::operation;
use super::{Command, own, send};
use crate::arguments::Arguments;
use crate::error::Result;
use crate::wallet::Wallet;
use carbyne_wire::Json;
use serde_json::{Value, json};

const DAY: u32 = 86_400;

/// A command that makes the operation of its name from its arguments.
macro_rules! makes {
    ($name:literal, $members:literal, $help:literal, $example:literal) => {
        own(
            concat!($name, "(", $members, ", broadcast: bool = false)"),
            $help,
            concat!($name, " ", $example),
            |wallet, arguments| made(wallet, $name, arguments),
        )
    };
}

pub(super) const COMMANDS: &[Command] = &[
    own(
        "promises(account: account)",
        "Contracts of an account: payments, escrows, bonds, options, titles, objects, listings.",
        "promises ann",
        |wallet, arguments| {
            let account = arguments.text(0)?;
            let full =
                wallet.node()?.call("database", "get_full_accounts", json!([[account], false]))?;
            Ok(full.pointer("/0/1/promises").cloned().unwrap_or_default())
        },
    ),
    own(
        "pay_every(from: account, to: account, amount: amount, interval_sec: uint, times: uint, \
         broadcast: bool = false)",
        "Pays so many times, from now on.",
        "pay_every ann bob '10 BTS' 2592000 12 true",
        |wallet, arguments| {
            let start = from_now(wallet, 0)?;
            let members = with(arguments, json!({ "start": start }));
            send_made(wallet, "recurring_create", members, arguments)
        },
    ),
    own(
        "lend(lender: account, amount: amount, against: amount, days: uint, apr_bps: uint, \
         broadcast: bool = false)",
        "Offers a loan for a week: against so much in all, due after so many days, repayable at \
         any time, and the collateral is the lender's if it is not repaid.",
        "lend ann '100 USD' '5000 BTS' 90 500 true",
        lend,
    ),
    own(
        "auction(seller: account, items: [id], pay_asset: asset, least: uint, days: uint, \
         broadcast: bool = false)",
        "Sells objects and lender sides of bonds to the highest bidder.",
        "auction ann 16.8.0 BTS 100000 7 true",
        |wallet, arguments| {
            let expiry = from_now(wallet, seconds(arguments, 4)?)?;
            let members = json!({
                "seller": arguments.value(0), "items": arguments.value(1),
                "pay_asset": arguments.value(2), "kind": "english", "min": arguments.value(3),
                "expiry": expiry, "anti_snipe_sec": 600,
            });
            send_made(wallet, "listing_create", members, arguments)
        },
    ),
    makes!(
        "recurring_create",
        "from: account, to: account, amount: amount, interval_sec: uint, times: uint, start: time",
        "Has the chain pay an account so many times, so many seconds apart.",
        "ann bob '10 BTS' 2592000 12 2027-01-01T00:00:00 true"
    ),
    makes!(
        "recurring_update",
        "from: account, recurring: id, amount: amount, interval_sec: uint, add_times: uint",
        "Changes a recurring payment; another interval counts from now.",
        "ann 16.1.0 '12 BTS' 2592000 0 true"
    ),
    makes!(
        "recurring_cancel",
        "account: account, recurring: id",
        "Ends a recurring payment; either side may.",
        "bob 16.1.0 true"
    ),
    makes!(
        "escrow_create",
        "from: account, to: account, amounts: [amount], agreement_hash: text, ratify_by: time, \
         deliver_by: time, default_bps: uint, agent: account? = null, \
         agent_fee: amount = \"0 1.3.0\", review_sec: uint = 0, uri: text? = null",
        "Locks amounts until both agree, the agent rules, or time decides.",
        "ann bob '100 USD' 0100000000000000000000000000000000000000000000000000000000000000 \
         2027-01-01T00:00:00 2027-02-01T00:00:00 5000 cid '1 USD' 604800 null true"
    ),
    makes!(
        "escrow_ratify",
        "who: account, escrow: id, agreement_hash: text, approve: bool",
        "Agrees to an escrow, or refuses it and returns all.",
        "bob 16.2.0 0100000000000000000000000000000000000000000000000000000000000000 true true"
    ),
    makes!(
        "escrow_release",
        "who: account, escrow: id, amounts: [amount]",
        "Gives of an escrow to the other party.",
        "ann 16.2.0 '10 USD' true"
    ),
    makes!(
        "escrow_split",
        "from: account, to: account, escrow: id, to_receiver: [amount], to_sender: [amount]",
        "Parts an escrow as both agree.",
        "ann bob 16.2.0 '40 USD' '40 USD' true"
    ),
    makes!(
        "escrow_dispute",
        "who: account, escrow: id",
        "Asks the agent for a ruling.",
        "bob 16.2.0 true"
    ),
    makes!(
        "escrow_rule",
        "agent: account, escrow: id, to_receiver: [amount]",
        "Rules what the receiver gets; the rest goes back.",
        "cid 16.2.0 '45 USD' true"
    ),
    makes!(
        "escrow_amend",
        "from: account, to: account, escrow: id, agent: account? = null, deliver_by: time? = null",
        "Gives an escrow more time or another agent, as all agree.",
        "ann bob 16.2.0 cid 2027-03-01T00:00:00 true"
    ),
    makes!(
        "bond_offer_create",
        "creator: account, side: text, amount: amount, terms: json, expiry: time, \
         min_take: uint = 1, allowed: [account] = [], auto_repay: bool = false",
        "Offers to lend one asset against another, or to borrow it.",
        "ann lend '100 USD' '{\"ratio\":{\"base\":\"50 BTS\",\"quote\":\"1 USD\"},\
         \"term_sec\":7776000,\"apr_bps\":500,\"callable\":true}' \
         2027-01-01T00:00:00 1 '' false true"
    ),
    makes!(
        "bond_offer_cancel",
        "creator: account, offer: id",
        "Takes an offer back, and what is left of it.",
        "ann 16.3.0 true"
    ),
    makes!(
        "bond_offer_take",
        "taker: account, offer: id, terms: json, amount: amount, auto_repay: bool = false",
        "Takes a part of an offer on the terms that it has.",
        "bob 16.3.0 '{\"ratio\":{\"base\":\"50 BTS\",\"quote\":\"1 USD\"},\
         \"term_sec\":7776000,\"apr_bps\":500,\"callable\":true}' '40 USD' true true"
    ),
    makes!(
        "bond_repay",
        "payer: account, bond: id, amount: uint, in_backing: bool = false",
        "Repays a debt in part or in all, in smallest units; interest first.",
        "bob 16.4.0 4000000 false true"
    ),
    makes!(
        "bond_claim",
        "lender: account, bond: id",
        "Takes the collateral of a bond that is due.",
        "ann 16.4.0 true"
    ),
    makes!(
        "bond_amend",
        "borrower: account, lender: account, bond: id, due: time, min_until: time, apr_bps: uint, \
         collateral: uint, auto_repay: bool = false",
        "Changes a bond as both agree.",
        "bob ann 16.4.0 2027-06-01T00:00:00 2027-01-01T00:00:00 400 200000000 false true"
    ),
    makes!(
        "bond_close",
        "borrower: account, lender: account, bond: id, to_lender: uint",
        "Ends a bond as both agree: so much of the collateral is the lender's.",
        "bob ann 16.4.0 100000000 true"
    ),
    makes!(
        "bond_transfer",
        "lender: account, bond: id, to: account",
        "Gives the lender side of a bond to somebody.",
        "ann 16.4.0 cid true"
    ),
    makes!(
        "option_series_create",
        "creator: account, terms: json",
        "Makes a series of options.",
        "ann '{\"underlying\":\"GOLD\",\"quote\":\"USD\",\"strike\":300000,\
         \"contract_size\":10000,\"kind\":\"call\",\"style\":\"american\",\
         \"expiry\":\"2027-01-01T08:00:00\"}' true"
    ),
    makes!(
        "option_write",
        "writer: account, series: id, terms: json, contracts: uint",
        "Writes options, locks what covers them, and gives their longs to the writer.",
        "ann 16.5.0 '{\"underlying\":\"GOLD\",\"quote\":\"USD\",\"strike\":300000,\
         \"contract_size\":10000,\"kind\":\"call\",\"style\":\"american\",\
         \"expiry\":\"2027-01-01T08:00:00\"}' 10 true"
    ),
    makes!(
        "option_close",
        "writer: account, series: id, tranche: id, contracts: uint",
        "Gives longs back and frees what covered them.",
        "ann 16.5.0 16.11.0 2 true"
    ),
    makes!(
        "option_exercise",
        "holder: account, series: id, contracts: uint, pays: amount, gets: amount",
        "Exercises options.",
        "bob 16.5.0 2 '60 USD' '2 GOLD' true"
    ),
    makes!(
        "option_redeem",
        "writer: account, series: id, tranche: id",
        "Takes a writer's part of a tranche that is over.",
        "ann 16.5.0 16.11.0 true"
    ),
    makes!(
        "title_offer",
        "account: account, price: amount, payout: account, expiry: time, buyer: account? = null",
        "Offers an account for sale; it does nothing else meanwhile.",
        "gold '1000 USD' ann 2027-01-01T00:00:00 null true"
    ),
    makes!(
        "title_accept",
        "buyer: account, offer: id, account: account, price: amount, owner: json, active: json, \
         memo_key: key",
        "Buys an account, which has these authorities then.",
        "bob 16.10.0 gold '1000 USD' '{\"weight_threshold\":1,\"account_auths\":[[\"1.2.18\",1]]}' \
         '{\"weight_threshold\":1,\"account_auths\":[[\"1.2.18\",1]]}' \
         BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV true"
    ),
    makes!(
        "title_withdraw",
        "account: account, offer: id",
        "Takes an account off the market.",
        "gold 16.10.0 true"
    ),
    makes!(
        "object_create",
        "owner: account, kind: text, data: text, transferable: bool = true, mutable: bool = false, \
         royalty_bps: uint = 0",
        "Makes an object; its data are hexadecimal digits.",
        "ann picture c0ffee true false 500 true"
    ),
    makes!(
        "object_update",
        "owner: account, object: id, data: text",
        "Changes the data of an object.",
        "ann 16.8.0 c0ffee00 true"
    ),
    makes!(
        "object_transfer",
        "owner: account, object: id, to: account",
        "Gives an object to somebody.",
        "ann 16.8.0 bob true"
    ),
    makes!(
        "object_destroy",
        "owner: account, object: id",
        "Destroys an object.",
        "ann 16.8.0 true"
    ),
    makes!(
        "listing_create",
        "seller: account, items: [id], pay_asset: asset, kind: text, min: uint, expiry: time, \
         buy_now: uint? = null, anti_snipe_sec: uint = 0",
        "Offers objects and lender sides of bonds: fixed, dutch, or english.",
        "ann 16.8.0 BTS fixed 0 2027-01-01T00:00:00 100000 0 true"
    ),
    makes!(
        "listing_buy",
        "buyer: account, listing: id, items: [id], max_price: amount",
        "Buys what is for sale at a price.",
        "bob 16.9.0 16.8.0 '1 BTS' true"
    ),
    makes!(
        "listing_bid",
        "bidder: account, listing: id, items: [id], amount: amount",
        "Bids for what goes to the highest bidder.",
        "bob 16.9.0 16.8.0 '1.5 BTS' true"
    ),
    makes!(
        "listing_cancel",
        "seller: account, listing: id",
        "Ends a listing for which nobody has bid.",
        "ann 16.9.0 true"
    ),
];

/// The arguments as members, and others beside them.
fn with(arguments: &Arguments, more: Value) -> Value {
    let mut members = arguments.members();
    if let Value::Object(more) = more {
        members.extend(more);
    }
    Value::Object(members)
}

/// Sends the operation of that name with the arguments as its members.
fn made(wallet: &mut Wallet, name: &str, arguments: &Arguments) -> Result<Value> {
    send_made(wallet, name, with(arguments, Value::Null), arguments)
}

/// Sends an operation of a contract; whether to is what the last argument says.
fn send_made(
    wallet: &mut Wallet,
    name: &str,
    members: Value,
    arguments: &Arguments,
) -> Result<Value> {
    let operation = operation(wallet, name, members)?;
    wallet.finish(vec![operation], send(arguments, arguments.last())?)
}

/// Days as seconds.
fn seconds(arguments: &Arguments, at: usize) -> Result<u32> {
    Ok(arguments.get::<u32>(at)?.saturating_mul(DAY))
}

/// The moment so many seconds after the head block; a minute for the way there.
fn from_now(wallet: &Wallet, seconds: u32) -> Result<Value> {
    let node = wallet.node()?;
    let now = node.wait(node.client().head())?.time;
    Ok(now.wrapping_add(seconds.saturating_add(60)).to_json())
}

fn lend(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let (amount, against) = (arguments.value(1), arguments.value(2));
    let expiry = from_now(wallet, 7 * DAY)?;
    let members = json!({
        "creator": arguments.value(0), "side": "lend", "amount": amount, "min_take": 1,
        "expiry": expiry, "allowed": [], "terms": {
            "ratio": {"base": against, "quote": amount}, "term_sec": seconds(arguments, 3)?,
            "min_term_sec": 0, "apr_bps": arguments.value(4), "callable": true, "auto_claim": true,
        },
    });
    send_made(wallet, "bond_offer_create", members, arguments)
}
