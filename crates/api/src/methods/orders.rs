//! Orders: order books by price group (reference: plugin `grouped_orders`).
//!
//! A group takes orders whose prices differ by no more than its width. Which orders meet in a group
//! depends on the order in which they come; here they come oldest first, as in a reference node
//! that was just started.

use super::database::two_assets;
use super::{Method, gather, read};
use crate::answer::Answer;
use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_answers::LimitOrderGroup;
use carbyne_objects::LimitOrder;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::{Price, Shares};
use carbyne_protocol::ratio::Ratio;
use carbyne_wire::{FlatSet, Json};
use serde_json::json;
use std::cmp::Reverse;
use std::collections::BTreeMap;

pub(super) const METHODS: &[Method] = &[
    read(
        "get_tracked_groups() -> [uint16]",
        "Widths of price groups, in basis points.",
        |view, _| {
            let widths: FlatSet<u16> =
                view.history.settings.tracked_groups.iter().copied().collect();
            Ok(widths.to_json())
        },
    ),
    gather(
        "get_grouped_limit_orders(base_asset: symbol|1.3.x, quote_asset: symbol|1.3.x, \
         group: uint16, start: price?, limit: uint32<=get_grouped_limit_orders) \
         -> [limit_order_group]",
        "An order book by price group.",
        get_grouped_limit_orders,
    ),
];

/// 100 percent, in basis points.
const WHOLE: u16 = 10_000;

/// What is behind the least price of a group.
struct Group {
    /// Its greatest price.
    max: Price,
    /// What its orders sell, in smallest units of the prices' base.
    total: i64,
}

impl Group {
    fn shown(&self, min_price: Price) -> LimitOrderGroup {
        LimitOrderGroup { min_price, max_price: self.max, total_for_sale: self.total }
    }
}

/// The groups of one order book, the greatest price first.
struct Groups {
    /// How much prices of one group differ at most.
    width: Ratio,
    groups: BTreeMap<Reverse<Price>, Group>,
}

impl Groups {
    fn of_book(
        view: &View<'_>,
        (base, quote): (AssetId, AssetId),
        width: u16,
    ) -> Result<Self, ApiError> {
        let width = Ratio::new(u32::from(WHOLE) + u32::from(width), WHOLE);
        let mut groups = Self { width, groups: BTreeMap::new() };
        let orders = &view.ledger.tables.limit_orders;
        let mut book: Vec<_> = orders.index().book(base, quote).collect();
        book.sort_unstable();
        for order in book.into_iter().filter_map(|id| view.ledger.find(id)) {
            groups.add(order)?;
        }
        Ok(groups)
    }

    fn add(&mut self, order: &LimitOrder) -> Result<(), ApiError> {
        let price = order.sell_price;
        // Neighbours are found by prices that fit into the greatest possible supply.
        let bounded = price.max(Price::min(price.base.asset_id, price.quote.asset_id));
        if self.add_to_group_below(order, bounded)? {
            return Ok(());
        }
        let above = self.groups.range(..Reverse(bounded)).next_back();
        let joined = match above {
            Some((key, group)) if bounded >= group.max.over_ratio(self.width)? => Some(*key),
            _ => None,
        };
        self.put(joined, price, order.for_sale)
    }

    /// Adds the order to the group whose least price is the next one not above it, if it is near
    /// enough.
    fn add_to_group_below(&mut self, order: &LimitOrder, bounded: Price) -> Result<bool, ApiError> {
        let Some((key, group)) = self.groups.range_mut(Reverse(bounded)..).next() else {
            return Ok(false);
        };
        if bounded > group.max {
            if bounded > key.0.times_ratio(self.width)? {
                return Ok(false);
            }
            group.max = order.sell_price;
        }
        if order.sell_price < key.0 {
            let key = *key;
            self.put(Some(key), order.sell_price, order.for_sale)?;
        } else {
            group.total = group.total.plus(order.for_sale)?;
        }
        Ok(true)
    }

    /// Makes `least` the least price of the group `joined`, or of a new one, and adds `for_sale` to
    /// it.
    fn put(
        &mut self,
        joined: Option<Reverse<Price>>,
        least: Price,
        for_sale: i64,
    ) -> Result<(), ApiError> {
        let mut group = joined
            .and_then(|key| self.groups.remove(&key))
            .unwrap_or(Group { max: least, total: 0 });
        group.total = group.total.plus(for_sale)?;
        self.groups.insert(Reverse(least), group);
        Ok(())
    }
}

fn get_grouped_limit_orders(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let (base, quote): (String, String) = (arguments.get(0)?, arguments.get(1)?);
    let (width, start): (u16, Option<Price>) = (arguments.get(2)?, arguments.optional(3)?);
    let limit = limited(arguments.get(4)?, view.settings.limits.get_grouped_limit_orders)?;
    let (base, quote) = (view.asset(&base)?.id, view.asset(&quote)?.id);
    two_assets(base, quote)?;
    if !view.history.settings.tracked_groups.contains(&width) {
        return Ok(json!([]).into());
    }
    let (best, worst) = (Price::max(base, quote), Price::min(base, quote));
    let start = start.filter(|start| !start.is_null());
    let start = start.map_or(best, |start| start.min(best).max(worst));
    let groups = Groups::of_book(view, (base, quote), width)?.groups;
    let wanted = groups.range(Reverse(start)..=Reverse(worst)).take(limit);
    view.list(wanted.map(|(Reverse(least), group)| view.row(group.shown(*least))))
}

/// The groups of a market with their least prices, the greatest first.
pub(super) fn price_groups(
    view: &View<'_>,
    (base, quote): (AssetId, AssetId),
    width: u16,
) -> Result<Vec<(Price, LimitOrderGroup)>, ApiError> {
    two_assets(base, quote)?;
    if !view.history.settings.tracked_groups.contains(&width) {
        return Ok(Vec::new());
    }
    let groups = Groups::of_book(view, (base, quote), width)?.groups;
    Ok(groups.into_iter().map(|(Reverse(least), group)| (least, group.shown(least))).collect())
}
