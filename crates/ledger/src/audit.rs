//! Whether all that is held of every asset adds up to its supply, and nothing is negative.
//!
//! A balance sheet taken from the objects alone: each says beside its definition where it holds
//! money, and nothing here knows a rule by which money moves. The whole sheet looks at everything
//! there is, so it is made in tests and on demand. What a session moved is asked of every block and
//! every transaction, and costs what they changed.

use crate::Ledger;
use carbyne_graph::{Change, Object, Table};
use carbyne_objects::{AssetBitassetData, AssetObject, Assets, Holds, Sheet};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId};
use carbyne_protocol::money::Asset;
use std::any::type_name;
use std::collections::BTreeMap;

refusals! {
    /// Why something is refused that every rule allows: a fault in the rules.
    pub enum AuditRefusal {
        /// Money came from nowhere or went there.
        SupplyMoved { asset: AssetId, by: i128 }:
            "what is held of {asset} grew by {by} more than its supply",
    }
}

/// What is held, owed and said to exist of an asset, in its smallest units: no memory holds so many
/// amounts of 64 bits that a sum of 128 overflows.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    held: i128,
    owed: i128,
    supply: i128,
    negative: Option<&'static str>,
}

/// Parts of sums after which those of one asset are put together for the first time.
const PARTS: usize = 4_096;

/// Sums by asset.
#[derive(Debug)]
pub(crate) struct Sums {
    /// In the order in which assets were looked at: an asset may have several, the last is that of
    /// the asset that was looked at last, which is mostly the next one too.
    parts: Vec<(AssetId, Sum)>,
    /// With so many parts those of one asset are put together.
    parts_max: usize,
    /// Whether objects are taken off, not added.
    takes_off: bool,
    /// The type of the object that is looked at.
    place: &'static str,
    /// What backed an asset before the session, if that changed.
    backed_by: BTreeMap<AssetId, AssetId>,
}

impl Default for Sums {
    /// The core asset has a sum even if nothing is looked at.
    fn default() -> Self {
        Self {
            parts: vec![(CORE, Sum::default())],
            parts_max: PARTS,
            takes_off: false,
            place: "",
            backed_by: BTreeMap::new(),
        }
    }
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.held = self.held.wrapping_add(other.held);
        self.owed = self.owed.wrapping_add(other.owed);
        self.supply = self.supply.wrapping_add(other.supply);
        self.negative = other.negative.or(self.negative);
    }
}

impl Sheet for Sums {
    #[inline]
    fn hold(&mut self, amount: Asset) {
        // Most places are empty, and many objects have two.
        if amount.amount == 0 {
            return;
        }
        let signed = self.signed(amount);
        let place = self.place;
        self.add_to(amount.asset_id, |sum| {
            sum.held = sum.held.wrapping_add(signed);
            if amount.amount < 0 {
                sum.negative = Some(place);
            }
        });
    }

    fn hold_backing(&mut self, asset: &AssetObject, amount: i64, assets: &impl Assets) {
        if amount == 0 {
            return;
        }
        let before = self.backed_by.get(&asset.id).filter(|_| self.takes_off).copied();
        let data = asset.bitasset_data_id.and_then(|id| assets.bitasset_data(id));
        let backing = before.or_else(|| data.map(|data| data.options.short_backing_asset));
        self.hold(Asset::new(amount, backing.unwrap_or(asset.id)));
    }

    fn owe(&mut self, amount: Asset) {
        let signed = self.signed(amount);
        self.add_to(amount.asset_id, |sum| sum.owed = sum.owed.wrapping_add(signed));
    }

    #[inline]
    fn exist(&mut self, amount: Asset) {
        let signed = self.signed(amount);
        self.add_to(amount.asset_id, |sum| sum.supply = sum.supply.wrapping_add(signed));
    }
}

impl Sums {
    #[inline]
    fn add_to(&mut self, asset: AssetId, add: impl FnOnce(&mut Sum)) {
        match self.parts.last_mut() {
            Some((latest, sum)) if *latest == asset => add(sum),
            _ => {
                let mut sum = Sum::default();
                add(&mut sum);
                self.parts.push((asset, sum));
                if self.parts.len() >= self.parts_max {
                    self.put_together();
                    self.parts_max = self.parts.len().saturating_mul(2).max(PARTS);
                }
            }
        }
    }

    /// Leaves one part of each asset, in order.
    fn put_together(&mut self) {
        // A stable sort, so that what was negative last stays last.
        self.parts.sort_by_key(|(asset, _)| *asset);
        self.parts.dedup_by(|(asset, next), (kept, sum)| {
            let is_same = asset == kept;
            if is_same {
                sum.add(*next);
            }
            is_same
        });
    }

    /// Sums by asset, in order.
    fn into_sums(mut self) -> Vec<(AssetId, Sum)> {
        self.put_together();
        self.parts
    }

    #[inline]
    fn signed(&self, amount: Asset) -> i128 {
        let amount = i128::from(amount.amount);
        // No amount of 64 bits is the least of 128.
        if self.takes_off { amount.wrapping_neg() } else { amount }
    }

    #[inline]
    fn add<T: Holds>(&mut self, row: &T, ledger: &Ledger) {
        self.takes_off = false;
        row.holds(ledger, self);
    }

    #[inline]
    fn take_off<T: Holds>(&mut self, row: &T, ledger: &Ledger) {
        self.takes_off = true;
        row.holds(ledger, self);
    }
}

/// Adds what all rows of a table hold.
pub(crate) fn hold_all<T: Object + Holds>(table: &Table<T>, ledger: &Ledger, sheet: &mut Sums) {
    if T::HOLDS {
        sheet.place = type_name::<T>().rsplit("::").next().unwrap_or_default();
        table.iter().for_each(|row| sheet.add(row, ledger));
    }
}

/// Adds what the rows hold that the newest session wrote to, without what they held before.
pub(crate) fn hold_changes<T: Object + Holds>(table: &Table<T>, ledger: &Ledger, sheet: &mut Sums) {
    if !T::HOLDS {
        return;
    }
    table.each_change(|change| match change {
        Change::Created(new) => sheet.add(new, ledger),
        Change::Changed { old, new } => {
            sheet.add(new, ledger);
            sheet.take_off(old, ledger);
        }
        Change::Removed(old) => sheet.take_off(old, ledger),
    });
}

impl Assets for Ledger {
    fn asset(&self, id: AssetId) -> Option<&AssetObject> {
        self.find(id)
    }

    fn bitasset_data(&self, id: AssetBitassetDataId) -> Option<&AssetBitassetData> {
        self.find(id)
    }
}

impl Ledger {
    /// Refuses what the newest session did if it made money or lost some.
    pub fn check_supply(&self) -> Result<(), Rejected> {
        let mut sheet = Sums { backed_by: self.backing_changes(), ..Sums::default() };
        self.tables.hold_changes(self, &mut sheet);
        for (asset, sum) in sheet.into_sums() {
            let by = sum.held.saturating_sub(sum.supply);
            ensure!(by == 0, AuditRefusal::SupplyMoved { asset, by });
        }
        Ok(())
    }

    /// Which assets the newest session gave another backing, and what backed them before.
    fn backing_changes(&self) -> BTreeMap<AssetId, AssetId> {
        let mut changed = BTreeMap::new();
        if !self.tables.wrote_to::<AssetBitassetDataId>() {
            return changed;
        }
        self.tables.bitassets.each_change(|change| {
            let Change::Changed { old, new } = change else { return };
            let (before, now) = (old.options.short_backing_asset, new.options.short_backing_asset);
            if before != now {
                changed.insert(new.asset_id, before);
            }
        });
        changed
    }
}

/// The balance of one asset, in its smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The asset.
    pub asset: AssetId,
    /// What the objects hold.
    pub held: i128,
    /// What exists.
    pub supply: i128,
    /// What debt positions owe, if the asset is made by borrowing.
    pub owed: Option<i128>,
    /// A type of object of which one holds less than nothing.
    pub negative: Option<&'static str>,
}

impl AuditLine {
    /// Whether it adds up and nothing is negative.
    pub fn is_balanced(&self) -> bool {
        let owes_what_exists = self.owed.is_none_or(|owed| owed == self.supply);
        self.held == self.supply && owes_what_exists && self.negative.is_none()
    }
}

/// The balance of every asset, in order of id.
pub fn audit(ledger: &Ledger) -> Result<Vec<AuditLine>, Rejected> {
    let mut sheet = Sums::default();
    ledger.tables.hold_all(ledger, &mut sheet);
    let sums = BTreeMap::from_iter(sheet.into_sums());
    ledger.tables.assets.iter().map(|asset| line(ledger, asset, &sums)).collect()
}

fn line(
    ledger: &Ledger,
    asset: &AssetObject,
    sums: &BTreeMap<AssetId, Sum>,
) -> Result<AuditLine, Rejected> {
    let borrowed = match asset.bitasset_data_id {
        // After a global settlement nobody owes any more, but holders still hold.
        Some(id) => !ledger.get(id)?.is_globally_settled(),
        None => false,
    };
    let Sum { held, owed, supply, negative } = sums.get(&asset.id).copied().unwrap_or_default();
    let owed = borrowed.then_some(owed);
    Ok(AuditLine { asset: asset.id, held, supply, owed, negative })
}

#[cfg(test)]
mod tests {
    use crate::ops::sandbox::ledger;
    use carbyne_protocol::ids::*;
    use carbyne_protocol::money::Asset;
    use carbyne_wire::Id;

    #[test]
    fn money_that_comes_from_nowhere_or_goes_there_is_noticed() {
        let mut ledger = ledger(1_000);
        ledger.begin();
        ledger.adjust_balance(Id(1), Asset::new(-7, Id(2))).unwrap();
        let lost = ledger.check_supply().unwrap_err();
        assert_eq!(lost.reason(), "AuditRefusal::SupplyMoved");
        assert_eq!(lost.to_string(), "what is held of 1.3.2 grew by -7 more than its supply");
        ledger.adjust_balance(Id(3), Asset::new(7, Id(2))).unwrap();
        ledger.check_supply().unwrap();
        // Also what a session inside did, and what is taken back there.
        ledger.begin();
        ledger.adjust_balance(Id(3), Asset::core(5)).unwrap();
        ledger.merge();
        assert!(ledger.check_supply().is_err());
        let data: AssetDynamicDataId = Id(0);
        ledger.modify(data, |data| data.current_supply += 5).unwrap();
        ledger.check_supply().unwrap();
        ledger.begin();
        ledger.adjust_balance(Id(4), Asset::core(5)).unwrap();
        ledger.undo();
        ledger.check_supply().unwrap();
    }
}
