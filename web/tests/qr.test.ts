import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { expect, test } from "vitest";
import { PrivateKey } from "../src/chain/keys";

/** What a camera would read in the code that the page draws. */
function readBack(text: string): string {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const [scale, size] = [4, rows.length * 4];
  const data = new Uint8Array(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const isDark = rows[Math.floor(y / scale)]![Math.floor(x / scale)]!;
      if (isDark) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
    }
  }
  return decodeQR({ width: size, height: size, data });
}

test("codes say the key or the name they were made of", () => {
  for (const text of ["nina-1", "a".repeat(63), PrivateKey.fromSeed("qr").toWif()]) {
    expect(readBack(text)).toBe(text);
  }
});
