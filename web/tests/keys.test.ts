import { expect, test } from "vitest";
import { PrivateKey, signingDigest, transactionId } from "../src/chain/keys";
import { OPERATIONS, fromHex, packTransaction, toHex } from "../src/chain/schema";
import { recorded } from "./recorded";

const keys = recorded("wire/keys.jsonl.zst").filter((line) => line.wif);

test("keys, signatures and memos are those of the reference", async () => {
  expect(keys.length).toBeGreaterThan(20);
  for (const line of keys) {
    const key = PrivateKey.fromSeed(line.seed);
    expect(toHex(key.secret)).toBe(line.secret_hex);
    expect(key.toWif()).toBe(line.wif);
    expect(toHex(PrivateKey.fromWif(line.wif).secret)).toBe(line.secret_hex);
    expect(key.publicKey("BTS")).toBe(line.public_key);
    expect(toHex(key.sign(fromHex(line.digest)))).toBe(line.compact_signature);
    const memo = await key.memo(line.memo.to, line.memo_text, String(line.memo.nonce), "BTS");
    expect(memo).toEqual({ ...line.memo, nonce: String(line.memo.nonce) });
    const reader = PrivateKey.fromSeed(line.peer_seed);
    expect(await reader.readMemo(line.memo)).toBe(line.memo_text);
    expect(await key.readMemo(line.memo)).toBe(line.memo_text);
    await expect(PrivateKey.generate().readMemo(line.memo)).rejects.toThrow();
  }
});

test("ids and digests of transactions are those of the reference", () => {
  for (const line of recorded("wire/transactions.jsonl.zst")) {
    const able = line.json.operations.every(([number, value]: [number, any]) => {
      const inner = (value.proposed_ops ?? []) as { op: [number, any] }[];
      return [number, ...inner.map(({ op }) => op[0])].every((n) => OPERATIONS[n]!.fields);
    });
    if (!able) continue;
    let packed: Uint8Array;
    try {
      packed = packTransaction(line.json);
    } catch {
      continue;
    }
    expect(transactionId(packed)).toBe(line.id);
    expect(toHex(signingDigest(line.chain_id, packed))).toBe(line.sig_digest);
  }
});

test("a brain key gives the key of other wallets", () => {
  const want = "aded8f3c45fddd250afb534284f73c2f208f921fe4f0b78d7a7a76f974720fa4";
  expect(toHex(PrivateKey.fromBrainKey("  my\tBrain \r\n key ", 0).secret)).toBe(want);
});

test("what is no key is refused", () => {
  for (const text of ["", "5J", "5KbwPWtrmpDo8znYjWiA95UFpSubkrNttPPzhftaHQq1mmhKYaF"]) {
    expect(() => PrivateKey.fromWif(text)).toThrow();
  }
});
