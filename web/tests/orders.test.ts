import { expect, test } from "vitest";
import type { LimitOrder } from "../src/chain/book";
import { readOrders } from "../src/chain/orders";

const order = (id: number) => ({ id: `1.7.${id}` }) as LimitOrder;
const ids = async (pages: any[] | undefined) => {
  const taken: string[] = [];
  const asked: unknown[] = [];
  const node = {
    db: async () => [order(1)] as any,
    call: async (_api: string, _method: string, args: unknown[] = []) => {
      asked.push(args[2]);
      if (!pages) throw new Error("no such method");
      return pages[asked.length - 1];
    },
  };
  const isComplete = await readOrders(node, ["1.3.0", "1.3.1"], (orders) =>
    taken.push(...orders.map(({ id }) => id)),
  );
  return { isComplete, taken, asked };
};

test("a node that lists gives all orders, page by page", async () => {
  const pages = [
    { items: [order(1), order(2)], cursor: "a" },
    { items: [order(3)], cursor: null },
  ];
  expect(await ids(pages)).toEqual({
    isComplete: true,
    taken: ["1.7.1", "1.7.1", "1.7.2", "1.7.3"],
    asked: [null, "a"],
  });
});

test("any other gives the best of each side", async () => {
  expect(await ids(undefined)).toEqual({ isComplete: false, taken: ["1.7.1"], asked: [null] });
});

test("a node that goes on for ever is not listened to for ever", async () => {
  const endless = Array.from({ length: 1000 }, () => ({ items: [], cursor: "more" }));
  const { isComplete, asked } = await ids(endless);
  expect(isComplete).toBe(false);
  expect(asked.length).toBe(200);
});
