// Keys and addresses as text: base 58 with a checksum. Must never know secrets' use.

import { ripemd160 } from "@noble/hashes/legacy.js";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Text of bytes in base 58. */
export function toBase58(bytes: Uint8Array): string {
  let number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros < 0 ? bytes.length : zeros) + text;
}

/** Bytes of text in base 58. */
export function fromBase58(text: string): Uint8Array {
  let number = 0n;
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new Error(`"${letter}" is no letter of a key`);
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 0xffn));
  const zeros = /^1*/.exec(text)![0].length;
  return Uint8Array.from([...new Array<number>(zeros).fill(0), ...bytes]);
}

/** Whether two sequences of bytes are equal. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, n) => byte === other[n]);
}

function checked(text: string, length: number): Uint8Array {
  // The prefix is capital letters; a key of compressed form begins with a digit or small letter
  // often enough that only trying tells where it begins.
  for (let start = 1; start <= Math.min(10, text.length); start++) {
    if (!/^[A-Z]+$/.test(text.slice(0, start))) break;
    try {
      const bytes = fromBase58(text.slice(start));
      const body = bytes.slice(0, -4);
      if (body.length === length && isEqual(ripemd160(body).slice(0, 4), bytes.slice(-4))) {
        return body;
      }
    } catch {
      // Not the end of the prefix.
    }
  }
  throw new Error(`"${text}" is no key`);
}

/** The 33 bytes of a public key in text. */
export function publicKeyBytes(text: string): Uint8Array {
  return checked(text, 33);
}

/** The 20 bytes of an address in text. */
export function addressBytes(text: string): Uint8Array {
  return checked(text, 20);
}

/** Text of a public key. */
export function publicKeyText(bytes: Uint8Array, prefix: string): string {
  return prefix + toBase58(Uint8Array.from([...bytes, ...ripemd160(bytes).slice(0, 4)]));
}
