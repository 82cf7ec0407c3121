import { expect, test } from "vitest";
import { OPERATIONS } from "../src/chain/schema";
import { PHRASES, inWords } from "../src/words/phrases";
import { TEXTS } from "../src/words/texts";
import { nodeOperations, recorded } from "./recorded";

test("there is a phrase for every operation of the node and for no other", () => {
  const names = nodeOperations().map((one) => one.name);
  expect(names.length).toBeGreaterThan(70);
  expect(Object.keys(PHRASES).sort()).toEqual([...names].sort());
});

test("every recorded operation is in words, with values in every place", () => {
  for (const { id, json } of recorded("wire/operations.jsonl.zst")) {
    const name = OPERATIONS[id]!.name;
    for (const language of ["en", "zh"] as const) {
      for (const part of inWords(name, json[1], language)!) {
        if ("words" in part) expect(part.words).not.toMatch(/[[\]{}]|undefined/);
        else expect(part.value, `${name} has no ${part.field}`).not.toBeUndefined();
      }
    }
  }
});

test("both languages of a phrase tell of the same fields", () => {
  for (const [name, { en, zh }] of Object.entries(PHRASES)) {
    const fields = (text: string) => [...new Set(text.match(/\{[^}]*\}/g) ?? [])].sort();
    expect(fields(zh), name).toEqual(fields(en));
  }
});

test("an operation that nobody knows has no phrase", () => {
  expect(inWords("levitate", {}, "en")).toBeUndefined();
});

test("every text is there in both languages", () => {
  for (const [key, { en, zh }] of Object.entries(TEXTS)) {
    expect(en.length, key).toBeGreaterThan(0);
    expect(zh, key).toMatch(/[\u4e00-\u9fff]|^[A-Z0-9 /%.:‰]+$/);
  }
});
