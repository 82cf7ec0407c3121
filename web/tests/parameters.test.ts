import { expect, test } from "vitest";
import { FEES, PARAMETERS, rowsOf } from "../src/words/parameters";
import { inTitle, PHRASES } from "../src/words/phrases";
import { recorded } from "./recorded";

const global = recorded("api/final.jsonl.zst").find((object) => object.id === "2.0.0");

test("every parameter of a chain is in words", () => {
  const names = rowsOf(global.parameters).map(([name]) => name);
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !PARAMETERS[name])).toEqual([]);
});

test("every kind of fee is in words", () => {
  const fees = global.parameters.current_fees.parameters as [number, object][];
  const kinds = new Set(fees.flatMap(([, fee]) => Object.keys(fee)));
  expect([...kinds].filter((kind) => !FEES[kind])).toEqual([]);
});

test("every operation has a title without its fields", () => {
  for (const name of Object.keys(PHRASES)) {
    for (const language of ["en", "zh"] as const) {
      expect(inTitle(name, language)).not.toMatch(/[[\]{}]/);
    }
  }
  expect(inTitle("transfer", "en")).toBe("… sends … to …");
  expect(inTitle("levitate", "en")).toBe("levitate");
});
