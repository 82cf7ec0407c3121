// Keys: text forms, signatures, memos. Signatures are those of the reference's wallet, byte for
// byte. Must never know where keys are kept.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { fromBase58, isEqual, publicKeyBytes, publicKeyText, toBase58 } from "./encoding";
import { fromHex, toHex } from "./schema";

const { Point } = secp256k1;
const Fn = Point.Fn;
const utf8 = (text: string) => new TextEncoder().encode(text);
const concat = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const numberOf = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`);
const bytesOf = (number: bigint) => fromHex(number.toString(16).padStart(64, "0"));

/** A private key. */
export class PrivateKey {
  private constructor(readonly secret: Uint8Array) {}

  static fromBytes(secret: Uint8Array): PrivateKey {
    if (!secp256k1.utils.isValidSecretKey(secret)) throw new Error("not a private key");
    return new PrivateKey(secret);
  }

  /** Reads wallet import format. */
  static fromWif(text: string): PrivateKey {
    const bytes = fromBase58(text.trim());
    const payload = bytes.slice(0, -4);
    const fits = (digest: Uint8Array) => isEqual(digest.slice(0, 4), bytes.slice(-4));
    if (payload.length < 33 || !(fits(sha256(sha256(payload))) || fits(sha256(payload)))) {
      throw new Error("not a private key");
    }
    return PrivateKey.fromBytes(payload.slice(1, 33));
  }

  /** The key whose secret is the hash of some words. */
  static fromSeed(seed: string): PrivateKey {
    return PrivateKey.fromBytes(sha256(utf8(seed)));
  }

  /** Key number `sequence` of a brain key. */
  static fromBrainKey(words: string, sequence: number): PrivateKey {
    const normal = words.trim().split(/[ \t\r\n\v\f]+/).join(" ");
    const upper = normal.replace(/[a-z]/g, (letter) => letter.toUpperCase());
    return PrivateKey.fromBytes(sha256(sha512(utf8(`${upper} ${sequence}`))));
  }

  /** A new key from the browser's random numbers. */
  static generate(): PrivateKey {
    return PrivateKey.fromBytes(secp256k1.utils.randomSecretKey());
  }

  toWif(): string {
    const payload = concat(Uint8Array.of(0x80), this.secret);
    return toBase58(concat(payload, sha256(sha256(payload)).slice(0, 4)));
  }

  publicKey(prefix: string): string {
    return publicKeyText(secp256k1.getPublicKey(this.secret, true), prefix);
  }

  /** The canonical signature of a digest: recovery byte, r, s. */
  sign(digest: Uint8Array): Uint8Array {
    const nonces = rfc6979(concat(this.secret, digest));
    // The reference never uses the first.
    nonces.next();
    for (;;) {
      const signature = this.signWith(digest, nonces.next().value);
      if (signature && isCanonical(signature)) return signature;
    }
  }

  private signWith(digest: Uint8Array, nonce: Uint8Array): Uint8Array | undefined {
    const k = numberOf(nonce);
    if (k === 0n || k >= Fn.ORDER) return undefined;
    const { x, y } = Point.BASE.multiply(k).toAffine();
    const r = Fn.create(x);
    const secret = numberOf(this.secret);
    const s = Fn.mul(Fn.inv(k), Fn.add(Fn.mul(r, secret), Fn.create(numberOf(digest))));
    if (r === 0n || s === 0n) return undefined;
    const isHigh = s > Fn.ORDER >> 1n;
    const isOdd = ((y & 1n) === 1n) !== isHigh;
    const first = 31 + (isOdd ? 1 : 0) + (x >= Fn.ORDER ? 2 : 0);
    return concat(Uint8Array.of(first), bytesOf(r), bytesOf(isHigh ? Fn.ORDER - s : s));
  }

  private shared(other: string): Uint8Array {
    const point = secp256k1.getSharedSecret(this.secret, publicKeyBytes(other), true);
    return sha512(point.slice(1));
  }

  private async memoKey(other: string, nonce: string): Promise<[CryptoKey, Uint8Array]> {
    const digest = sha512(utf8(nonce + toHex(this.shared(other))));
    const raw = digest.slice(0, 32) as Uint8Array<ArrayBuffer>;
    const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, [
      "encrypt",
      "decrypt",
    ]);
    return [key, digest.slice(32, 48)];
  }

  /** A memo that only the owners of this key and of `to` can read. */
  async memo(to: string, text: string, nonce: string, prefix: string): Promise<Memo> {
    const [key, iv] = await this.memoKey(to, nonce);
    const plain = concat(sha256(utf8(text)).slice(0, 4), utf8(text));
    const params = { name: "AES-CBC", iv: iv as Uint8Array<ArrayBuffer> };
    const message = await crypto.subtle.encrypt(params, key, plain as Uint8Array<ArrayBuffer>);
    return { from: this.publicKey(prefix), to, nonce, message: toHex(new Uint8Array(message)) };
  }

  /** The text of a memo from or to this key. */
  async readMemo(memo: Memo): Promise<string> {
    const mine = this.publicKey("");
    const other = memo.from.endsWith(mine) ? memo.to : memo.from;
    const [key, iv] = await this.memoKey(other, String(memo.nonce));
    const params = { name: "AES-CBC", iv: iv as Uint8Array<ArrayBuffer> };
    const message = fromHex(memo.message) as Uint8Array<ArrayBuffer>;
    const plain = new Uint8Array(await crypto.subtle.decrypt(params, key, message));
    const text = plain.slice(4);
    if (!isEqual(sha256(text).slice(0, 4), plain.slice(0, 4))) throw new Error("not readable");
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  }
}

/** An encrypted text. */
export interface Memo {
  from: string;
  to: string;
  nonce: string | number;
  message: string;
}

/** A nonce that was not used before. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return (numberOf(bytes) >> 1n).toString();
}

/** What is signed of a transaction: the chain, then its bytes. */
export function signingDigest(chainId: string, packed: Uint8Array): Uint8Array {
  return sha256(concat(fromHex(chainId), packed));
}

/** The id of a transaction. */
export function transactionId(packed: Uint8Array): string {
  return toHex(sha256(packed).slice(0, 20));
}

function* rfc6979(seed: Uint8Array): Generator<Uint8Array, never> {
  let key: Uint8Array = new Uint8Array(32);
  let value: Uint8Array = new Uint8Array(32).fill(1);
  const mix = (separator: number, data: Uint8Array) => {
    key = hmac(sha256, key, concat(value, Uint8Array.of(separator), data));
    value = hmac(sha256, key, value);
  };
  mix(0, seed);
  mix(1, seed);
  for (;;) {
    value = hmac(sha256, key, value);
    yield value;
    mix(0, new Uint8Array(0));
  }
}

function isCanonical(signature: Uint8Array): boolean {
  const fits = (a: number, b: number) => a < 0x80 && (a !== 0 || b >= 0x80);
  return fits(signature[1]!, signature[2]!) && fits(signature[33]!, signature[34]!);
}

