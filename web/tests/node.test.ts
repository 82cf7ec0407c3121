// What the page signs, the node reads as the page meant it: every recorded operation that the page
// can write goes into a signed transaction, and the node's own bytes of it must be the page's.
//
// Needs a node: CARBYNE_BIN says which program; the test command of the node sets it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PrivateKey } from "../src/chain/keys";
import { OPERATIONS, fromHex, packTransaction, toHex } from "../src/chain/schema";
import { type Op, sign } from "../src/chain/transaction";
import { recorded, writable } from "./recorded";

const BIN = process.env.CARBYNE_BIN;
/** Requests in one message. */
const AT_ONCE = 50;
const KEYS = ["one", "two"].map(PrivateKey.fromSeed);
let folder: string;
let node: ChildProcess;
let url: string;
let chainId: string;

async function post(body: unknown): Promise<any> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return answer.json();
}

const call = (id: number, method: string, params: unknown[]) => ({
  id,
  method: "call",
  params: ["database", method, params],
});

beforeAll(async () => {
  if (!BIN) return;
  folder = mkdtempSync(join(tmpdir(), "carbyne-wire-"));
  const options = ["--json", "--instant", "--api", "127.0.0.1:0", "--data-dir", join(folder, "data")];
  node = spawn(BIN, ["dev", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((resolve, reject) => {
    let text = "";
    node.on("exit", (code) => reject(new Error(`the node ended with ${code}`)));
    node.stdout!.on("data", (bytes) => {
      text += bytes;
      const found = /"api":"ws:\/\/([^"]+)"/.exec(text);
      if (found) resolve(`http://${found[1]}/`);
    });
  });
  chainId = (await post(call(1, "get_chain_id", []))).result;
});

afterAll(() => {
  node?.removeAllListeners("exit");
  node?.kill("SIGKILL");
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** A transaction with one operation, signed by each key. */
function signed(op: Op): any {
  const transaction = {
    ref_block_num: 7,
    ref_block_prefix: 4_042_322_160,
    expiration: "2030-01-02T03:04:05",
    operations: [op],
    extensions: [],
    signatures: [],
  };
  return sign(transaction, KEYS, chainId);
}

/** The bytes of a signed transaction. */
function bytesOf(transaction: any): string {
  const signatures = transaction.signatures as string[];
  const count = toHex(Uint8Array.of(signatures.length));
  expect(signatures.every((text) => fromHex(text).length === 65)).toBe(true);
  return toHex(packTransaction(transaction)) + count + signatures.join("");
}

test.skipIf(!BIN)("signed transactions have the node's bytes, operation by operation", async () => {
  const lines = recorded("wire/operations.jsonl.zst").filter(({ json }) => writable(json));
  const seen = new Set<number>();
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    const transactions = lines.slice(from, from + AT_ONCE).map(({ json }) => signed(json));
    const asked = transactions.map((one, n) => call(n, "get_transaction_hex", [one]));
    const answers: any[] = await post(asked);
    expect(answers.length).toBe(asked.length);
    for (const { id, result, error } of answers) {
      const [number] = transactions[id].operations[0] as Op;
      expect(error, JSON.stringify(transactions[id])).toBeUndefined();
      expect(result, OPERATIONS[number]!.name).toBe(bytesOf(transactions[id]));
      seen.add(number);
    }
  }
  const made = OPERATIONS.flatMap((one, number) => (one.fields ? [number] : []));
  expect(made.filter((number) => !seen.has(number))).toEqual([]);
});

test.skipIf(!BIN)("the node finds the keys that signed", async () => {
  const { result: dynamic } = await post(call(1, "get_dynamic_global_properties", []));
  const id: string = dynamic.head_block_id;
  const transaction = {
    ref_block_num: dynamic.head_block_number & 0xffff,
    ref_block_prefix: parseInt(id.slice(8, 16).match(/../g)!.reverse().join(""), 16),
    expiration: new Date(Date.now() + 60_000).toISOString().slice(0, 19),
    operations: [],
    extensions: [],
    signatures: [],
  };
  const alice = PrivateKey.fromSeed("carbyne dev alice");
  const account = (await post(call(2, "get_account_by_name", ["alice"]))).result;
  const amount = { amount: 5, asset_id: "1.3.0" };
  const transfer = { from: account.id, to: "1.2.0", amount, extensions: [] };
  const fee = { amount: 10_000_000, asset_id: "1.3.0" };
  const operations = [[0, { fee, ...transfer }]];
  const check = async (key: PrivateKey) => {
    const one = sign({ ...transaction, operations }, [key], chainId);
    return post(call(3, "verify_authority", [one]));
  };
  expect((await check(alice)).result).toBe(true);
  expect((await check(KEYS[0]!)).error).toBeDefined();
});
