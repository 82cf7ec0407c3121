// Lists of the chain: witnesses, members of the committee, proposals, contracts.

import { node } from "./session.svelte";

/** All witnesses or members of the committee, by votes. */
export async function voted(kind: "witness" | "committee_member"): Promise<any[]> {
  const ids: string[] = [];
  for (let from = ""; ; ) {
    const method = `lookup_${kind}_accounts`;
    const page = await node.db<[string, string][]>(method, from, 100);
    const known = new Set(ids);
    ids.push(...page.map(([, id]) => id).filter((id) => !known.has(id)));
    if (page.length < 100 || ids.length > 2000) break;
    from = page[page.length - 1]![0];
  }
  const found = await node.db<any[]>("get_objects", ids, false);
  const there = found.filter((one) => one);
  return there.sort((a, b) => (BigInt(b.total_votes) > BigInt(a.total_votes) ? 1 : -1));
}

/** Most pages of assets that are looked through for prices. */
const PAGES_MAX = 50;

/** Accounts that publish prices with the time of their newest one. */
export async function newestFeeds(): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  for (let from = "", pages = 0; ; pages++) {
    const assets = await node.db<any[]>("list_assets", from, 100);
    const smart = assets.map((one) => one.bitasset_data_id).filter((id) => id);
    const found = await node.db<any[]>("get_objects", smart, false);
    for (const [account, [time]] of found.flatMap((one) => one?.feeds ?? [])) {
      if (time > (newest.get(account) ?? "")) newest.set(account, time);
    }
    const last = assets[assets.length - 1]?.symbol;
    if (assets.length < 100 || last === from || pages >= PAGES_MAX) return newest;
    from = last;
  }
}

/** The proposals that wait: all of them where the node lists objects, else those of accounts. */
export async function proposals(accounts: string[]): Promise<any[]> {
  try {
    const page = await node.call("carbyne", "list_objects", ["1.10", null, 100]);
    return page.items;
  } catch {
    const lists = await Promise.all(accounts.map((a) => node.db("get_proposed_transactions", a)));
    return lists.flat();
  }
}

/** The first rows of a list of contracts. */
export async function contracts(list: string): Promise<any[]> {
  const page = await node.call("carbyne", "list", [list, [], null, 100]);
  return page.items;
}
