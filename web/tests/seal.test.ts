import { expect, test } from "vitest";
import { seal, unseal } from "../src/wallet/seal";

test("a wallet opens with its password and no other, and shows nothing", async () => {
  const sealed = await seal({ keys: ["5Jsecret"] }, "password", 1000);
  expect(JSON.stringify(sealed)).not.toContain("5Jsecret");
  expect(await unseal(sealed, "password")).toEqual({ keys: ["5Jsecret"] });
  await expect(unseal(sealed, "Password")).rejects.toThrow();
  await expect(unseal({ ...sealed, rounds: 1e9 }, "password")).rejects.toThrow();
});
