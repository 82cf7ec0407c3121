import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { FURTHER, OPERATIONS, packOperation, packTransaction, toHex } from "../src/chain/schema";
import { nodeOperations, recorded, writable } from "./recorded";

test("the operations are the node's", () => {
  const known = OPERATIONS.map((one, number) => [number, one.name]);
  const further = Object.entries(FURTHER).map(([number, name]) => [Number(number), name]);
  const wanted = nodeOperations().map((one) => [one.number, one.name]);
  expect([...known, ...further]).toEqual(wanted);
});

test("operations have the bytes of the reference", () => {
  const seen = new Set<number>();
  for (const { id, json, hex } of recorded("wire/operations.jsonl.zst")) {
    if (!writable(json)) continue;
    expect(toHex(packOperation(json)), JSON.stringify(json)).toBe(hex);
    seen.add(id);
  }
  const made = OPERATIONS.flatMap((one, number) => (one.fields ? [number] : []));
  expect(made.filter((number) => !seen.has(number))).toEqual([]);
});

test("whatever the page sends is compared with the reference", () => {
  const root = new URL("../src/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const isSender = (name: string) => /\.(ts|svelte)$/.test(name) && !name.endsWith("schema.ts");
  const sources = files.filter(isSender);
  const texts = sources.map((name) => readFileSync(new URL(name, root), "utf8"));
  const sent = texts.flatMap((text) => [...text.matchAll(/\bop\(\s*"(\w+)"/g)].map((one) => one[1]));
  const compared = new Set(
    recorded("wire/operations.jsonl.zst").filter(({ json }) => writable(json)).map((one) => one.name),
  );
  expect(new Set(sent).size).toBeGreaterThan(8);
  expect(sent.filter((name) => !compared.has(name!))).toEqual([]);
});

test("transactions have the bytes of the reference", () => {
  let count = 0;
  for (const { json, hex } of recorded("wire/transactions.jsonl.zst")) {
    if (!json.operations.every(writable)) continue;
    // What follows is the signatures.
    expect(hex.startsWith(toHex(packTransaction(json)))).toBe(true);
    count++;
  }
  expect(count).toBeGreaterThan(100);
});
