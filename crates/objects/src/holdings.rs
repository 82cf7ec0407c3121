//! The balance objects of an account, by asset.
//!
//! Most accounts hold few assets, and numbers of assets and balances are small. So four pairs of
//! such numbers stand in the table of accounts itself, in 40 bytes; what is more or greater lies
//! elsewhere. Which of both it is follows from what came, and nobody can tell.

use carbyne_protocol::ids::AssetId;
use carbyne_wire::Id;

/// Pairs that stand inside.
const FEW: usize = 4;

/// Numbers of balance objects by asset.
#[derive(Clone, Debug)]
pub(crate) enum Holdings {
    /// So many pairs of an asset and an object, in order.
    Few { count: u8, pairs: [(u32, u32); FEW] },
    /// Pairs in order.
    // A slice has its length beside its pointer, which would make the table longer.
    #[allow(clippy::box_collection)]
    Many(Box<Vec<(AssetId, u64)>>),
}

impl Default for Holdings {
    fn default() -> Self {
        Self::Few { count: 0, pairs: [(0, 0); FEW] }
    }
}

/// Whether a pair fits inside, and comes behind those that are there.
fn is_behind(pairs: &[(u32, u32); FEW], count: u8, asset: AssetId, instance: u64) -> bool {
    let there = pairs.get(..usize::from(count)).unwrap_or_default();
    let is_last = there.last().is_none_or(|(last, _)| u64::from(*last) < asset.0);
    let is_small = |number: u64| u32::try_from(number).is_ok();
    is_last && there.len() < FEW && is_small(asset.0) && is_small(instance)
}

impl Holdings {
    /// The pair at a place.
    fn at(&self, place: usize) -> Option<(AssetId, u64)> {
        match self {
            Self::Few { count, pairs } => {
                let (asset, instance) = pairs.get(..usize::from(*count))?.get(place)?;
                Some((Id((*asset).into()), (*instance).into()))
            }
            Self::Many(pairs) => pairs.get(place).copied(),
        }
    }

    /// All pairs, in order of asset.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AssetId, u64)> {
        (0..).map_while(|place| self.at(place))
    }

    /// The object of an asset.
    #[inline]
    pub(crate) fn find(&self, asset: AssetId) -> Option<u64> {
        match self {
            Self::Few { .. } => self.iter().find(|(held, _)| *held == asset).map(|(_, own)| own),
            Self::Many(pairs) => {
                let place = pairs.binary_search_by_key(&asset, |(held, _)| *held).ok()?;
                pairs.get(place).map(|(_, instance)| *instance)
            }
        }
    }

    /// Adds the object of an asset of which there was none.
    pub(crate) fn insert(&mut self, asset: AssetId, instance: u64) {
        debug_assert_eq!(self.find(asset), None, "one balance per account and asset");
        match self {
            Self::Many(pairs) => {
                let place = pairs.partition_point(|(held, _)| *held < asset);
                pairs.insert(place, (asset, instance));
            }
            // Behind all others, where most come.
            Self::Few { count, pairs } if is_behind(pairs, *count, asset, instance) => {
                if let Some(pair) = pairs.get_mut(usize::from(*count)) {
                    *pair = (asset.0 as u32, instance as u32);
                    *count = count.saturating_add(1);
                }
            }
            Self::Few { .. } => {
                let mut pairs: Vec<_> = self.iter().chain([(asset, instance)]).collect();
                pairs.sort_unstable();
                *self = Self::of(pairs);
            }
        }
    }

    /// Takes an object out.
    pub(crate) fn remove(&mut self, instance: u64) {
        match self {
            Self::Many(pairs) => pairs.retain(|(_, number)| *number != instance),
            Self::Few { .. } => {
                let left = self.iter().filter(|(_, number)| *number != instance);
                *self = Self::of(left.collect());
            }
        }
    }

    /// Holds pairs that are in order.
    fn of(pairs: Vec<(AssetId, u64)>) -> Self {
        Self::few(&pairs).unwrap_or_else(|| Self::Many(Box::new(pairs)))
    }

    /// The same, if they fit inside.
    fn few(wanted: &[(AssetId, u64)]) -> Option<Self> {
        let mut pairs = [(0, 0); FEW];
        let places = pairs.get_mut(..wanted.len())?;
        for (place, (asset, instance)) in places.iter_mut().zip(wanted) {
            *place = (u32::try_from(asset.0).ok()?, u32::try_from(*instance).ok()?);
        }
        Some(Self::Few { count: wanted.len() as u8, pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Small numbers, some that just fit inside and some that do not.
    fn asset() -> impl Strategy<Value = u64> {
        prop_oneof![9 => 0..9_u64, 1 => u64::from(u32::MAX) - 1..u64::from(u32::MAX) + 2]
    }

    proptest! {
        #[test]
        fn holdings_are_the_ordered_map_they_stand_for(
            steps in prop::collection::vec((asset(), any::<bool>()), 0..60),
        ) {
            let (mut holdings, mut model) = (Holdings::default(), BTreeMap::new());
            for (instance, (asset, is_far)) in (0..).zip(steps) {
                let asset = Id(asset);
                let instance = instance + if is_far { 1 << 40 } else { 0 };
                match model.remove(&asset) {
                    Some(known) => holdings.remove(known),
                    None => {
                        holdings.insert(asset, instance);
                        model.insert(asset, instance);
                    }
                }
                prop_assert_eq!(holdings.find(asset), model.get(&asset).copied());
                prop_assert!(holdings.iter().eq(model.iter().map(|(asset, own)| (*asset, *own))));
            }
        }
    }

    #[test]
    fn few_take_forty_bytes() {
        assert_eq!(size_of::<Option<Holdings>>(), 40);
    }
}
