// Makes, tries, signs and sends transactions. What is signed is packed here from the same values
// that the page shows. Must never know where keys are kept.

import { type PrivateKey, signingDigest, transactionId } from "./keys";
import type { Node } from "./node";
import { numberOf, packTransaction, secondsOf, toHex, type Json } from "./schema";

/** An operation as the node reads it. */
export type Op = [number, Json];

/** Seconds for which a transaction may wait. */
const LIFETIME = 60;

/** An operation without its fee. */
export function op(name: string, fields: Record<string, Json>): Op {
  const fee = { amount: 0, asset_id: "1.3.0" };
  return [numberOf(name), { fee, ...fields }];
}

/** Puts the fees into operations that the node asks for, in one asset. */
export async function withFees(node: Node, ops: Op[], asset = "1.3.0"): Promise<Op[]> {
  const fees = await node.db<Json[]>("get_required_fees", ops, asset);
  return ops.map(([number, fields], n) => {
    // The fees of what is proposed come beside the proposal's own.
    const fee = Array.isArray(fees[n]) ? fees[n][0] : fees[n];
    return [number, { ...fields, fee }];
  });
}

/** A transaction on top of the head block, without signatures. */
export async function build(node: Node, ops: Op[], lifetime = LIFETIME): Promise<Json> {
  const head = await node.db("get_dynamic_global_properties");
  const id: string = head.head_block_id;
  const prefix = parseInt(id.slice(8, 16).match(/../g)!.reverse().join(""), 16);
  const now = Math.max(secondsOf(head.time), Math.floor(Date.now() / 1000));
  return {
    ref_block_num: head.head_block_number & 0xffff,
    ref_block_prefix: prefix,
    expiration: new Date((now + lifetime) * 1000).toISOString().slice(0, 19),
    operations: ops,
    extensions: [],
    signatures: [],
  };
}

/** What a transaction would do, as the node says; nothing from a node that cannot say it. */
export async function simulate(node: Node, transaction: Json): Promise<Json | undefined> {
  try {
    return await node.call("carbyne", "simulate", [transaction, false]);
  } catch (error) {
    const text = (error as Error).message;
    if (/no API|no method|not open|unable to find|Method not found/i.test(text)) return undefined;
    throw error;
  }
}

/** The transaction with a signature of each key. */
export function sign(transaction: Json, keys: PrivateKey[], chainId: string): Json {
  const digest = signingDigest(chainId, packTransaction(transaction));
  return { ...transaction, signatures: keys.map((key) => toHex(key.sign(digest))) };
}

/** Sends a transaction; gives its id. */
export async function send(node: Node, transaction: Json): Promise<string> {
  await node.call("network_broadcast", "broadcast_transaction", [transaction]);
  return transactionId(packTransaction(transaction));
}

/** Which of some public keys a transaction must be signed with. */
export function requiredKeys(node: Node, transaction: Json, keys: string[]): Promise<string[]> {
  return node.db<string[]>("get_required_signatures", transaction, keys);
}
