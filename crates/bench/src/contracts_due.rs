//! Contracts that all become due in one block, of each family: how long one takes when so many are
//! done at once, and what a block takes that does as many of them as the limit lets.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{UNSIGNED, World};
use crate::yardstick;
use carbyne_ledger::Ledger;
use carbyne_objects::{
    Bond, Escrow, EscrowState, FeatureSettings, Listing, OptionSeries, OwnedObject, Recurring,
    TitleForSale,
};
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::objects::ListingKind;
use carbyne_protocol::ops::options::WINDOW_SEC;
use carbyne_protocol::recovered::Recover;
use carbyne_wire::{Id, TimePointSec};

const ACCOUNTS: u64 = 1_000;
/// What every contract is about, in smallest units of a coin.
const UNITS: i64 = 100;

/// A contract between two accounts about a coin, of which something is due at a time.
type Make = fn(&mut Ledger, &Deal);

/// How many contracts of a kind are due at a time.
type CountDue = fn(&Ledger, TimePointSec) -> usize;

/// Who has a contract with whom, about what, until when.
struct Deal {
    number: u64,
    parties: (AccountId, AccountId),
    coin: AssetId,
    due: TimePointSec,
}

impl Deal {
    fn amount(&self) -> Asset {
        Asset::new(UNITS, self.coin)
    }

    /// Takes what is locked from the first of the parties.
    fn lock(&self, ledger: &mut Ledger) -> Asset {
        let amount = self.amount();
        ledger.adjust_balance(self.parties.0, amount.negated()).expect("enough of the coin");
        amount
    }
}

macro_rules! count_due {
    ($table:ident, $id:ty) => {
        |ledger, now| {
            let first: (TimePointSec, $id) = (TimePointSec(0), Id(0));
            let due = ledger.tables.$table.index().by_due(first);
            due.take_while(|(time, _)| *time <= now).count()
        }
    };
}

/// By family: what is made, and what is left of it.
const KINDS: &[(&str, Make, CountDue)] = &[
    ("recurring", pays, count_due!(recurring, RecurringId)),
    ("escrow", locks, count_due!(escrows, EscrowId)),
    ("bonds", lends, count_due!(bonds, BondId)),
    ("options", writes, count_due!(option_series, OptionSeriesId)),
    ("titles", offers, count_due!(title_offers, TitleOfferId)),
    ("objects", sells, count_due!(listings, ListingId)),
];

fn pays(ledger: &mut Ledger, deal: &Deal) {
    let (from, to) = deal.parties;
    ledger.create::<RecurringId>(Recurring {
        from,
        to,
        amount: deal.amount(),
        interval_sec: 86_400,
        times_left: 3,
        next: deal.due,
        ..Recurring::default()
    });
}

fn locks(ledger: &mut Ledger, deal: &Deal) {
    let amounts = vec![deal.lock(ledger)];
    let (from, to) = deal.parties;
    let (deliver_by, end, default_bps) = (deal.due, deal.due, 5_000);
    let (state, agent_fee) = (EscrowState::Active, Asset::new(0, deal.coin));
    ledger.create::<EscrowId>(Escrow {
        from,
        to,
        amounts,
        agent_fee,
        state,
        default_bps,
        deliver_by,
        end,
        ..Escrow::default()
    });
}

fn lends(ledger: &mut Ledger, deal: &Deal) {
    let collateral = deal.lock(ledger);
    let (borrower, lender) = deal.parties;
    ledger.create::<BondId>(Bond {
        lender,
        borrower,
        principal: Asset::core(1_000_000_000_000),
        collateral,
        due: deal.due,
        auto_claim: true,
        // The chain tries to repay it first, and cannot.
        auto_repay: true,
        ..Bond::default()
    });
}

fn writes(ledger: &mut Ledger, deal: &Deal) {
    let mut series = OptionSeries::default();
    series.terms.underlying = deal.coin;
    series.terms.strike = 1 + deal.number as i64;
    series.terms.expiry = TimePointSec(deal.due.0 - WINDOW_SEC);
    // No asset is there for it: an end looks for none.
    series.long = Id(1_000_000 + deal.number);
    ledger.create::<OptionSeriesId>(series);
}

fn offers(ledger: &mut Ledger, deal: &Deal) {
    ledger.create::<TitleOfferId>(TitleForSale {
        // Of each account there is one offer at most.
        account: Id(1_000_000 + deal.number),
        price: deal.amount(),
        payout: deal.parties.0,
        buyer: Some(deal.parties.1),
        expiry: deal.due,
        ..TitleForSale::default()
    });
}

fn sells(ledger: &mut Ledger, deal: &Deal) {
    let bid = deal.lock(ledger);
    let (bidder, seller) = deal.parties;
    let object: OwnedObjectId = ledger.create(OwnedObject {
        owner: seller,
        creator: seller,
        is_listed: true,
        ..OwnedObject::default()
    });
    ledger.create::<ListingId>(Listing {
        seller,
        items: vec![object.into()],
        kind: ListingKind::English,
        min: 1,
        expiry: deal.due,
        end: deal.due,
        bidder: Some(bidder),
        bid,
        ..Listing::default()
    });
}

/// A chain on which so many contracts are due with the next block.
fn standing(make: Make, count: u64, most: u32) -> World {
    let mut world = World::new(ACCOUNTS);
    let coin = world.add_coin();
    let accounts: Vec<AccountId> = (0..ACCOUNTS).map(|number| world.account(number)).collect();
    let ledger = world.chain.ledger_mut();
    let mut settings = FeatureSettings::new(Family::ALL.into_iter().collect());
    settings.current.limits.due_per_block = most;
    ledger.create::<FeatureSettingsId>(settings);
    let due = ledger.head_time().expect("a time").wrapping_add(1);
    for number in 0..count {
        let party = |which: u64| accounts[((number * 2 + which) % ACCOUNTS) as usize];
        make(ledger, &Deal { number, parties: (party(0), party(1)), coin, due });
    }
    world
}

/// Ends the next block, timed as so many contracts; says how many are still due.
fn end_block(world: &mut World, watch: &mut Watch, count: u64, left: CountDue) -> usize {
    let block = world.block(Vec::new(), Recover::Nothing);
    let time = block.block().header().timestamp;
    watch.time(count, || world.chain.push_block(block, UNSIGNED)).expect("an empty block applies");
    world.chain.take_events();
    left(world.chain.ledger(), time)
}

/// All in one block, as if the limit were as high, undone and done again.
fn at_once(count: u64, (family, make, left): (&str, Make, CountDue)) -> Figures {
    let most = u32::try_from(count).expect("contracts in memory");
    let mut world = standing(make, count, most);
    let (before, mut watch) = (world.checked_hash(), Watch::default());
    assert_eq!(end_block(&mut world, &mut watch, count, left), 0, "all of them were done");
    let hash = world.checked_hash();
    world.chain.pop_block().expect("it can be undone");
    assert_eq!(world.checked_hash(), before, "undone");
    end_block(&mut world, &mut watch, count, left);
    assert_eq!(world.checked_hash(), hash, "undo and redo give the same state");
    let figures = Figures::new("", count, &watch, yardstick::ordered_map(count));
    figures.named(&format!("contracts_due, {family}")).with_state(hash)
}

/// Block after block, each with as many as the limit lets by default.
fn bounded(count: u64, (family, make, left): (&str, Make, CountDue)) -> Figures {
    let most = FeatureSettings::default().current.limits.due_per_block;
    let (mut world, mut watch) = (standing(make, count, most), Watch::default());
    let mut waiting = count;
    while waiting > 0 {
        let done = waiting.min(most.into());
        waiting -= done;
        let still = end_block(&mut world, &mut watch, done, left);
        assert_eq!(still as u64, waiting, "as many as the limit says, and no more");
    }
    let hash = world.checked_hash();
    let figures = Figures::new("", count, &watch, yardstick::ordered_map(count));
    figures.named(&format!("contracts_due, {family}, {most} a block")).with_state(hash)
}

/// So many of each family.
pub fn run(count: u64) -> Vec<Figures> {
    let each = KINDS.iter().flat_map(|kind| [at_once(count, *kind), bounded(count, *kind)]);
    each.collect()
}
