// A market with very many orders, which this signs and sends by itself: with the page's own code,
// bundled for Node. Must never know a page.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";

const ROOT = new URL("..", import.meta.url).pathname;
/** Orders in one transaction. */
const AT_ONCE = 400;

/** The page's code that makes keys and transactions, for Node. */
async function loadChain(folder) {
  const entry = Object.fromEntries(
    ["keys", "transaction"].map((name) => [name, join(ROOT, `src/chain/${name}.ts`)]),
  );
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: false, lib: { entry, formats: ["es"] } },
  });
  const load = (name) => import(pathToFileURL(join(folder, `${name}.js`)).href);
  return { ...(await load("keys")), ...(await load("transaction")) };
}

/** Has an account bid for GOLD at so many prices, all of them far below the market's. */
export async function placeOrders(web, who, count, folder) {
  const chain = await loadChain(folder);
  let id = 0;
  const call = async (api, method, params) => {
    const body = JSON.stringify({ id: ++id, method: "call", params: [api, method, params] });
    const answer = await (await fetch(web, { method: "POST", body })).json();
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  };
  const node = { call, db: (method, ...params) => call("database", method, params) };
  const [gold] = await node.db("lookup_asset_symbols", ["GOLD"]);
  const chainId = await node.db("get_chain_id");
  const key = chain.PrivateKey.fromWif(who.key);
  const order = (n) =>
    chain.op("limit_order_create", {
      seller: who.id,
      amount_to_sell: { amount: 100_000, asset_id: "1.3.0" },
      min_to_receive: { amount: 10 + n, asset_id: gold.id },
      expiration: "2040-01-01T00:00:00",
      fill_or_kill: false,
      extensions: {},
    });
  const [[, { fee }]] = await chain.withFees(node, [order(0)]);
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => from + n);
    const operations = numbers.map(order).map(([number, fields]) => [number, { ...fields, fee }]);
    const transaction = await chain.build(node, operations);
    await chain.send(node, chain.sign(transaction, [key], chainId));
  }
}
