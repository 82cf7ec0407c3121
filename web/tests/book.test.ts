import { expect, test } from "vitest";
import { cumulative, sideOf, type LimitOrder } from "../src/chain/book";

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
const book = [
  order("1.3.0", 200, "1.3.1", 100),
  order("1.3.0", 300, "1.3.1", 100),
  order("1.3.0", 301, "1.3.1", 100),
  order("1.3.1", 100, "1.3.0", 400),
  order("1.3.1", 50, "1.3.0", 200),
  order("1.3.1", 100, "1.3.0", 350),
];

test("each side begins with its best price", () => {
  const shown = (side: "buy" | "sell", digits: number) =>
    sideOf(side, book, "1.3.0", places, digits).map((row) => row.shown);
  expect(shown("buy", 8)).toEqual(["3.01", "3", "2"]);
  expect(shown("sell", 8)).toEqual(["3.5", "4"]);
  expect(shown("buy", 1)).toEqual(["3", "2"]);
});

test("groups add up", () => {
  const rows = sideOf("sell", book, "1.3.0", places, 8);
  expect(rows.map((row) => row.amount)).toEqual([100n, 150n]);
  expect(rows.map((row) => row.total)).toEqual([350n, 600n]);
  expect(cumulative(rows)).toEqual([100n, 250n]);
});

test("20,000 orders are put in order without a noticeable wait", () => {
  const many = Array.from({ length: 20_000 }, (_, n) =>
    order("1.3.1", 100 + (n % 977), "1.3.0", 400 + ((n * 7919) % 9973)),
  );
  sideOf("sell", many.slice(0, 500), "1.3.0", places, 8);
  const start = performance.now();
  const rows = sideOf("sell", many, "1.3.0", places, 5);
  expect(rows.length).toBeGreaterThan(1000);
  expect(performance.now() - start).toBeLessThan(1_000);
});
