// Files of the command line wallet, and of the reference's wallet: opened and written in the
// browser. Loaded when somebody asks for it. Must never know a node.

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { fromHex, toHex } from "../chain/schema";

const FORMAT = "carbyne wallet";
/** The version that is written; older ones are read. */
const VERSION = 2;
/** How a key is derived for a new file, as the command line wallet does it. */
const EFFORT = { memory_kib: 65_536, passes: 3 };
/** The most that a file may ask a page for. */
const MOST = { memory_kib: 262_144, passes: 16 };
/** Largest file that is read, bytes. */
export const FILE_MAX = 16 << 20;

/** What a page takes from a file, or gives to one. */
export interface Content {
  /** The chain; zeros if it was made without a node. */
  chainId: string;
  /** Ids and names of accounts. */
  accounts: [string, string][];
  /** Names of accounts that were asked for and may not be on the chain yet. */
  pending: string[];
  /** Private keys as text. */
  keys: string[];
  /** How many blinded balances stay in the file, since the page cannot spend them. */
  receipts: number;
}

/** A password that does not open a file, or a file that was changed. */
export class WrongPassword extends Error {}

const bytes = (text: string) => new TextEncoder().encode(text);
const own = (data: Uint8Array) => data as Uint8Array<ArrayBuffer>;

async function derive(
  password: string,
  derivation: any,
  progress?: (part: number) => void,
): Promise<Uint8Array> {
  const { name, memory_kib: m, passes: t, salt } = derivation ?? {};
  const isBounded = m >= 8 && m <= MOST.memory_kib && t >= 1 && t <= MOST.passes;
  if (name !== "argon2id" || !isBounded) throw new Error("unknown derivation of the key");
  const options = { m, t, p: 1, dkLen: 32, asyncTick: 50, onProgress: progress };
  return argon2idAsync(bytes(password), fromHex(salt), options);
}

/** Opens a file of either wallet. */
export async function openFile(
  text: string,
  password: string,
  progress?: (part: number) => void,
): Promise<Content> {
  const file = JSON.parse(text);
  if (file?.cipher_keys !== undefined && file.chain_id !== undefined) {
    return openReference(file, password);
  }
  if (file?.format !== FORMAT) throw new Error("not a wallet file");
  if (!(file.version >= 1 && file.version <= VERSION)) throw new Error("made by a later version");
  const { sealed, ...open } = file;
  const key = await derive(password, file.derivation, progress);
  // Whatever stands in the open is vouched for as well.
  const cipher = xchacha20poly1305(key, fromHex(file.nonce), bytes(JSON.stringify(open)));
  let plain: Uint8Array;
  try {
    plain = cipher.decrypt(fromHex(sealed));
  } catch {
    throw new WrongPassword();
  }
  const data = JSON.parse(new TextDecoder().decode(plain));
  const pending = (data.pending_accounts ?? []) as [string, string[]][];
  return {
    chainId: file.public.chain_id,
    accounts: file.public.accounts,
    pending: pending.map(([name]) => name),
    keys: [...data.keys, ...pending.flatMap(([, keys]) => keys)],
    receipts: data.receipts?.length ?? 0,
  };
}

/** The reference's keys: a count, each public key with its private key's text, a checksum. */
async function openReference(file: any, password: string): Promise<Content> {
  const checksum = sha512(bytes(password));
  const params = { name: "AES-CBC", iv: own(checksum.slice(32, 48)) };
  const raw = own(checksum.slice(0, 32));
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["decrypt"]);
  const cipher = own(fromHex(file.cipher_keys));
  const wrong = () => {
    throw new WrongPassword();
  };
  const plain = new Uint8Array(await crypto.subtle.decrypt(params, key, cipher).catch(wrong));
  if (plain.length < 64 || toHex(plain.slice(-64)) !== toHex(checksum)) wrong();
  const keys: string[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = plain[at++] ?? wrong();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  };
  for (let left = varint(); left > 0 && at < plain.length; left--) {
    at += 33;
    const length = varint();
    keys.push(new TextDecoder().decode(plain.slice(at, at + length)));
    at += length;
  }
  const pending = (file.pending_account_registrations ?? []) as [string, string[]][];
  return {
    chainId: file.chain_id,
    accounts: (file.my_accounts ?? []).map((one: any) => [one.id, one.name]),
    pending: pending.map(([name]) => name),
    keys: [...keys, ...pending.flatMap(([, wifs]) => wifs)],
    receipts: file.blind_receipts?.length ?? 0,
  };
}

/** The text of a file that the command line wallet opens. */
export async function writeFile(
  content: Pick<Content, "chainId" | "accounts" | "keys">,
  password: string,
  progress?: (part: number) => void,
  effort = EFFORT,
): Promise<string> {
  const salt = toHex(crypto.getRandomValues(new Uint8Array(16)));
  const nonce = crypto.getRandomValues(new Uint8Array(24));
  const open = {
    format: FORMAT,
    version: VERSION,
    public: {
      chain_id: content.chainId,
      accounts: content.accounts,
      extra_keys: [],
      labels: [],
    },
    derivation: { name: "argon2id", ...effort, salt },
    cipher: "xchacha20poly1305",
    nonce: toHex(nonce),
  };
  const key = await derive(password, open.derivation, progress);
  const data = {
    keys: content.keys,
    pending_accounts: [],
    pending_witnesses: [],
    receipts: [],
    known: [],
  };
  const cipher = xchacha20poly1305(key, nonce, bytes(JSON.stringify(open)));
  const sealed = toHex(cipher.encrypt(bytes(JSON.stringify(data))));
  return `${JSON.stringify({ ...open, sealed }, null, 2)}\n`;
}
