//! Objects of which there may be one for a key (reference: the unique indexes of
//! `chain/*_object.hpp`).
//!
//! Where an operation looks first whether there is one, the reference does so too and has words of
//! its own; here is what its tables say where nobody looked. Never knows who creates.

use crate::Ledger;
use crate::tables::{Stored, Tables};
use carbyne_objects::{AssetObject, CallOrder, CollateralBid};
use carbyne_protocol::Rejected;

refusals! {
    /// Why an object is not created.
    pub enum UniqueRefusal {
        /// There is one with the same key.
        Taken: "there is one with the same key",
    }
}

/// An object that has a key of its own besides its id.
pub(crate) trait Unique {
    /// Whether there is one with the key of this one.
    fn is_taken(&self, tables: &Tables) -> bool;
}

impl Unique for CollateralBid {
    fn is_taken(&self, tables: &Tables) -> bool {
        tables.collateral_bids.index().find(self.debt_type(), self.bidder).is_some()
    }
}

impl Unique for CallOrder {
    fn is_taken(&self, tables: &Tables) -> bool {
        tables.call_orders.index().find(self.borrower, self.debt_type()).is_some()
    }
}

impl Unique for AssetObject {
    fn is_taken(&self, tables: &Tables) -> bool {
        tables.assets.index().find(&self.symbol).is_some()
    }
}

impl Ledger {
    /// Stores a new object and returns its id; refused if there is one with the same key.
    pub(crate) fn create_unique<I: Stored>(&mut self, object: I::Object) -> Result<I, Rejected>
    where
        I::Object: Unique,
    {
        ensure!(!object.is_taken(&self.tables), UniqueRefusal::Taken);
        Ok(self.create(object))
    }
}

#[cfg(test)]
mod tests;
