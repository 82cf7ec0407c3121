//! Walking a book while its orders are being filled.
//!
//! Invariant: a walk remembers the order it comes to next and the order it ends before, not their
//! prices. An order that is placed between the two while the walk goes on is walked too, as in the
//! reference, whose iterators stay with their orders.

use crate::Ledger;
use carbyne_protocol::ids::LimitOrderId;
use carbyne_protocol::money::Price;

/// A walk along a book, best price first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    next: Option<LimitOrderId>,
    end: Option<LimitOrderId>,
}

impl Walk {
    /// From the best order of the book that `last` is a price of, to the last one at `last`.
    pub(super) fn new(ledger: &Ledger, last: Price) -> Self {
        let index = ledger.tables.limit_orders.index();
        let best = Price::max(last.base.asset_id, last.quote.asset_id);
        Self { next: index.first_from(best), end: index.first_after(last) }
    }

    /// The same walk, but to the last order at `last`.
    pub(super) fn until(self, ledger: &Ledger, last: Price) -> Self {
        Self { end: ledger.tables.limit_orders.index().first_after(last), ..self }
    }

    /// The same walk, but only to the last order better than `price`.
    pub(super) fn until_before(self, ledger: &Ledger, price: Price) -> Self {
        Self { end: ledger.tables.limit_orders.index().first_from(price), ..self }
    }

    /// The walk that goes on where `other` stands, to the end of this one.
    pub(super) fn from(self, other: Self) -> Self {
        Self { next: other.next, end: self.end }
    }

    /// The order it stands before, if the walk is not over.
    pub(super) fn peek(&self) -> Option<LimitOrderId> {
        if self.next == self.end { None } else { self.next }
    }

    /// Steps over the next order and returns it.
    pub(super) fn step(&mut self, ledger: &Ledger) -> Option<LimitOrderId> {
        let id = self.peek()?;
        self.next = after(ledger, id);
        Some(id)
    }

    /// The same walk one order further.
    pub(super) fn stepped(mut self, ledger: &Ledger) -> Self {
        self.step(ledger);
        self
    }
}

fn after(ledger: &Ledger, id: LimitOrderId) -> Option<LimitOrderId> {
    ledger.tables.limit_orders.index().next(ledger.find(id)?.sell_price, id)
}
