// Contracts as they are shown: what waits for whom, options in chains, what a listing costs now.
// Must never know a node or a page.

/** What an account is to do about an escrow, if it waits for it. */
export function waits(escrow: any, account: string): "approve" | "rule" | undefined {
  const isAgent = escrow.agent === account;
  if (escrow.state === "disputed") return isAgent ? "rule" : undefined;
  if (escrow.state !== "pending") return undefined;
  const mustTo = escrow.to === account && !escrow.to_approved;
  return mustTo || (isAgent && !escrow.agent_approved) ? "approve" : undefined;
}

/** Options of one strike. */
export interface Strike {
  strike: string;
  call: any[];
  put: any[];
}

/** Options of one pair, size of a contract and expiry, by strike. */
export interface OptionChain {
  underlying: string;
  quote: string;
  size: string;
  expiry: string;
  strikes: Strike[];
}

const byNumber = (a: string, b: string): number => {
  const [one, other] = [BigInt(a), BigInt(b)];
  return one < other ? -1 : one > other ? 1 : 0;
};

/** Series in chains: the next expiry first, strikes from low to high. */
export function chains(series: any[]): OptionChain[] {
  const found = new Map<string, OptionChain>();
  for (const one of series) {
    const { underlying, quote, expiry, kind } = one.terms;
    const [size, strike] = [String(one.terms.contract_size), String(one.terms.strike)];
    const key = [underlying, quote, size, expiry].join(" ");
    const empty: OptionChain = { underlying, quote, size, expiry, strikes: [] };
    const chain = found.get(key) ?? empty;
    found.set(key, chain);
    let row = chain.strikes.find((other) => other.strike === strike);
    if (!row) chain.strikes.push((row = { strike, call: [], put: [] }));
    row[kind as "call" | "put"].push(one);
  }
  for (const chain of found.values()) chain.strikes.sort((a, b) => byNumber(a.strike, b.strike));
  const order = (a: OptionChain, b: OptionChain) =>
    a.expiry < b.expiry ? -1 : a.expiry > b.expiry ? 1 : a.underlying < b.underlying ? -1 : 1;
  return [...found.values()].sort(order);
}

const seconds = (time: string): bigint => BigInt(Math.floor(Date.parse(`${time}Z`) / 1000));

/** What a listing costs at a time of the chain, or the least that is bid. */
export function priceAt(listing: any, now: string): bigint {
  const [min, start] = [BigInt(listing.min), BigInt(listing.buy_now ?? listing.min)];
  if (listing.kind === "fixed") return start;
  if (listing.kind === "dutch") {
    const [made, all] = [seconds(listing.made), seconds(listing.expiry) - seconds(listing.made)];
    const passed = seconds(now) > made ? seconds(now) - made : 0n;
    return start - ((start - min) * passed) / (all > 0n ? all : 1n);
  }
  const best = BigInt(listing.bid.amount);
  if (!listing.bidder) return min;
  const step = (best + 99n) / 100n;
  return best + (step > 1n ? step : 1n);
}
