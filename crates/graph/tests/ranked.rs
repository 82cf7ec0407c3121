//! A ranked list against a set.

use carbyne_graph::Ranked;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #[test]
    fn a_ranked_list_is_a_set_that_knows_places(
        in_order in 0..2_500_u32,
        changes in vec((any::<bool>(), 0..3_000_u32), 0..6_000),
        place in 0..3_000_usize,
        first in 0..3_000_u32,
    ) {
        let (mut ranked, mut set) = (Ranked::default(), BTreeSet::new());
        for item in 0..in_order {
            ranked.insert(item);
            set.insert(item);
        }
        for (comes, item) in changes {
            if comes {
                ranked.insert(item);
                set.insert(item);
            } else {
                ranked.remove(&item);
                set.remove(&item);
            }
        }
        prop_assert_eq!((ranked.len(), ranked.is_empty()), (set.len(), set.is_empty()));
        prop_assert!(ranked.skip(0).eq(set.iter()));
        prop_assert!(ranked.skip(place).eq(set.iter().skip(place)));
        prop_assert!(ranked.from(&first).eq(set.range(first..)));
    }
}
