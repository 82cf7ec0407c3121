//! What traders do with contracts that the reference does not have: one shape for all of it, small
//! numbers of which each kind takes what it needs, so that sequences shrink well.

use crate::world::{GOLD, NAME, USD, trader};
use carbyne_ledger::Ledger;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Id, Json, JsonIn, Tags, TimePointSec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// That of a chain that knows contracts.
pub const LATER: Dialect = Dialect::REFERENCE.knowing(Tags::All);

const DAY: u32 = 86_400;

/// What is done.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Pay,
    StopPaying,
    Lock,
    Ratify,
    Release,
    Dispute,
    Rule,
    OfferBond,
    TakeBond,
    Repay,
    Claim,
    Series,
    Write,
    Exercise,
    Close,
    Redeem,
    SellName,
    BuyName,
    KeepName,
    MakeObject,
    List,
    Bid,
    Propose,
    Approve,
}

const KINDS: &[Kind] = &[
    Kind::Pay,
    Kind::StopPaying,
    Kind::Lock,
    Kind::Lock,
    Kind::Ratify,
    Kind::Ratify,
    Kind::Release,
    Kind::Dispute,
    Kind::Rule,
    Kind::OfferBond,
    Kind::OfferBond,
    Kind::TakeBond,
    Kind::TakeBond,
    Kind::Repay,
    Kind::Claim,
    Kind::Series,
    Kind::Write,
    Kind::Write,
    Kind::Exercise,
    Kind::Close,
    Kind::Redeem,
    Kind::SellName,
    Kind::BuyName,
    Kind::KeepName,
    Kind::MakeObject,
    Kind::List,
    Kind::Bid,
    Kind::Propose,
    Kind::Approve,
];

/// Something that somebody does about a contract.
#[derive(Clone, Debug)]
pub struct OfContract {
    kind: Kind,
    who: u8,
    other: u8,
    /// Which of those that there are.
    which: u8,
    /// Two different assets.
    pair: (u8, u8),
    amount: i64,
    is_so: bool,
}

/// Anything about contracts.
pub fn of_contract() -> impl Strategy<Value = OfContract> {
    let pair = (0..4_u8, 1..4_u8).prop_map(|(one, distance)| (one, (one + distance) % 4));
    let kind = proptest::sample::select(KINDS.to_vec());
    (kind, any::<u8>(), any::<u8>(), any::<u8>(), pair, 1..3_000_i64, any::<bool>()).prop_map(
        |(kind, who, other, which, pair, amount, is_so)| OfContract {
            kind,
            who,
            other,
            which,
            pair,
            amount,
            is_so,
        },
    )
}

/// An operation by its name and its members.
pub fn op(name: &str, members: Value) -> Option<Operation> {
    let mut known = Operation::TABLE.iter().chain(Operation::PROMISED);
    let (tag, ..) = known.find(|(_, known, _)| *known == name)?;
    Operation::from_json_in(&json!([tag, members]), LATER).ok()
}

/// One of several.
fn some<T>(rows: impl Iterator<Item = T>, which: u8) -> Option<T> {
    let mut rows: Vec<T> = rows.collect();
    let place = usize::from(which).checked_rem(rows.len())?;
    Some(rows.swap_remove(place))
}

/// A moment so many seconds after the head block.
fn after(ledger: &Ledger, seconds: u32) -> Option<Value> {
    Some(ledger.head_time().ok()?.wrapping_add(seconds).to_json())
}

/// The Friday morning after the next day.
fn friday(ledger: &Ledger) -> Option<Value> {
    let now = ledger.head_time().ok()?.0;
    let past = now.wrapping_sub(115_200) % (7 * DAY);
    Some(TimePointSec(now - past + 7 * DAY).to_json())
}

fn key(seed: &str) -> Value {
    carbyne_crypto::PrivateKey::from_seed(seed).public_key().to_json_in(LATER)
}

impl OfContract {
    /// The operation in this state; none if it has no meaning there.
    pub fn operation(&self, ledger: &Ledger) -> Option<Operation> {
        match self.kind {
            Kind::Pay | Kind::StopPaying => self.of_payment(ledger),
            Kind::Lock | Kind::Ratify | Kind::Release | Kind::Dispute | Kind::Rule => {
                self.of_escrow(ledger)
            }
            Kind::OfferBond | Kind::TakeBond | Kind::Repay | Kind::Claim => self.of_bond(ledger),
            Kind::Series | Kind::Write | Kind::Exercise | Kind::Close | Kind::Redeem => {
                self.of_option(ledger)
            }
            Kind::SellName | Kind::BuyName | Kind::KeepName => self.of_name(ledger),
            Kind::MakeObject | Kind::List | Kind::Bid => self.of_object(ledger),
            Kind::Propose | Kind::Approve => self.of_proposal(ledger),
        }
    }

    fn who(&self) -> Value {
        trader(self.who).to_json()
    }

    fn other(&self) -> Value {
        trader(self.other).to_json()
    }

    fn first(&self) -> Asset {
        Asset::new(self.amount, Id(self.pair.0.into()))
    }

    fn second(&self, amount: i64) -> Value {
        Asset::new(amount, Id(self.pair.1.into())).to_json()
    }

    fn of_payment(&self, ledger: &Ledger) -> Option<Operation> {
        if matches!(self.kind, Kind::StopPaying) {
            let order = some(ledger.tables.recurring.iter(), self.which)?;
            let account = if self.is_so { order.from } else { order.to };
            let members = json!({"account": account.to_json(), "recurring": order.id.to_json()});
            return op("recurring_cancel", members);
        }
        // Some go to the name that is sold.
        let to = if self.other < 40 { NAME.to_json() } else { self.other() };
        op(
            "recurring_create",
            json!({
                "from": self.who(), "to": to, "amount": self.first().to_json(),
                "interval_sec": 3_600, "times": 1 + self.which % 5, "start": after(ledger, 7)?,
            }),
        )
    }

    fn of_escrow(&self, ledger: &Ledger) -> Option<Operation> {
        let hash = "00".repeat(32);
        if matches!(self.kind, Kind::Lock) {
            let agent = self.is_so.then(|| trader(self.which).to_json());
            return op(
                "escrow_create",
                json!({
                    "from": self.who(), "to": self.other(), "agent": agent,
                    "amounts": [self.first().to_json()],
                    "agent_fee": self.second(if self.is_so { 7 } else { 0 }),
                    "agreement_hash": hash, "ratify_by": after(ledger, 600)?,
                    "deliver_by": after(ledger, DAY)?,
                    "review_sec": if self.is_so { DAY } else { 0 },
                    "default_bps": 1 + u16::from(self.which) * 39,
                }),
            );
        }
        let escrow = some(ledger.tables.escrows.iter(), self.which)?;
        let who = if self.is_so { escrow.from } else { escrow.to };
        let (id, left) = (escrow.id.to_json(), escrow.amounts.first()?);
        let part = [Asset::new(self.amount.min(left.amount), left.asset_id).to_json()];
        match self.kind {
            Kind::Ratify => {
                let who = if self.is_so { escrow.to } else { escrow.agent? };
                op(
                    "escrow_ratify",
                    json!({
                        "who": who.to_json(), "escrow": id, "agreement_hash": hash,
                        "approve": self.amount % 8 != 0,
                    }),
                )
            }
            Kind::Release => {
                op("escrow_release", json!({"who": who.to_json(), "escrow": id, "amounts": part}))
            }
            Kind::Dispute => op("escrow_dispute", json!({"who": who.to_json(), "escrow": id})),
            _ => op(
                "escrow_rule",
                json!({"agent": escrow.agent?.to_json(), "escrow": id, "to_receiver": part}),
            ),
        }
    }

    fn of_bond(&self, ledger: &Ledger) -> Option<Operation> {
        match self.kind {
            Kind::OfferBond => {
                let lent = Asset::new(1 + self.amount % 5, Id(self.pair.0.into())).to_json();
                let terms = json!({
                    "ratio": {"base": self.second(7), "quote": lent}, "term_sec": DAY,
                    "min_term_sec": 0, "apr_bps": 1_000, "callable": self.is_so,
                    "auto_claim": self.which.is_multiple_of(2),
                });
                let (side, amount) = match self.which % 3 {
                    0 => ("borrow", self.second(self.amount)),
                    _ => ("lend", self.first().to_json()),
                };
                op(
                    "bond_offer_create",
                    json!({
                        "creator": self.who(), "side": side, "amount": amount, "terms": terms,
                        "min_take": 1 + i64::from(self.other % 9), "auto_repay": self.is_so,
                        "expiry": after(ledger, 2 * DAY)?,
                    }),
                )
            }
            Kind::TakeBond => {
                let offer = some(ledger.tables.bond_offers.iter(), self.which)?;
                let units = self.amount.min(offer.amount.amount);
                op(
                    "bond_offer_take",
                    json!({
                        "taker": self.who(), "offer": offer.id.to_json(),
                        "terms": offer.terms.to_json(),
                        "amount": Asset::new(units, offer.amount.asset_id).to_json(),
                        "auto_repay": self.is_so,
                    }),
                )
            }
            _ => {
                let bond = some(ledger.tables.bonds.iter(), self.which)?;
                let id = bond.id.to_json();
                if matches!(self.kind, Kind::Claim) {
                    let lender = bond.lender.to_json();
                    return op("bond_claim", json!({"lender": lender, "bond": id}));
                }
                let amount = 1 + self.amount % bond.principal.amount.max(1);
                let members = json!({"payer": self.who(), "bond": id, "amount": amount});
                op("bond_repay", members)
            }
        }
    }

    fn of_option(&self, ledger: &Ledger) -> Option<Operation> {
        let (kind, style) = (["call", "put"], ["american", "european"]);
        if matches!(self.kind, Kind::Series) {
            let terms = json!({
                "underlying": Asset::new(0, GOLD).asset_id.to_json(), "quote": USD.to_json(),
                "strike": 1 + self.amount % 3, "contract_size": 10,
                "kind": kind[usize::from(self.which % 2)],
                "style": style[usize::from(self.is_so)], "expiry": friday(ledger)?,
            });
            return op("option_series_create", json!({"creator": self.who(), "terms": terms}));
        }
        if matches!(self.kind, Kind::Close | Kind::Redeem) {
            let position = some(ledger.tables.option_positions.iter(), self.which)?;
            let (writer, series) = (position.writer.to_json(), position.series.to_json());
            let tranche = position.tranche.to_json();
            let members = json!({"writer": writer, "series": series, "tranche": tranche});
            let name = if matches!(self.kind, Kind::Redeem) {
                return op("option_redeem", members);
            } else {
                "option_close"
            };
            let mut members = members;
            members["contracts"] = (1 + self.amount % position.contracts.max(1)).into();
            return op(name, members);
        }
        let series = some(ledger.tables.option_series.iter(), self.which)?;
        let (id, count) = (series.id.to_json(), 1 + self.amount % 40);
        if matches!(self.kind, Kind::Write) {
            let terms = series.terms.to_json();
            let members = json!({
                "writer": self.who(), "series": id, "terms": terms, "contracts": count,
            });
            return op("option_write", members);
        }
        let times = |leg: Asset| Asset::new(leg.amount * count, leg.asset_id).to_json();
        op(
            "option_exercise",
            json!({
                "holder": self.who(), "series": id, "contracts": count,
                "pays": times(series.terms.paid()), "gets": times(series.terms.locked()),
            }),
        )
    }

    fn of_name(&self, ledger: &Ledger) -> Option<Operation> {
        if matches!(self.kind, Kind::SellName) {
            let buyer = self.is_so.then(|| self.other());
            let members = json!({
                "account": NAME.to_json(), "price": self.first().to_json(),
                "payout": self.who(), "buyer": buyer,
                "expiry": after(ledger, 1 + 3 * u32::from(self.which))?,
            });
            return op("title_offer", members);
        }
        let offer = some(ledger.tables.title_offers.iter(), self.which)?;
        let (id, account) = (offer.id.to_json(), offer.account.to_json());
        if matches!(self.kind, Kind::KeepName) {
            return op("title_withdraw", json!({"account": account, "offer": id}));
        }
        let new = format!("{:?}", offer.id);
        let authority = json!({"weight_threshold": 1, "key_auths": [[key(&new), 1]]});
        op(
            "title_accept",
            json!({
                "buyer": offer.buyer.unwrap_or(trader(self.who)).to_json(), "offer": id,
                "account": account, "price": offer.price.to_json(), "owner": authority,
                "active": authority, "memo_key": key(&new),
            }),
        )
    }

    fn of_object(&self, ledger: &Ledger) -> Option<Operation> {
        match self.kind {
            Kind::MakeObject => op(
                "object_create",
                json!({
                    "owner": self.who(), "kind": "thing", "data": "00", "transferable": true,
                    "mutable": false, "royalty_bps": u16::from(self.which) * 7,
                }),
            ),
            Kind::List => {
                let object = some(ledger.tables.owned_objects.iter(), self.which)?;
                op(
                    "listing_create",
                    json!({
                        "seller": object.owner.to_json(), "items": [object.id.to_json()],
                        "pay_asset": self.first().asset_id.to_json(), "kind": "english",
                        "min": 1, "buy_now": self.amount + 1, "expiry": after(ledger, 60)?,
                        "anti_snipe_sec": 300,
                    }),
                )
            }
            _ => {
                let listing = some(ledger.tables.listings.iter(), self.which)?;
                let items: Vec<Value> = listing.items.iter().map(Json::to_json).collect();
                let amount = Asset::new(self.amount, listing.bid.asset_id).to_json();
                op(
                    "listing_bid",
                    json!({
                        "bidder": self.who(), "listing": listing.id.to_json(), "items": items,
                        "amount": amount,
                    }),
                )
            }
        }
    }

    /// A gift of the name, or of a trader, that all of its accounts have to approve.
    fn of_proposal(&self, ledger: &Ledger) -> Option<Operation> {
        if matches!(self.kind, Kind::Approve) {
            let proposal = some(ledger.tables.proposals.iter(), self.which)?;
            let wanted: Vec<AccountId> =
                proposal.required_active_approvals.iter().copied().collect();
            let account = some(wanted.into_iter(), self.other)?.to_json();
            return op(
                "proposal_update",
                json!({
                    "fee_paying_account": self.who(), "proposal": proposal.id.to_json(),
                    "active_approvals_to_add": [account],
                }),
            );
        }
        let gift = |from: Value| {
            let amount = Asset::core(self.amount).to_json();
            let to = trader(self.who.wrapping_add(1)).to_json();
            op("transfer", json!({"from": from, "to": to, "amount": amount}))
        };
        let gifts: Vec<Operation> =
            [gift(NAME.to_json()), gift(self.who())].into_iter().flatten().collect();
        let gifts: Vec<Value> =
            gifts.iter().map(|one| json!({"op": one.to_json_in(LATER)})).collect();
        op(
            "proposal_create",
            json!({
                "fee_paying_account": self.who(), "expiration_time": after(ledger, 600)?,
                "proposed_ops": gifts,
            }),
        )
    }
}
