//! A market in the plainest form that the rules allow: lists that are searched from the beginning
//! each time, amounts as wide integers, ratios as pairs of them. It shares nothing with the rules
//! of the ledger and is as slow as it looks.
//!
//! Asset 0 is the core asset and the collateral of asset 1, a SmartCoin; asset 2 is plain. Nobody
//! is settled individually, positions have no target ratio, and a position that cannot pay ends the
//! story.

use std::collections::BTreeMap;

/// The collateral.
pub const CORE: u64 = 0;
/// The SmartCoin.
pub const COIN: u64 = 1;

/// A fraction; what it is of stands where it is used.
type Fraction = (u128, u128);

fn down(amount: u128, (numerator, denominator): Fraction) -> u128 {
    amount * numerator / denominator
}

fn up(amount: u128, (numerator, denominator): Fraction) -> u128 {
    (amount * numerator).div_ceil(denominator)
}

fn product(a: Fraction, b: Fraction) -> Fraction {
    (a.0 * b.0, a.1 * b.1)
}

fn inverse((numerator, denominator): Fraction) -> Fraction {
    (denominator, numerator)
}

fn is_less(a: Fraction, b: Fraction) -> bool {
    a.0 * b.1 < b.0 * a.1
}

/// A limit order: sells what is `left` of `sells`, for at least `price` of `wants` per unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: u64,
    pub seller: u64,
    pub sells: u64,
    pub wants: u64,
    pub left: u128,
    pub price: Fraction,
}

/// A debt position.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    pub id: u64,
    pub owner: u64,
    pub collateral: u128,
    pub debt: u128,
}

/// A force settlement.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    pub id: u64,
    pub owner: u64,
    pub left: u128,
}

/// Collateral per unit of debt, and ratios in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Feed {
    pub price: Fraction,
    pub maintenance: u128,
    pub squeeze: u128,
    pub call_fee: u128,
}

impl Feed {
    /// Collateral per debt that a called position gives.
    fn call_pays(&self) -> Fraction {
        product(self.price, (self.squeeze, 1_000))
    }

    /// Collateral per debt that the other side gets.
    fn other_gets(&self) -> Fraction {
        product(self.price, (self.paid(), 1_000))
    }

    fn paid(&self) -> u128 {
        self.squeeze.saturating_sub(self.call_fee).max(1_000)
    }

    /// What a position gives for each unit that the other side gets.
    fn mark_up(&self) -> Fraction {
        (self.squeeze, self.paid())
    }
}

/// What happened, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Fill { who: Who, gives: (u64, u128), gets: (u64, u128), fee: u128, is_maker: bool },
    Cancel { who: Who, back: u128 },
}

/// One side of a fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    Order(u64),
    Position(u64),
    Settlement(u64),
}

/// What a position, and whoever meets it, exchange.
#[derive(Clone, Copy, Debug)]
struct Deal {
    gives: u128,
    debt: u128,
    gets: u128,
}

/// The market.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub orders: Vec<Order>,
    pub positions: Vec<Position>,
    pub settlements: Vec<Settlement>,
    pub balances: BTreeMap<(u64, u64), u128>,
    /// Fees of makers and takers by asset, in basis points.
    fees: Vec<(u128, u128)>,
    pub feed: Option<Feed>,
    /// Whether a position could not pay.
    pub swan: bool,
    events: Vec<Event>,
}

impl Model {
    pub fn new(fees: &[(u128, u128)]) -> Self {
        Self { fees: fees.to_vec(), ..Self::default() }
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub fn has(&self, owner: u64, asset: u64) -> u128 {
        self.balances.get(&(owner, asset)).copied().unwrap_or(0)
    }

    pub fn add(&mut self, owner: u64, asset: u64, amount: u128) {
        *self.balances.entry((owner, asset)).or_default() += amount;
    }

    pub fn take(&mut self, owner: u64, asset: u64, amount: u128) {
        *self.balances.get_mut(&(owner, asset)).expect("funds") -= amount;
    }

    fn order(&self, id: u64) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// A new order meets whatever is on the other side.
    pub fn submit(&mut self, order: Order) {
        let id = order.id;
        self.take(order.seller, order.sells, order.left);
        self.orders.push(order);
        self.match_taker(id);
    }

    pub fn cancel(&mut self, id: u64) {
        let place = self.orders.iter().position(|order| order.id == id).expect("an order");
        let order = self.orders.remove(place);
        self.add(order.seller, order.sells, order.left);
    }

    /// An order is matched until nothing meets it any more.
    pub fn match_taker(&mut self, id: u64) {
        while let Some(taker) = self.order(id).cloned() {
            let maker = self.best_maker(&taker);
            let is_done = match (maker, self.callable(&taker)) {
                (Some(maker), Some((feed, _))) if self.is_better(&maker, &feed) => {
                    self.match_orders(&taker, &maker)
                }
                (_, Some((feed, position))) => self.match_call(&taker, &feed, &position),
                (Some(maker), None) => self.match_orders(&taker, &maker),
                (None, None) => true,
            };
            if is_done {
                break;
            }
        }
        self.cull(id);
    }

    /// The order on the other side that asks least, the oldest of them, if it asks little enough.
    fn best_maker(&self, taker: &Order) -> Option<Order> {
        let mut best: Option<&Order> = None;
        for order in &self.orders {
            let meets = order.sells == taker.wants
                && order.wants == taker.sells
                && !is_less(inverse(taker.price), order.price);
            let is_better = best.is_none_or(|best| {
                is_less(order.price, best.price)
                    || (!is_less(best.price, order.price) && order.id < best.id)
            });
            if meets && is_better {
                best = Some(order);
            }
        }
        best.cloned()
    }

    /// Whether an order gives more collateral per debt than margin calls do.
    fn is_better(&self, maker: &Order, feed: &Feed) -> bool {
        is_less(maker.price, inverse(feed.other_gets()))
    }

    /// The position that an order meets, if it buys collateral and accepts the price of margin
    /// calls.
    fn callable(&self, taker: &Order) -> Option<(Feed, Position)> {
        let feed = self.feed?;
        let buys_collateral = (taker.sells, taker.wants) == (COIN, CORE);
        if !buys_collateral || is_less(feed.other_gets(), taker.price) {
            return None;
        }
        Some((feed, self.called(&feed)?))
    }

    fn weakest(&self) -> Option<Position> {
        let mut weakest: Option<&Position> = None;
        for position in &self.positions {
            let ratio = |position: &Position| (position.collateral, position.debt);
            let is_weaker = weakest.is_none_or(|weakest| {
                is_less(ratio(position), ratio(weakest))
                    || (!is_less(ratio(weakest), ratio(position)) && position.id < weakest.id)
            });
            if is_weaker {
                weakest = Some(position);
            }
        }
        weakest.cloned()
    }

    /// The weakest position, if it is at or below the maintenance ratio.
    fn called(&self, feed: &Feed) -> Option<Position> {
        let limit = product(feed.price, (feed.maintenance, 1_000));
        self.weakest().filter(|weakest| !is_less(limit, (weakest.collateral, weakest.debt)))
    }

    /// Two limit orders at the maker's price. True if the taker is done.
    fn match_orders(&mut self, taker: &Order, maker: &Order) -> bool {
        let cost = down(maker.left, maker.price);
        let (gives, gets) = if taker.left <= cost {
            let gets = down(taker.left, inverse(maker.price));
            (up(gets, maker.price), gets)
        } else {
            (cost, up(cost, inverse(maker.price)))
        };
        if gets == 0 {
            return true;
        }
        let taker_done = self.fill_order(taker, gives, gets, false, taker.left <= cost);
        self.fill_order(maker, gets, gives, true, true);
        taker_done
    }

    /// A taker and a position that is called. True if the taker is done.
    fn match_call(&mut self, taker: &Order, feed: &Feed, position: &Position) -> bool {
        let (pays, gets) = (feed.call_pays(), feed.other_gets());
        let covers = position.debt <= taker.left;
        let deal = if covers {
            Deal {
                gives: up(position.debt, pays),
                debt: position.debt,
                gets: up(position.debt, gets),
            }
        } else {
            let got = down(taker.left, gets);
            if got == 0 {
                return true;
            }
            let debt = up(got, inverse(gets));
            Deal { gives: down(debt, pays), debt, gets: got }
        };
        let taker_done = self.fill_order(taker, deal.debt, deal.gets, false, !covers);
        self.fill_position(position, deal, true);
        taker_done
    }

    fn fee(&self, asset: u64, amount: u128, is_maker: bool) -> u128 {
        let (maker, taker) = self.fees[asset as usize];
        amount * if is_maker { maker } else { taker } / 10_000
    }

    /// Fills an order. True if it is gone, because nothing is left or, with `culls`, too little.
    fn fill_order(
        &mut self,
        order: &Order,
        gives: u128,
        gets: u128,
        is_maker: bool,
        culls: bool,
    ) -> bool {
        let fee = self.fee(order.wants, gets, is_maker);
        self.add(order.seller, order.wants, gets - fee);
        let (gives_what, gets_what) = ((order.sells, gives), (order.wants, gets));
        let who = Who::Order(order.id);
        self.events.push(Event::Fill { who, gives: gives_what, gets: gets_what, fee, is_maker });
        let place = self.orders.iter().position(|one| one.id == order.id).expect("an order");
        self.orders[place].left -= gives;
        if self.orders[place].left == 0 {
            self.orders.remove(place);
            return true;
        }
        culls && self.cull(order.id)
    }

    /// Cancels an order whose rest is worth nothing at its own price.
    fn cull(&mut self, id: u64) -> bool {
        let Some(order) = self.order(id).cloned() else { return true };
        let is_worthless = down(order.left, order.price) == 0;
        if is_worthless {
            self.cancel(id);
            self.events.push(Event::Cancel { who: Who::Order(id), back: order.left });
        }
        is_worthless
    }

    fn fill_position(&mut self, position: &Position, deal: Deal, is_maker: bool) {
        let place = self.positions.iter().position(|one| one.id == position.id).expect("one");
        let position = &mut self.positions[place];
        position.collateral -= deal.gives;
        position.debt -= deal.debt;
        let position = position.clone();
        if position.debt == 0 {
            self.positions.remove(place);
            self.add(position.owner, CORE, position.collateral);
        }
        self.events.push(Event::Fill {
            who: Who::Position(position.id),
            gives: (CORE, deal.gives),
            gets: (COIN, deal.debt),
            fee: deal.gives - deal.gets,
            is_maker,
        });
    }

    /// Calls positions until none is to be called, or nobody is there to meet them.
    pub fn call_positions(&mut self) {
        let Some(feed) = self.feed else { return };
        while let Some(weakest) = self.weakest() {
            if self.settlements.is_empty() && self.cannot_pay(&weakest, &feed) {
                self.swan = true;
                return;
            }
            let Some(position) = self.called(&feed) else { return };
            if self.meet_offer(&position, &feed) {
                continue;
            }
            if self.settlements.is_empty() {
                return;
            }
            self.meet_settlements(&feed);
        }
    }

    /// Whether a position owes more than it can pay at the best offer or at the squeeze price,
    /// whichever is better for it.
    fn cannot_pay(&self, position: &Position, feed: &Feed) -> bool {
        let owes = (position.debt, position.collateral);
        let offer =
            self.best_offer().map(|order| product(inverse(order.price), inverse(feed.mark_up())));
        is_less(inverse(feed.call_pays()), owes) && offer.is_none_or(|offer| is_less(offer, owes))
    }

    fn best_offer(&self) -> Option<Order> {
        let offers = self.orders.iter().filter(|one| (one.sells, one.wants) == (COIN, CORE));
        let mut best: Option<&Order> = None;
        for order in offers {
            if best.is_none_or(|best| is_less(order.price, best.price)) {
                best = Some(order);
            }
        }
        best.cloned()
    }

    /// The best offer buys collateral of a called position. False if there is none that is good
    /// enough.
    fn meet_offer(&mut self, position: &Position, feed: &Feed) -> bool {
        let Some(offer) = self.best_offer() else { return false };
        if is_less(feed.other_gets(), offer.price) {
            return false;
        }
        let pays = product(offer.price, feed.mark_up());
        let deal = if position.debt <= offer.left {
            let gets = up(position.debt, offer.price);
            Deal { gives: up(position.debt, pays), debt: position.debt, gets }
        } else {
            let gets = down(offer.left, offer.price);
            let debt = up(gets, inverse(offer.price));
            Deal { gives: down(debt, pays), debt, gets }
        };
        let is_possible = match deal.debt == position.debt {
            true => deal.gives <= position.collateral,
            false => !harms(position, &deal),
        };
        if is_possible {
            self.fill_position(position, deal, false);
            self.fill_order(&offer, deal.debt, deal.gets, true, true);
        }
        is_possible
    }

    /// The oldest settlements meet called positions until one of these changes.
    fn meet_settlements(&mut self, feed: &Feed) {
        loop {
            let oldest = self.settlements.iter().min_by_key(|settlement| settlement.id).cloned();
            let (Some(settlement), Some(position)) = (oldest, self.called(feed)) else { return };
            if self.match_settlement(&settlement, &position, feed, false) {
                return;
            }
        }
    }

    /// A new settlement meets positions that are called.
    pub fn settle(&mut self, settlement: Settlement) {
        let id = settlement.id;
        self.take(settlement.owner, COIN, settlement.left);
        self.settlements.push(settlement);
        let Some(feed) = self.feed else { return };
        while let Some(settlement) = self.settlements.iter().find(|one| one.id == id).cloned()
            && let Some(position) = self.called(&feed)
        {
            self.match_settlement(&settlement, &position, &feed, true);
        }
    }

    /// True if something was exchanged; otherwise the settlement is cancelled.
    fn match_settlement(
        &mut self,
        settlement: &Settlement,
        position: &Position,
        feed: &Feed,
        is_taker: bool,
    ) -> bool {
        let Some(deal) = settlement_deal(settlement, position, feed) else {
            self.cancel_settlement(settlement.id);
            return false;
        };
        self.fill_position(position, deal, is_taker);
        let fee = self.fee(CORE, deal.gets, !is_taker);
        self.add(settlement.owner, CORE, deal.gets - fee);
        let (gives, gets) = ((COIN, deal.debt), (CORE, deal.gets));
        let (who, is_maker) = (Who::Settlement(settlement.id), !is_taker);
        self.events.push(Event::Fill { who, gives, gets, fee, is_maker });
        let left = settlement.left - deal.debt;
        self.settlements.retain_mut(|one| {
            one.left -= if one.id == settlement.id { deal.debt } else { 0 };
            one.left > 0
        });
        // What is left where the position was not closed would get nothing.
        if left > 0 && deal.debt < position.debt {
            self.cancel_settlement(settlement.id);
        }
        true
    }

    fn cancel_settlement(&mut self, id: u64) {
        let place = self.settlements.iter().position(|one| one.id == id).expect("a settlement");
        let settlement = self.settlements.remove(place);
        self.add(settlement.owner, COIN, settlement.left);
        self.events.push(Event::Cancel { who: Who::Settlement(id), back: settlement.left });
    }

    /// Puts everything in order of id.
    pub fn sort(&mut self) {
        self.orders.sort_by_key(|order| order.id);
        self.positions.sort_by_key(|position| position.id);
        self.settlements.sort_by_key(|settlement| settlement.id);
    }
}

/// Whether a position would have less collateral per debt afterwards, or none.
fn harms(position: &Position, deal: &Deal) -> bool {
    deal.gives >= position.collateral
        || is_less(
            (position.collateral - deal.gives, position.debt - deal.debt),
            (position.collateral, position.debt),
        )
}

/// What a settlement and a called position exchange; none if the settlement would get nothing.
fn settlement_deal(settlement: &Settlement, position: &Position, feed: &Feed) -> Option<Deal> {
    let (pays, gets) = (feed.call_pays(), feed.other_gets());
    let debt = settlement.left.min(position.debt);
    let closes = debt == position.debt;
    if down(debt, pays) == 0 {
        return closes.then_some(Deal { gives: 1, debt, gets: 1 });
    }
    if closes {
        let gives = up(debt, pays);
        if gives <= position.collateral {
            return Some(Deal { gives, debt, gets: up(debt, gets) });
        }
        let gets = up(position.collateral, inverse(feed.mark_up()));
        return Some(Deal { gives: position.collateral, debt, gets });
    }
    let deal = whole(debt, pays, gets)?;
    if !harms(position, &deal) {
        return Some(deal);
    }
    // The position pays at its own ratio if it would be worse off at the price of margin calls.
    let own = (position.collateral, position.debt);
    whole(debt, own, product(own, inverse(feed.mark_up())))
}

fn whole(debt: u128, pays: Fraction, gets: Fraction) -> Option<Deal> {
    let got = down(debt, gets);
    let debt = up(got, inverse(gets));
    (got > 0).then(|| Deal { gives: down(debt, pays), debt, gets: got })
}
