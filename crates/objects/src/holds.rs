//! Where objects hold money.
//!
//! Each says so beside its definition; who adds it up, and when, is the business of a [`Sheet`].

use crate::{AssetObject, Assets};
use carbyne_protocol::money::Asset;

/// Where an object holds money.
pub trait Holds {
    /// Whether it ever does.
    const HOLDS: bool;

    /// Adds what it holds, owes or says to exist.
    fn holds(&self, assets: &impl Assets, sheet: &mut impl Sheet);
}

/// What objects tell of the money they hold.
pub trait Sheet {
    /// Here is that much.
    fn hold(&mut self, amount: Asset);

    /// Here is that much of what backs `asset`, in its smallest units.
    fn hold_backing(&mut self, asset: &AssetObject, amount: i64, assets: &impl Assets);

    /// That much must be paid back.
    fn owe(&mut self, amount: Asset);

    /// That much is said to exist.
    fn exist(&mut self, amount: Asset);
}
