// The wallet: names of accounts and their keys, in memory while it is open, sealed in the browser's
// storage. Keys never leave the page.

import { PrivateKey } from "../chain/keys";
import { session } from "../chain/session.svelte";
import { seal, unseal, type Sealed } from "./seal";

const STORE = "carbyne-wallet";
/** Milliseconds without use after which it locks itself. */
const LOCK_AFTER = 15 * 60_000;

interface Content {
  keys: string[];
  accounts: string[];
}

/** What the page may show of it. */
export const wallet = $state({
  isThere: localStorage.getItem(STORE) !== null,
  isOpen: false,
  accounts: [] as string[],
  account: "",
});

let keys: PrivateKey[] = [];
let password = "";
let timer: ReturnType<typeof setTimeout> | undefined;

function touch(): void {
  clearTimeout(timer);
  timer = setTimeout(lock, LOCK_AFTER);
}

/** Forgets the keys until the password comes again. */
export function lock(): void {
  keys = [];
  password = "";
  wallet.isOpen = false;
  wallet.accounts = [];
  wallet.account = "";
}

/** Begins a wallet. */
export async function create(secret: string): Promise<void> {
  password = secret;
  keys = [];
  await save();
  wallet.isThere = true;
  wallet.isOpen = true;
  touch();
}

/** Opens the wallet that is there. */
export async function open(secret: string): Promise<void> {
  const sealed = JSON.parse(localStorage.getItem(STORE) ?? "null") as Sealed;
  const content = await unseal<Content>(sealed, secret);
  password = secret;
  keys = content.keys.map(PrivateKey.fromWif);
  wallet.accounts = content.accounts;
  wallet.account = content.accounts[0] ?? "";
  wallet.isOpen = true;
  touch();
}

async function save(): Promise<void> {
  const wifs = keys.map((key) => key.toWif());
  const content: Content = { keys: wifs, accounts: [...wallet.accounts] };
  localStorage.setItem(STORE, JSON.stringify(await seal(content, password)));
}

/** Adds an account and its keys. */
export async function add(account: string, more: PrivateKey[]): Promise<void> {
  const known = new Set(keys.map((key) => key.toWif()));
  keys = [...keys, ...more.filter((key) => !known.has(key.toWif()))];
  if (!wallet.accounts.includes(account)) wallet.accounts = [...wallet.accounts, account];
  wallet.account = account;
  await save();
  touch();
}

/** Deletes the wallet from this browser. */
export function forget(): void {
  lock();
  localStorage.removeItem(STORE);
  wallet.isThere = false;
}

/** The public keys that it has. */
export function publicKeys(): string[] {
  return keys.map((key) => key.publicKey(session.prefix));
}

/** The private key of a public one. */
export function keyOf(publicKey: string): PrivateKey | undefined {
  touch();
  return keys.find((key) => key.publicKey(session.prefix) === publicKey);
}

/** The keys as text, for whoever gives the password once more. */
export async function exportKeys(secret: string): Promise<string[]> {
  if (secret !== password) throw new Error("wrong password");
  return keys.map((key) => key.toWif());
}
