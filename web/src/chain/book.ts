// The order book of a market in whole numbers, exact or grouped. Must never know a node.

import { priceText, type Places, type Price, type Side } from "./amounts";

/** An order as the chain has it. */
export interface LimitOrder {
  id: string;
  seller: string;
  for_sale: number | string;
  expiration: string;
  sell_price: {
    base: { amount: number | string; asset_id: string };
    quote: { amount: number | string; asset_id: string };
  };
}

/** A row of the book: one order, or those of a group. */
export interface Row {
  price: Price;
  shown: string;
  /** Of the market's quote. */
  amount: bigint;
  /** Of the market's base. */
  total: bigint;
  orders: LimitOrder[];
}

/** What an order of a market is: its side, its price as base for quote, its amounts. */
export function read(order: LimitOrder, base: string): Row & { side: Side } {
  const { base: sold, quote: wanted } = order.sell_price;
  const [given, taken] = [BigInt(sold.amount), BigInt(wanted.amount)];
  const left = BigInt(order.for_sale);
  const side: Side = sold.asset_id === base ? "buy" : "sell";
  const price = side === "buy" ? { base: given, quote: taken } : { base: taken, quote: given };
  const other = (left * taken) / (given || 1n);
  const [amount, total] = side === "buy" ? [other, left] : [left, other];
  return { side, price, shown: "", amount, total, orders: [order] };
}

/** Whether a price is lower than another. */
export function isLower(one: Price, other: Price): boolean {
  return one.base * other.quote < other.base * one.quote;
}

/**
 * One side of the book, best price first; rows whose price shows the same with so many digits are
 * one row.
 */
export function sideOf(
  side: Side,
  orders: LimitOrder[],
  base: string,
  places: Places,
  digits: number,
): Row[] {
  const rows = orders.map((order) => read(order, base)).filter((row) => row.side === side);
  const sign = side === "buy" ? 1 : -1;
  rows.sort((a, b) => (isLower(a.price, b.price) ? sign : isLower(b.price, a.price) ? -sign : 0));
  const groups: Row[] = [];
  for (const { price, amount, total, orders } of rows) {
    const shown = priceText(price, places, digits);
    const last = groups[groups.length - 1];
    if (last?.shown === shown) {
      last.amount += amount;
      last.total += total;
      last.orders.push(...orders);
    } else {
      groups.push({ price, shown, amount, total, orders: [...orders] });
    }
  }
  return groups;
}

/** The sums of a side from the best price on. */
export function cumulative(rows: Row[]): bigint[] {
  let sum = 0n;
  return rows.map((row) => (sum += row.amount));
}

/** An amount for JSON: a number while that is exact. */
export function json(amount: bigint): number | string {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return amount <= most && amount >= -most ? Number(amount) : amount.toString();
}
