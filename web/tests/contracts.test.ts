import { expect, test } from "vitest";
import { chains, priceAt, waits } from "../src/chain/contracts";

const escrow = {
  from: "1.2.1",
  to: "1.2.2",
  agent: "1.2.3",
  state: "pending",
  to_approved: false,
  agent_approved: true,
};

test("an escrow waits for whoever has not approved, and for the agent in a dispute", () => {
  expect(waits(escrow, "1.2.1")).toBeUndefined();
  expect(waits(escrow, "1.2.2")).toBe("approve");
  expect(waits(escrow, "1.2.3")).toBeUndefined();
  expect(waits({ ...escrow, agent_approved: false }, "1.2.3")).toBe("approve");
  const disputed = { ...escrow, state: "disputed" };
  expect(waits(disputed, "1.2.2")).toBeUndefined();
  expect(waits(disputed, "1.2.3")).toBe("rule");
  expect(waits({ ...escrow, state: "active" }, "1.2.2")).toBeUndefined();
});

const terms = {
  underlying: "1.3.1",
  quote: "1.3.2",
  contract_size: 10,
  expiry: "2030-01-04T08:00:00",
};
const series = (strike: string | number, kind: string, more = {}) => ({
  long: `1.3.${strike}`,
  terms: { ...terms, strike, kind, ...more },
});

test("series are chains by expiry, with strikes as numbers", () => {
  const found = chains([
    series("900", "call"),
    series(1000, "put"),
    series("1000", "call"),
    series(30, "call", { expiry: "2030-01-11T08:00:00" }),
    series(30, "call", { contract_size: 100 }),
  ]);
  expect(found.map((one) => [one.expiry.slice(0, 10), one.size])).toEqual([
    ["2030-01-04", "10"],
    ["2030-01-04", "100"],
    ["2030-01-11", "10"],
  ]);
  const [first] = found;
  expect(first!.strikes.map((row) => [row.strike, row.call.length, row.put.length])).toEqual([
    ["900", 1, 0],
    ["1000", 1, 1],
  ]);
});

test("a listing costs what the chain says", () => {
  const listing = {
    min: 10,
    buy_now: 100,
    made: "2030-01-01T00:00:00",
    expiry: "2030-01-02T00:00:00",
    bid: { amount: 0, asset_id: "1.3.0" },
  };
  const dutch = { ...listing, kind: "dutch" };
  expect(priceAt(dutch, "2030-01-01T06:00:00")).toBe(78n);
  expect(priceAt(dutch, "2029-12-31T00:00:00")).toBe(100n);
  expect(priceAt({ ...listing, kind: "fixed" }, "2030-01-01T06:00:00")).toBe(100n);
  const english = { ...listing, kind: "english" };
  expect(priceAt(english, "2030-01-01T06:00:00")).toBe(10n);
  const bid = { ...english, bidder: "1.2.3", bid: { amount: "101", asset_id: "1.3.0" } };
  expect(priceAt(bid, "2030-01-01T06:00:00")).toBe(103n);
});
