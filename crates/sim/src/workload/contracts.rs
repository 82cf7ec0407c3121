//! Contracts that the reference does not have: payments that push, escrows, bonds, options, names
//! and objects for sale.

use super::{Draft, Kind};
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, Json, TimePointSec};
use serde_json::{Value, json};

pub(super) const KINDS: &[Kind] = &[
    ("recurring_create", recurring_create),
    ("recurring_cancel", recurring_cancel),
    ("escrow_create", escrow_create),
    ("escrow_create", escrow_create),
    ("escrow_ratify", escrow_ratify),
    ("escrow_ratify", escrow_ratify),
    ("escrow_release", escrow_release),
    ("bond_offer_create", bond_offer_create),
    ("bond_offer_create", bond_offer_create),
    ("bond_offer_cancel", bond_offer_cancel),
    ("bond_offer_take", bond_offer_take),
    ("bond_offer_take", bond_offer_take),
    ("bond_repay", bond_repay),
    ("bond_transfer", bond_transfer),
    ("option_series_create", option_series_create),
    ("option_write", option_write),
    ("option_write", option_write),
    ("option_close", option_close),
    ("option_exercise", option_exercise),
    ("title_offer", title_offer),
    ("title_accept", title_accept),
    ("title_withdraw", title_withdraw),
    ("object_create", object_create),
    ("object_transfer", object_transfer),
    ("listing_create", listing_create),
    ("listing_bid", listing_bid),
    ("listing_cancel", listing_cancel),
];

const DAY: u32 = 86_400;

fn recurring_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "from": draft.me()?.to_json(),
        "to": draft.anybody()?.to_json(),
        "amount": draft.some(100, Id(0)),
        "interval_sec": 3_600,
        "times": 1 + draft.below(2),
        "start": draft.within(20),
    }))
}

fn recurring_cancel(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let order = draft.any(ledger.tables.recurring.iter())?;
    Some(json!({ "account": order.from.to_json(), "recurring": order.id.to_json() }))
}

fn hash() -> String {
    "00".repeat(32)
}

fn escrow_create(draft: &mut Draft<'_>) -> Option<Value> {
    let agent = if draft.one_of(2) { Some(draft.anybody()?.to_json()) } else { None };
    let has_agent = agent.is_some();
    Some(json!({
        "from": draft.me()?.to_json(),
        "to": draft.anybody()?.to_json(),
        "agent": agent,
        "amounts": [draft.some(1_000, Id(0))],
        "agent_fee": draft.core(if has_agent { 5 } else { 0 }),
        "agreement_hash": hash(),
        "ratify_by": draft.within(20),
        "deliver_by": draft.after(40),
        "review_sec": if has_agent { DAY } else { 0 },
        "default_bps": draft.below(10_001),
    }))
}

fn escrow_ratify(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let escrow = draft.any(ledger.tables.escrows.iter())?;
    let who = escrow.agent.filter(|_| draft.one_of(2)).unwrap_or(escrow.to);
    Some(json!({
        "who": who.to_json(),
        "escrow": escrow.id.to_json(),
        "agreement_hash": hash(),
        "approve": !draft.one_of(6),
    }))
}

fn escrow_release(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let escrow = draft.any(ledger.tables.escrows.iter())?;
    let who = if draft.one_of(2) { escrow.from } else { escrow.to };
    Some(json!({
        "who": who.to_json(),
        "escrow": escrow.id.to_json(),
        "amounts": [draft.some(500, Id(0))],
    }))
}

fn bond_offer_create(draft: &mut Draft<'_>) -> Option<Value> {
    let creator = draft.me()?;
    let (asset, has) = draft.owned(creator)?;
    let ledger = draft.ledger;
    let other = draft.any(ledger.tables.assets.iter().filter(|other| other.id != asset))?.id;
    let amount = draft.some((has as u64 / 4).clamp(1, 1_000), asset);
    let lends = draft.one_of(2);
    let (principal, collateral) = if lends { (asset, other) } else { (other, asset) };
    Some(json!({
        "creator": creator.to_json(),
        "side": if lends { "lend" } else { "borrow" },
        "amount": amount,
        "terms": {
            "ratio": { "base": draft.some(9, collateral), "quote": draft.some(9, principal) },
            "term_sec": DAY,
            "min_term_sec": 0,
            "apr_bps": draft.below(2_000),
            "callable": draft.one_of(2),
            "auto_claim": draft.one_of(2),
        },
        "min_take": 1 + draft.below(9),
        "allowed": [],
        "auto_repay": draft.one_of(2),
        "expiry": draft.within(60),
    }))
}

fn bond_offer_cancel(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.bond_offers.iter())?;
    Some(json!({ "creator": offer.creator.to_json(), "offer": offer.id.to_json() }))
}

fn bond_offer_take(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.bond_offers.iter())?;
    Some(json!({
        "taker": draft.me()?.to_json(),
        "offer": offer.id.to_json(),
        "terms": offer.terms.to_json(),
        "amount": draft.some(offer.amount.amount as u64, offer.amount.asset_id),
        "auto_repay": draft.one_of(2),
    }))
}

fn bond_repay(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let bond = draft.any(ledger.tables.bonds.iter())?;
    Some(json!({
        "payer": bond.borrower.to_json(),
        "bond": bond.id.to_json(),
        "amount": 1 + draft.below(bond.principal.amount as u64),
        "in_backing": false,
    }))
}

fn bond_transfer(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let bond = draft.any(ledger.tables.bonds.iter())?;
    Some(json!({
        "lender": bond.lender.to_json(),
        "bond": bond.id.to_json(),
        "to": draft.anybody()?.to_json(),
    }))
}

fn option_series_create(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let now = draft.now.0;
    // The Friday morning after the next.
    let friday = now - now.wrapping_sub(115_200) % (7 * DAY) + 14 * DAY;
    let other = draft.any(ledger.tables.assets.iter().filter(|asset| asset.id != Id(0)))?.id;
    Some(json!({
        "creator": draft.me()?.to_json(),
        "terms": {
            "underlying": "1.3.0",
            "quote": other.to_json(),
            "strike": 1 + draft.below(3),
            "contract_size": 10,
            "kind": if draft.one_of(3) { "put" } else { "call" },
            "style": if draft.one_of(4) { "european" } else { "american" },
            "expiry": TimePointSec(friday).to_json(),
        },
    }))
}

fn option_write(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let series = draft.any(ledger.tables.option_series.iter())?;
    Some(json!({
        "writer": draft.me()?.to_json(),
        "series": series.id.to_json(),
        "terms": series.terms.to_json(),
        "contracts": 1 + draft.below(20),
    }))
}

fn option_close(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let position = draft.any(ledger.tables.option_positions.iter())?;
    Some(json!({
        "writer": position.writer.to_json(),
        "series": position.series.to_json(),
        "tranche": position.tranche.to_json(),
        "contracts": 1 + draft.below(position.contracts as u64),
    }))
}

/// By who holds a long.
fn option_exercise(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let series = draft.any(ledger.tables.option_series.iter())?;
    let balances = ledger.tables.balances.iter();
    let holders = balances.filter(|one| one.asset_type == series.long && one.balance > 0);
    let holder = draft.any(holders)?;
    let count = 1 + draft.below(holder.balance as u64) as i64;
    let times = |leg: Asset| Asset::new(leg.amount * count, leg.asset_id).to_json();
    Some(json!({
        "holder": holder.owner.to_json(),
        "series": series.id.to_json(),
        "contracts": count,
        "pays": times(series.terms.paid()),
        "gets": times(series.terms.locked()),
    }))
}

/// Of an account that somebody made here: those of the genesis keep their key.
fn title_offer(draft: &mut Draft<'_>) -> Option<Value> {
    let account = draft.me()?;
    let is_new = draft.ledger.find(account)?.creation_block_num > 0;
    is_new.then_some(())?;
    Some(json!({
        "account": account.to_json(),
        "price": draft.some(1_000, Id(0)),
        "payout": draft.anybody()?.to_json(),
        "expiry": draft.within(40),
    }))
}

fn title_accept(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.title_offers.iter())?;
    let buyer = draft.me()?.to_json();
    let authority = json!({
        "weight_threshold": 1,
        "account_auths": [[buyer, 1]],
        "key_auths": [],
        "address_auths": [],
    });
    let witnesses = draft.witnesses;
    Some(json!({
        "buyer": buyer,
        "offer": offer.id.to_json(),
        "account": offer.account.to_json(),
        "price": offer.price.to_json(),
        "owner": authority,
        "active": authority,
        "memo_key": draft.pick(witnesses).clone(),
    }))
}

fn title_withdraw(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let offer = draft.any(ledger.tables.title_offers.iter())?;
    Some(json!({ "account": offer.account.to_json(), "offer": offer.id.to_json() }))
}

fn object_create(draft: &mut Draft<'_>) -> Option<Value> {
    Some(json!({
        "owner": draft.me()?.to_json(),
        "kind": "thing",
        "data": "00",
        "transferable": !draft.one_of(5),
        "mutable": draft.one_of(2),
        "royalty_bps": draft.below(2_000),
    }))
}

fn object_transfer(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let object = draft.any(ledger.tables.owned_objects.iter())?;
    Some(json!({
        "owner": object.owner.to_json(),
        "object": object.id.to_json(),
        "to": draft.anybody()?.to_json(),
    }))
}

fn listing_create(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let object = draft.any(ledger.tables.owned_objects.iter())?;
    Some(json!({
        "seller": object.owner.to_json(),
        "items": [object.id.to_json()],
        "pay_asset": "1.3.0",
        "kind": "english",
        "min": 1,
        "buy_now": 2 + draft.below(5_000),
        "expiry": draft.within(30),
        "anti_snipe_sec": 300,
    }))
}

fn listing_bid(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let listing = draft.any(ledger.tables.listings.iter())?;
    let items: Vec<Value> = listing.items.iter().map(Json::to_json).collect();
    Some(json!({
        "bidder": draft.me()?.to_json(),
        "listing": listing.id.to_json(),
        "items": items,
        "amount": draft.some(3_000, listing.bid.asset_id),
    }))
}

fn listing_cancel(draft: &mut Draft<'_>) -> Option<Value> {
    let ledger = draft.ledger;
    let listing = draft.any(ledger.tables.listings.iter())?;
    Some(json!({ "seller": listing.seller.to_json(), "listing": listing.id.to_json() }))
}
