import { expect, test } from "vitest";
import { Book, cumulative, hasOrderOf, type LimitOrder, type Row } from "../src/chain/book";

const places = { base: 2, quote: 2 };
let next = 0;
const order = (sells: string, amount: number, wants: string, least: number): LimitOrder => ({
  id: `1.7.${next++}`,
  seller: "1.2.17",
  for_sale: amount,
  expiration: "2030-01-01T00:00:00",
  sell_price: {
    base: { amount, asset_id: sells },
    quote: { amount: least, asset_id: wants },
  },
});
/** A book with these orders. */
const filled = (orders: LimitOrder[]) => {
  const book = new Book("1.3.0", places);
  orders.forEach((one) => book.put(one));
  return book;
};
/** What of rows is seen. */
const plain = (rows: Row[]) => rows.map(({ shown, amount, total }) => [shown, amount, total]);
const orders = [
  order("1.3.0", 200, "1.3.1", 100),
  order("1.3.0", 300, "1.3.1", 100),
  order("1.3.0", 301, "1.3.1", 100),
  order("1.3.1", 100, "1.3.0", 400),
  order("1.3.1", 50, "1.3.0", 200),
  order("1.3.1", 100, "1.3.0", 350),
];

test("each side begins with its best price", () => {
  const shown = (side: "buy" | "sell", digits: number) =>
    filled(orders).rows(side, digits).map((row) => row.shown);
  expect(shown("buy", 8)).toEqual(["3.01", "3", "2"]);
  expect(shown("sell", 8)).toEqual(["3.5", "4"]);
  expect(shown("buy", 1)).toEqual(["3", "2"]);
});

test("groups add up", () => {
  const rows = filled(orders).rows("sell", 8);
  expect(rows.map((row) => row.amount)).toEqual([100n, 150n]);
  expect(rows.map((row) => row.total)).toEqual([350n, 600n]);
  expect(cumulative(rows)).toEqual([100n, 250n]);
});

const sell = (amount: number, least: number) => order("1.3.1", amount, "1.3.0", least);
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => sell(100 + (n % 977), 400 + ((n * 7919) % 9973)));

test("a book that changes is the one that is read anew", () => {
  const book = filled([]);
  const there = new Map<string, LimitOrder>();
  let seed = 7;
  const chance = (most: number) => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let n = 0; n < 2_000; n++) {
    const ids = [...there.keys()];
    const known = there.get(ids[chance(ids.length + 1)] ?? "");
    if (!known || chance(3) === 0) {
      const sides = [sell(1 + chance(50), 1 + chance(50)), order("1.3.0", 1 + chance(50), "1.3.1", 1 + chance(50))];
      const made = sides[chance(2)]!;
      there.set(made.id, made);
      book.hear(made);
    } else if (chance(2) === 0) {
      const less = { ...known, for_sale: Math.max(1, Math.floor(Number(known.for_sale) / 2)) };
      there.set(less.id, less);
      book.hear(less);
    } else {
      there.delete(known.id);
      book.hear(known.id);
    }
  }
  expect(book.size).toBe(there.size);
  const anew = filled([...there.values()]);
  for (const side of ["buy", "sell"] as const) {
    for (const digits of [2, 12]) {
      expect(plain(book.rows(side, digits))).toEqual(plain(anew.rows(side, digits)));
    }
  }
  [...there.keys()].forEach((id) => book.remove(id));
  expect(plain(book.rows("sell", 8))).toEqual([]);
});

test("notices of anything else change nothing", () => {
  const book = filled(orders);
  const before = plain(book.rows("sell", 8));
  for (const told of ["1.7.999999", null, 5, [[4, {}], [0, {}]], { id: "1.8.1", debt: 5 }]) {
    book.hear(told);
  }
  expect(plain(book.rows("sell", 8))).toEqual(before);
});

test("own orders are known in a group", () => {
  const mine = { ...sell(7, 28), seller: "1.2.99" };
  const rows = filled([...orders, mine]).rows("sell", 8);
  expect(rows.map((row) => hasOrderOf(row, "1.2.99"))).toEqual([false, true]);
  expect(rows.some((row) => hasOrderOf(row, undefined))).toBe(false);
});

test("a change among 20,000 orders is shown at once", () => {
  const book = filled(many(20_000));
  book.rows("sell", 5);
  const times: number[] = [];
  for (const one of many(100)) {
    const start = performance.now();
    book.hear(one);
    expect(book.rows("sell", 5).length).toBeGreaterThan(1000);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  expect(times[50]).toBeLessThan(100);
});
