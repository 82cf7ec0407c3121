// The lock of the wallet: PBKDF2 and AES-GCM of the browser. Must never know a node.

/** Rounds of PBKDF2 with SHA-256, as OWASP recommends in 2023 and since. */
export const ROUNDS = 600_000;

/** What is kept of a wallet; nothing in it can be read without the password. */
export interface Sealed {
  version: 1;
  rounds: number;
  salt: string;
  iv: string;
  data: string;
}

const to64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const from64 = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function keyOf(password: string, salt: Uint8Array, rounds: number): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(password.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", raw, "PBKDF2", false, ["deriveKey"]);
  const params = { name: "PBKDF2", hash: "SHA-256", salt: salt as Uint8Array<ArrayBuffer> };
  return crypto.subtle.deriveKey(
    { ...params, iterations: rounds },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** Seals a value under a password. */
export async function seal(value: unknown, password: string, rounds = ROUNDS): Promise<Sealed> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(password, salt, rounds);
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
  const parts = { salt: to64(salt), iv: to64(iv), data: to64(new Uint8Array(data)) };
  return { version: 1, rounds, ...parts };
}

/** Opens what was sealed; fails with a wrong password. */
export async function unseal<T>(sealed: Sealed, password: string): Promise<T> {
  if (sealed.version !== 1 || sealed.rounds > 10_000_000) throw new Error("unknown wallet");
  const key = await keyOf(password, from64(sealed.salt), sealed.rounds);
  const params = { name: "AES-GCM", iv: from64(sealed.iv) };
  const plain = await crypto.subtle.decrypt(params, key, from64(sealed.data));
  return JSON.parse(new TextDecoder().decode(plain)) as T;
}
