import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openFile, WrongPassword, writeFile } from "../src/wallet/file";

const kept = (name: string) =>
  readFileSync(new URL(`../../crates/wallet/testdata/${name}`, import.meta.url), "utf8");
const LEAST = { memory_kib: 8, passes: 1 };
const CONTENT = {
  chainId: "12".repeat(32),
  accounts: [["1.2.17", "ann"]] as [string, string][],
  keys: ["5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3"],
};

test("a file of the command line wallet opens with its password only", async () => {
  const text = kept("version-1.wallet");
  const opened = await openFile(text, "correct horse");
  expect(opened.keys).toEqual(CONTENT.keys);
  await expect(openFile(text, "wrong horse")).rejects.toThrow(WrongPassword);
});

test("a wallet.json of the reference opens with its password only", async () => {
  const text = kept("reference.json");
  const opened = await openFile(text, "not a secret");
  expect(opened.accounts).toEqual([["1.2.17", "nathan"]]);
  expect(opened.keys).toEqual(["5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3"]);
  await expect(openFile(text, "no secret")).rejects.toThrow(WrongPassword);
});

test("what is written is opened, and nobody changes what is in the open unseen", async () => {
  const text = await writeFile(CONTENT, "secret", undefined, LEAST);
  expect(text).not.toContain(CONTENT.keys[0]);
  expect(await openFile(text, "secret")).toMatchObject(CONTENT);
  await expect(openFile(text.replace("ann", "eve"), "secret")).rejects.toThrow(WrongPassword);
});

test("damaged, foreign and greedy files are refused", async () => {
  const text = await writeFile(CONTENT, "secret", undefined, LEAST);
  for (let end = 0; end < text.trimEnd().length; end += 7) {
    await expect(openFile(text.slice(0, end), "secret")).rejects.toThrow();
  }
  const greedy = text.replace('"memory_kib": 8', '"memory_kib": 4294967295');
  await expect(openFile(greedy, "secret")).rejects.toThrow("derivation");
  await expect(openFile(text.replace('"version": 2', '"version": 3'), "secret")).rejects.toThrow();
  await expect(openFile("{}", "secret")).rejects.toThrow("not a wallet");
});
