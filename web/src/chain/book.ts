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

/** All orders of one price. */
export interface Level {
  price: Price;
  /** Of the market's quote. */
  amount: bigint;
  /** Of the market's base. */
  total: bigint;
  orders: Map<string, LimitOrder>;
  /** The price as text, by digits. */
  texts: Map<number, string>;
}

/** A row of the book: one price, or those of a group. */
export interface Row {
  price: Price;
  shown: string;
  /** Of the market's quote. */
  amount: bigint;
  /** Of the market's base. */
  total: bigint;
  levels: Level[];
}

/** What an order of a market is: its side, its price as base for quote, its amounts. */
export interface Read {
  side: Side;
  price: Price;
  amount: bigint;
  total: bigint;
}

/** Reads an order. */
export function read(order: LimitOrder, base: string): Read {
  const { base: sold, quote: wanted } = order.sell_price;
  const [given, taken] = [BigInt(sold.amount), BigInt(wanted.amount)];
  const left = BigInt(order.for_sale);
  const side: Side = sold.asset_id === base ? "buy" : "sell";
  const price = side === "buy" ? { base: given, quote: taken } : { base: taken, quote: given };
  const other = (left * taken) / (given || 1n);
  const [amount, total] = side === "buy" ? [other, left] : [left, other];
  return { side, price, amount, total };
}

/** Whether a price is lower than another. */
export function isLower(one: Price, other: Price): boolean {
  return one.base * other.quote < other.base * one.quote;
}

/**
 * All orders of a market, kept in order while they come and go: a change costs no more than finding
 * its place.
 */
export class Book {
  private readonly sides: Record<Side, Level[]> = { buy: [], sell: [] };
  private readonly known = new Map<string, Read & { level: Level }>();

  constructor(
    private readonly base: string,
    private readonly places: Places,
  ) {}

  /** Number of orders. */
  get size(): number {
    return this.known.size;
  }

  /** Takes in an order as it is now. */
  put(order: LimitOrder): void {
    this.remove(order.id);
    const one = read(order, this.base);
    const level = this.level(one);
    level.orders.set(order.id, order);
    level.amount += one.amount;
    level.total += one.total;
    this.known.set(order.id, { ...one, level });
  }

  /** Takes out an order, if it is there. */
  remove(id: string): void {
    const known = this.known.get(id);
    if (!known) return;
    const { level, side, amount, total } = known;
    this.known.delete(id);
    level.orders.delete(id);
    level.amount -= amount;
    level.total -= total;
    if (level.orders.size === 0) this.sides[side].splice(this.place(known), 1);
  }

  /** Takes in what a notice says of the market: orders, and ids of those that are gone. */
  hear(told: unknown): void {
    if (typeof told === "string") this.remove(told);
    else if (isOrder(told)) this.put(told);
  }

  /** Where a price is on its side, or would be: the best come first. */
  private place({ side, price }: Read): number {
    const levels = this.sides[side];
    let [low, high] = [0, levels.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = levels[middle]!.price;
      const isBetter = side === "buy" ? isLower(price, there) : isLower(there, price);
      if (isBetter) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private level(one: Read): Level {
    const levels = this.sides[one.side];
    const place = this.place(one);
    const there = levels[place];
    if (there && !isLower(there.price, one.price) && !isLower(one.price, there.price)) return there;
    const { price } = one;
    const level = { price, amount: 0n, total: 0n, orders: new Map(), texts: new Map() };
    levels.splice(place, 0, level);
    return level;
  }

  /** One side, best price first; prices that show the same with so many digits are one row. */
  rows(side: Side, digits: number): Row[] {
    const rows: Row[] = [];
    for (const level of this.sides[side]) {
      const { price, amount, total } = level;
      let shown = level.texts.get(digits);
      if (shown === undefined) {
        shown = priceText(price, this.places, digits);
        level.texts.set(digits, shown);
      }
      const last = rows[rows.length - 1];
      if (last?.shown === shown) {
        last.amount += amount;
        last.total += total;
        last.levels.push(level);
      } else {
        rows.push({ price, shown, amount, total, levels: [level] });
      }
    }
    return rows;
  }
}

function isOrder(told: unknown): told is LimitOrder {
  return typeof told === "object" && told !== null && "sell_price" in told && "for_sale" in told;
}

/** Whether an account has an order in a row. */
export function hasOrderOf(row: Row, account: string | undefined): boolean {
  const isTheirs = (order: LimitOrder) => order.seller === account;
  return account !== undefined && row.levels.some(({ orders }) => [...orders.values()].some(isTheirs));
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
