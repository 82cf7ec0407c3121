//! Places by price: order books as trees, one for each pair of assets.
//!
//! Invariant: places are in the order of [`Price`], and at one price in that of their instance
//! numbers. A price is compared by one number first, which is the whole price for nearly all that
//! differ; a simple model beside it proves that the order is the same.

use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Price;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds};

/// Bits of a rank for the digits of a ratio; those before them say how great it is.
const DIGIT_BITS: u32 = 57;

/// What a price says apart from its assets: base / quote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    /// Never falls while the ratio grows; equal for hardly any that differ.
    rank: u64,
    base: i64,
    quote: i64,
}

impl Ratio {
    pub(crate) fn of(price: &Price) -> Self {
        let (base, quote) = (price.base.amount, price.quote.amount);
        Self { rank: rank(base, quote), base, quote }
    }
}

/// The exponent and the first binary digits of a ratio of positive numbers, as one number.
fn rank(base: i64, quote: i64) -> u64 {
    let (Ok(base), Ok(quote)) = (u128::try_from(base), u128::try_from(quote)) else { return 0 };
    let Some(ratio) = (base << 64).checked_div(quote).filter(|ratio| *ratio > 0) else { return 0 };
    let exponent = ratio.ilog2();
    let digits = ratio.wrapping_shl(u128::BITS.wrapping_sub(exponent));
    let digits = digits.wrapping_shr(u128::BITS.wrapping_sub(DIGIT_BITS)) as u64;
    u64::from(exponent).wrapping_shl(DIGIT_BITS) | digits
}

impl Ord for Ratio {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| {
            let product = |a: i64, b: i64| i128::from(a).wrapping_mul(i128::from(b));
            product(self.base, other.quote).cmp(&product(other.base, self.quote))
        })
    }
}

impl PartialOrd for Ratio {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

/// The assets of a price.
pub(crate) type Pair = (AssetId, AssetId);

pub(crate) fn pair(price: &Price) -> Pair {
    (price.base.asset_id, price.quote.asset_id)
}

/// A place in a tree: a ratio, ascending or descending, and an instance number.
pub(crate) type Place<R> = (R, u64);

/// Trees of places, none of them empty.
#[derive(Clone, Debug)]
pub(crate) struct Places<R> {
    trees: BTreeMap<Pair, BTreeSet<Place<R>>>,
}

impl<R> Default for Places<R> {
    fn default() -> Self {
        Self { trees: BTreeMap::new() }
    }
}

impl<R: Ord> Places<R> {
    pub(crate) fn insert(&mut self, pair: Pair, place: Place<R>) {
        self.trees.entry(pair).or_default().insert(place);
    }

    pub(crate) fn remove(&mut self, pair: Pair, place: &Place<R>) {
        let Some(tree) = self.trees.get_mut(&pair) else { return };
        tree.remove(place);
        if tree.is_empty() {
            self.trees.remove(&pair);
        }
    }

    /// The instances of a pair within bounds.
    pub(crate) fn range(
        &self,
        pair: Pair,
        bounds: impl RangeBounds<Place<R>>,
    ) -> impl DoubleEndedIterator<Item = u64> {
        let tree = self.trees.get(&pair).into_iter();
        tree.flat_map(move |tree| {
            tree.range((bounds.start_bound(), bounds.end_bound())).map(|(_, instance)| *instance)
        })
    }

    /// The first instance of a pair from a bound on; if there is none, the first one of the pair
    /// that comes before it.
    pub(crate) fn first_from(&self, pair: Pair, from: Bound<Place<R>>) -> Option<u64> {
        let within = self.range(pair, (from, Bound::Unbounded)).next();
        within.or_else(|| {
            let (_, tree) = self.trees.range(..pair).next_back()?;
            tree.first().map(|(_, instance)| *instance)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_protocol::money::Asset;
    use carbyne_wire::Id;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    fn price(base: i64, quote: i64) -> Price {
        Price::new(Asset::new(base, Id(1)), Asset::new(quote, Id(2)))
    }

    fn amount() -> impl Strategy<Value = i64> {
        prop_oneof![1..20_i64, 1..1_000_000_000_i64, 1..=i64::MAX, i64::MAX - 20..=i64::MAX]
    }

    proptest! {
        #[test]
        fn ratios_are_in_the_order_of_prices(
            (a, b, c, d) in (amount(), amount(), amount(), amount()),
            near in -1..=1_i64,
        ) {
            for other in [price(c, d), price(a.saturating_add(near).max(1), b), price(b, a)] {
                let one = price(a, b);
                prop_assert_eq!(Ratio::of(&one).cmp(&Ratio::of(&other)), one.cmp(&other));
            }
        }

        #[test]
        fn equal_fractions_are_equal(
            (a, b, n) in (1..1_000_000_i64, 1..1_000_000_i64, 1..9_000_i64),
        ) {
            prop_assert_eq!(Ratio::of(&price(a, b)), Ratio::of(&price(a * n, b * n)));
        }

        #[test]
        fn places_are_a_sorted_list(
            steps in proptest::collection::vec(
                (any::<bool>(), 0..3_u64, 1..6_i64, 1..6_i64, 0..9_u64),
                0..60,
            ),
            (asked, base, quote, from) in (0..3_u64, 1..6_i64, 1..6_i64, 0..9_u64),
        ) {
            let (mut places, mut model) = (Places::default(), BTreeSet::new());
            let price = |quoted, base, quote| {
                Price::new(Asset::new(base, Id(1)), Asset::new(quote, Id(quoted)))
            };
            for (comes, quoted, base, quote, instance) in steps {
                let one = price(quoted, base, quote);
                let place = (Reverse(Ratio::of(&one)), instance);
                if comes {
                    places.insert(pair(&one), place);
                    model.insert((Reverse(one), instance));
                } else {
                    places.remove(pair(&one), &place);
                    model.remove(&(Reverse(one), instance));
                }
            }
            let start = price(asked, base, quote);
            let place = (Reverse(Ratio::of(&start)), from);
            let expected = model.range((Reverse(start), from)..).next();
            let expected = expected.map(|(_, instance)| *instance);
            prop_assert_eq!(places.first_from(pair(&start), Bound::Included(place)), expected);
            let within: Vec<u64> = places.range(pair(&start), place..).collect();
            let of_pair = model.range((Reverse(start), from)..);
            let of_pair = of_pair.take_while(|(Reverse(one), _)| pair(one) == pair(&start));
            prop_assert_eq!(within, of_pair.map(|(_, instance)| *instance).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_not_positive_has_a_place_too() {
        for (base, quote) in [(0, 1), (1, 0), (-5, 3), (5, -3), (i64::MIN, i64::MIN)] {
            assert_eq!(Ratio::of(&price(base, quote)).rank, 0);
        }
    }
}
