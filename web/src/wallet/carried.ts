// Transactions that go from hand to hand in files, as the command line wallet writes them. Must
// never know a private key.

const FORMAT = "carbyne transaction";
/** How long such a transaction waits, seconds of the chain's clock. */
export const CARRIED_SECONDS = 20 * 3600;

/** What a file carries. */
export interface Carried {
  chain_id: string;
  /** What it does, in the words of who made it. */
  does: string[];
  /** Public keys that could sign it. */
  keys: string[];
  transaction: any;
}

/** Reads a file; fails if it is no transaction. */
export function readCarried(text: string): Carried {
  const file = JSON.parse(text);
  const isOne = file?.format === FORMAT && file.version === 1;
  if (!isOne || !Array.isArray(file.transaction?.operations)) throw new Error("no transaction");
  return file as Carried;
}

/** The text of a file. */
export function writeCarried({ chain_id, does, keys, transaction }: Carried): string {
  const file = { format: FORMAT, version: 1, chain_id, does, keys, transaction };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Hands a text to the reader as a file. */
export function saveAs(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
