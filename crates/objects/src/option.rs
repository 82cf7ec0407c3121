//! Series of options, the tranches in which they are written, and who wrote how many.

use super::{ContractIndex, Placed, Unique, UniqueIndex};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::options::{OptionTerms, WINDOW_SEC};
use carbyne_wire::{Id, TimePointSec, Wire};
use smallvec::{SmallVec, smallvec};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Options of the same terms.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionSeries {
    /// Id.
    pub id: OptionSeriesId,
    /// What they are.
    pub terms: OptionTerms,
    /// The asset that holders have.
    pub long: AssetId,
    /// How many may be exercised.
    pub open: i64,
    /// The tranches that are not exercised in full, the oldest first; never more than two.
    pub tranches: Vec<OptionTrancheId>,
    /// Whether the window has passed: the longs are dead.
    pub is_over: bool,
}
object!(OptionSeries, SeriesIndex, holds [], concerns []);

/// Series by terms and by their longs, and where all contracts are found.
#[derive(Clone, Debug, Default)]
pub struct SeriesIndex {
    by_terms: UniqueIndex<OptionTerms>,
    by_long: BTreeMap<AssetId, u64>,
}

impl SeriesIndex {
    /// The series of which an asset is the long.
    pub fn of_long(&self, long: AssetId) -> Option<OptionSeriesId> {
        self.by_long.get(&long).map(|instance| Id(*instance))
    }
}

impl Deref for SeriesIndex {
    type Target = UniqueIndex<OptionTerms>;
    fn deref(&self) -> &UniqueIndex<OptionTerms> {
        &self.by_terms
    }
}

impl Index<OptionSeries> for SeriesIndex {
    type Keys = (<UniqueIndex<OptionTerms> as Index<OptionSeries>>::Keys, AssetId);
    fn keys(row: &OptionSeries) -> Self::Keys {
        (<UniqueIndex<OptionTerms> as Index<OptionSeries>>::keys(row), row.long)
    }
    fn insert(&mut self, instance: u64, (keys, long): Self::Keys) {
        Index::<OptionSeries>::insert(&mut self.by_terms, instance, keys);
        self.by_long.insert(long, instance);
    }
    fn remove(&mut self, instance: u64, (keys, long): Self::Keys) {
        Index::<OptionSeries>::remove(&mut self.by_terms, instance, keys);
        self.by_long.remove(&long);
    }
}

impl OptionSeries {
    /// When nothing is exercised any more; none past the last moment.
    pub fn window_end(&self) -> TimePointSec {
        self.terms.expiry.checked_add(WINDOW_SEC).unwrap_or(TimePointSec::MAX)
    }
}

impl Placed for OptionSeries {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.terms.underlying, self.terms.quote, self.long]
    }
    fn due(&self) -> Option<TimePointSec> {
        (!self.is_over).then(|| self.window_end())
    }
}

impl Unique for OptionSeries {
    type Key = OptionTerms;
    fn key(&self) -> OptionTerms {
        self.terms.clone()
    }
}

/// Options that were written while none of them was exercised: their writers share what comes of
/// them.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionTranche {
    /// Id.
    pub id: OptionTrancheId,
    /// The series.
    pub series: OptionSeriesId,
    /// Contracts of the writers that have not redeemed.
    pub written: i64,
    /// Contracts that may still be exercised.
    pub open: i64,
    /// What is locked.
    pub locked: Asset,
    /// What exercising brought.
    pub paid: Asset,
    /// Whether one was exercised: then nobody writes here any more.
    pub is_exercised: bool,
}
object!(OptionTranche, ContractIndex, holds [locked, paid], concerns []);

impl Placed for OptionTranche {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![self.locked.asset_id, self.paid.asset_id]
    }
    fn due(&self) -> Option<TimePointSec> {
        None
    }
}

/// What an account wrote in a tranche.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OptionPosition {
    /// Id.
    pub id: OptionPositionId,
    /// The series.
    pub series: OptionSeriesId,
    /// The tranche.
    pub tranche: OptionTrancheId,
    /// Who wrote.
    pub writer: AccountId,
    /// How many contracts.
    pub contracts: i64,
}
object! {
    OptionPosition, UniqueIndex<(OptionTrancheId, AccountId)>,
    holds [],
    concerns [writer]
}

impl Placed for OptionPosition {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.writer]
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        smallvec![]
    }
    fn due(&self) -> Option<TimePointSec> {
        None
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        smallvec![self.writer]
    }
}

impl Unique for OptionPosition {
    type Key = (OptionTrancheId, AccountId);
    fn key(&self) -> Self::Key {
        (self.tranche, self.writer)
    }
}
