import { expect, test } from "vitest";
import {
  amountOf,
  amountText,
  callPrice,
  collateralFor,
  collateralRatio,
  orderOf,
  parseAmount,
  parseDecimal,
  poolReceives,
  priceOf,
  priceText,
  shortened,
  totalOf,
} from "../src/chain/amounts";

test.each([
  ["1", 5, 100000n],
  ["0.00001", 5, 1n],
  ["0,5", 4, 5000n],
  ["12.", 2, 1200n],
  [".5", 1, 5n],
  ["0.000001", 5, undefined],
  ["0.1000000", 1, 1n],
  ["-1", 5, undefined],
  ["1e3", 5, undefined],
  ["", 5, undefined],
  [".", 5, undefined],
  ["90071992547.40993", 5, 9007199254740993n],
])("%s with %i decimals", (text, precision, expected) => {
  expect(parseAmount(text, precision)).toBe(expected);
});

test("what is shown is what is read", () => {
  for (const amount of [0n, 1n, 10n, 99999n, 100000n, 9007199254740993n]) {
    for (const precision of [0, 1, 5, 8]) {
      expect(parseAmount(amountText(amount, precision), precision)).toBe(amount);
    }
  }
  expect(amountText(-150000n, 5)).toBe("-1.5");
});

const places = { base: 5, quote: 4 };
const price = (text: string) => priceOf(parseDecimal(text)!, places);

test("an order is never worse than the price that was typed", () => {
  for (const text of ["0.33333", "3", "1.00001", "12345.678", "0.0001"]) {
    const typed = price(text);
    for (const amount of [1n, 3n, 7n, 10001n, 123456789n]) {
      const buy = orderOf("buy", amount, typed);
      if (buy) expect(buy.gives * typed.quote <= buy.wants * typed.base).toBe(true);
      const sell = orderOf("sell", amount, typed);
      if (sell) expect(sell.wants * typed.quote >= sell.gives * typed.base).toBe(true);
    }
  }
  expect(orderOf("buy", 1n, price("0.0001"))).toBeUndefined();
});

test("amount and total follow each other", () => {
  const typed = price("2.5");
  for (const side of ["buy", "sell"] as const) {
    expect(totalOf(side, 10000n, typed)).toBe(250000n);
    expect(amountOf(side, 250000n, typed)).toBe(10000n);
  }
  expect(totalOf("buy", 1n, price("0.33333"))).toBe(3n);
  expect(totalOf("sell", 1n, price("0.33333"))).toBe(4n);
  for (const total of [1n, 99_999n, 1_234_567n]) {
    const odd = price("1234.5");
    expect(totalOf("buy", amountOf("buy", total, odd)!, odd) <= total).toBe(true);
    expect(totalOf("sell", amountOf("sell", total, odd)!, odd) >= total).toBe(true);
  }
});

test.each([
  ["2.5", "2.5"],
  ["0.0000123", "0.0000123"],
  ["1234567.8", "1234567.8"],
])("price %s", (typed, shown) => {
  expect(priceText(price(typed), places)).toBe(shown);
});

test("a position is called where its ratio meets the maintenance ratio", () => {
  const feed = { debt: 10n, collateral: 100n };
  const position = { debt: 1000n, collateral: 20000n, feed };
  expect(collateralRatio(position)).toBe(2000n);
  const at = callPrice(position, 1750n)!;
  const moved = { ...position, feed: { debt: at.base, collateral: at.quote } };
  expect(collateralRatio(moved)).toBe(1750n);
  expect(collateralFor(1000n, feed, 1750n)).toBe(17500n);
  expect(collateralRatio({ ...position, debt: 0n })).toBeUndefined();
});

test("a pool never gives more than its product allows", () => {
  const pool = { sold: 1_000_003n, received: 2_000_001n, takerFee: 30n };
  for (const amount of [1n, 7n, 1000n, 999_999n]) {
    const out = poolReceives(pool, amount);
    const after = (pool.sold + amount) * (pool.received - out);
    expect(after >= pool.sold * pool.received).toBe(true);
  }
});

test.each([
  ["2562.03064406779661016949", "2562.030644"],
  ["0.00000012345678901234", "0.000000123456789"],
  ["12345678901.5", "12345678901"],
  ["1.50000000000000000001", "1.5"],
  ["-3.25", "-3.25"],
  ["7", "7"],
  ["not a number", "not a number"],
])("%s is short as %s", (text, expected) => {
  expect(shortened(text)).toBe(expected);
});
