// Recordings of the reference, for tests: lines of JSON, compressed.
import { decompress } from "fzstd";
import { readFileSync } from "node:fs";
import { OPERATIONS } from "../src/chain/schema";

const ROOT = new URL("../../", import.meta.url);

/** The lines of a recording. Integers that do not fit a number become texts, as in answers. */
export function recorded(path: string): any[] {
  const bytes = decompress(readFileSync(new URL(`testdata/${path}`, ROOT)));
  const text = new TextDecoder().decode(bytes);
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

/** The operations of the node: number, name as in JSON, whether only the chain makes it. */
export function nodeOperations(): { number: number; name: string; isVirtual: boolean }[] {
  const text = readFileSync(new URL("crates/protocol/src/ops/mod.rs", ROOT), "utf8");
  const rows = [...text.matchAll(/^ {4}(\d+) (real|virtual) (\w+):/gm)];
  return rows.map(([, number, kind, name]) => ({
    number: Number(number),
    name: name!.replace(/[A-Z]/g, (letter, at) => (at ? "_" : "") + letter.toLowerCase()),
    isVirtual: kind === "virtual",
  }));
}

/** Whether the page can write an operation, and all that it proposes. */
export function writable([number, value]: [number, any]): boolean {
  const inner = (value.proposed_ops ?? []) as { op: [number, any] }[];
  return OPERATIONS[number]!.fields !== undefined && inner.every(({ op }) => writable(op));
}
