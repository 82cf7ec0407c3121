//! An object of any type: what subscribers are told by, and what they are told.

use crate::{AssetBitassetData, AssetObject};
use carbyne_protocol::ids::{AccountId, AssetBitassetDataId, AssetId};
use carbyne_wire::{Dialect, FlatSet, JsonIn, ObjectId, Value};
use std::fmt::Debug;

/// The two assets of a market, the smaller id first.
pub type Market = (AssetId, AssetId);

/// The market of two assets.
pub fn market(a: AssetId, b: AssetId) -> Market {
    (a.min(b), a.max(b))
}

/// Where objects find the assets that they name.
pub trait Assets {
    /// The asset with that id, if there is one.
    fn asset(&self, id: AssetId) -> Option<&AssetObject>;

    /// The feeds and settlement state with that id, if there are such.
    fn bitasset_data(&self, id: AssetBitassetDataId) -> Option<&AssetBitassetData>;
}

/// Whom an object concerns (reference: `get_relevant_accounts` in `chain/db_notify.cpp`).
pub trait Concerns {
    /// Its id.
    fn id(&self) -> ObjectId;

    /// Adds the accounts that it concerns.
    fn concerns(&self, accounts: &mut FlatSet<AccountId>);

    /// The market that it is an order of.
    fn market(&self, assets: &dyn Assets) -> Option<Market>;
}

/// An object without its type.
pub trait AnyObject: Concerns + Debug + Send + Sync {
    /// As clients of a chain with that dialect see it.
    fn json(&self, dialect: Dialect) -> Value;
}

impl<T: Concerns + JsonIn + Debug + Send + Sync> AnyObject for T {
    fn json(&self, dialect: Dialect) -> Value {
        self.to_json_in(dialect)
    }
}
