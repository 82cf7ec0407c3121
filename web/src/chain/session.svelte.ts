// What the whole page shares: the node, the chain, the head, names of accounts and assets. Must
// never know a key.

import { SvelteMap } from "svelte/reactivity";
import { Node, nodeUrl, type Link } from "./node";

/** An asset, as far as amounts need it. */
export interface AssetInfo {
  id: string;
  symbol: string;
  precision: number;
  issuer: string;
  bitasset_data_id?: string;
  options: any;
  dynamic_asset_data_id: string;
}

/** What the page knows of the chain. */
export const session = $state({
  link: "connecting" as Link,
  latency: 0,
  chainId: "",
  prefix: "BTS",
  head: 0,
  headTime: "",
  irreversible: 0,
  witness: "",
  hasFaucet: false,
  hasContracts: false,
  now: Date.now(),
});

const accounts = new SvelteMap<string, string>();
const assets = new SvelteMap<string, AssetInfo>();
/** Accounts of witnesses and of members of the committee. */
const standing = new SvelteMap<string, string>();
const asked = new Set<string>();

/** The node. */
export const node: Node = new Node(nodeUrl(location), refresh);

function refresh(): void {
  session.link = node.link;
  session.latency = node.latency;
  if (node.link === "open") begin().catch(() => undefined);
}

async function begin(): Promise<void> {
  const chain = await node.db<string>("get_chain_id");
  if (session.chainId !== "" && session.chainId !== chain) {
    // Another chain answers at this address: nothing that is known still holds.
    accounts.clear();
    assets.clear();
    standing.clear();
    asked.clear();
  }
  session.chainId = chain;
  const config = await node.db("get_config").catch(() => undefined);
  session.prefix = config?.GRAPHENE_ADDRESS_PREFIX ?? "BTS";
  await readHead();
  // What a chain opted in to stands there; others have no such object.
  const settings = await node.db<any[]>("get_objects", ["16.0.0"], false).catch(() => [null]);
  session.hasContracts = settings[0] !== null && settings[0] !== undefined;
  // Without its arguments it does nothing but say that they are missing, if it is there.
  session.hasFaucet = await node.call("dev", "faucet", []).then(
    () => false,
    (error: Error) => /few arguments|takes|argument/i.test(error.message),
  );
}

async function readHead(): Promise<void> {
  const head = await node.db("get_dynamic_global_properties");
  session.head = head.head_block_number;
  session.headTime = head.time;
  session.irreversible = head.last_irreversible_block_num;
  session.witness = head.current_witness;
  session.latency = node.latency;
}

const listeners = new Set<() => void>();

/** Calls back after every block, until the function given back is called. */
export function everyBlock(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

node.subscribe("set_block_applied_callback", [], () => {
  readHead()
    .then(() => listeners.forEach((heard) => heard()))
    .catch(() => undefined);
});
setInterval(() => (session.now = Date.now()), 1000);

/** Seconds since the head block. */
export function headAge(): number {
  if (session.headTime === "") return 0;
  return Math.max(0, Math.round((session.now - Date.parse(`${session.headTime}Z`)) / 1000));
}

let wanted = new Set<string>();

function want(id: string): void {
  if (asked.has(id)) return;
  asked.add(id);
  if (wanted.size === 0) queueMicrotask(fetchWanted);
  wanted.add(id);
}

async function fetchWanted(): Promise<void> {
  const ids = [...wanted];
  wanted = new Set();
  for (let start = 0; start < ids.length; start += 50) {
    const some = ids.slice(start, start + 50);
    const found = await node.db<any[]>("get_objects", some, false).catch(() => []);
    found.forEach((object, n) => {
      if (!object) return;
      const account = object.witness_account ?? object.committee_member_account;
      if (some[n]!.startsWith("1.2.")) accounts.set(some[n]!, object.name);
      else if (account !== undefined) standing.set(some[n]!, account);
      else assets.set(some[n]!, object);
    });
  }
}

/** The name of an account, once it is known. */
export function accountName(id: string): string | undefined {
  const known = accounts.get(id);
  if (known === undefined) want(id);
  return known;
}

/** The name of the account behind a witness or a member of the committee, once it is known. */
export function standingName(id: string): string | undefined {
  const account = standing.get(id);
  if (account !== undefined) return accountName(account);
  want(id);
  return undefined;
}

/** An asset, once it is known. */
export function assetInfo(id: string): AssetInfo | undefined {
  const known = assets.get(id);
  if (known === undefined) want(id);
  return known;
}

/** An asset by id or symbol. */
export async function findAsset(text: string): Promise<AssetInfo | undefined> {
  const [found] = await node.db<any[]>("lookup_asset_symbols", [text]);
  if (!found) return undefined;
  assets.set(found.id, found);
  asked.add(found.id);
  return found;
}

/** An account by id or name. */
export async function findAccount(text: string): Promise<any | undefined> {
  const [found] = await node.db<any[]>("get_accounts", [text], false).catch(() => []);
  if (found) accounts.set(found.id, found.name);
  return found ?? undefined;
}
