//! Recurring payments.

use super::{ContractIndex, Placed};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{TimePointSec, Wire};
use smallvec::{SmallVec, smallvec};

/// A payment that the chain makes a number of times.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Recurring {
    /// Id.
    pub id: RecurringId,
    /// Account that gives.
    pub from: AccountId,
    /// Account that receives.
    pub to: AccountId,
    /// What is paid each time.
    pub amount: Asset,
    /// Seconds from one payment to the next.
    pub interval_sec: u32,
    /// How many payments are to come.
    pub times_left: u32,
    /// When the next is due.
    pub next: TimePointSec,
    /// How many in a row could not be paid.
    pub failures: u32,
}
object!(Recurring, ContractIndex, holds [], concerns [from, to]);

impl Placed for Recurring {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.from, self.to]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.amount.asset_id]
    }
    fn due(&self) -> Option<TimePointSec> {
        Some(self.next)
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.from]
    }
}
