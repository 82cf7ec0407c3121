// The orders of a market from a node. Must never know how they are shown.

import type { LimitOrder } from "./book";
import type { Node } from "./node";

/** Best orders of each side that any node tells at once. */
const BEST = 300;
const PAGE = 1000;
/** Pages that are read at most. */
const PAGES_MAX = 200;

/**
 * Reads the orders of a market into `take`: the best of each side at first, then all of them if the
 * node lists them. Says whether these are all.
 */
export async function readOrders(
  node: Pick<Node, "call" | "db">,
  pair: readonly [string, string],
  take: (orders: LimitOrder[]) => void,
): Promise<boolean> {
  const best = await node.db<LimitOrder[]>("get_limit_orders", ...pair, BEST);
  take(best);
  let cursor: unknown = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const args = ["get_limit_orders", pair, cursor, PAGE];
    const found = await node.call("carbyne", "list", args).catch(() => undefined);
    if (!found) return false;
    take(found.items);
    cursor = found.cursor;
    if (cursor === null || cursor === undefined) return true;
  }
  return false;
}
