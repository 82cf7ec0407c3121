// Amounts and prices in whole numbers: what is typed, what is shown, what an order says. Never
// floats; rounding is always against whoever orders, so that no order is worse than what was typed.

/** A number of decimals: digits / 10^places. */
export interface Decimal {
  digits: bigint;
  places: number;
}

/** Most digits behind the point that a price may have. */
const PLACES_MAX = 18;
/** The largest amount of the chain. */
export const SHARES_MAX = 1_000_000_000_000_000n;

/** Ten to the power of `n`. */
export const pow10 = (n: number): bigint => 10n ** BigInt(n);
/** Division, rounded down; both are positive. */
export const floorDiv = (a: bigint, b: bigint): bigint => a / b;
/** Division, rounded up; both are positive. */
export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** Reads "12.5" or "12,5"; nothing for what is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^\s*(\d{0,16})(?:[.,](\d*))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, whole = "", part = ""] = match;
  if (whole + part === "" || part.length > PLACES_MAX) return undefined;
  return { digits: BigInt(whole + part), places: part.length };
}

/** Reads an amount in smallest units; nothing if it has more decimals than the asset. */
export function parseAmount(text: string, precision: number): bigint | undefined {
  const number = parseDecimal(text);
  if (!number) return undefined;
  const scaled = number.digits * pow10(precision);
  if (scaled % pow10(number.places) !== 0n) return undefined;
  return scaled / pow10(number.places);
}

/** Plain text of an amount, as `parseAmount` reads it. */
export function amountText(amount: bigint, precision: number): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(precision + 1, "0");
  const whole = digits.slice(0, digits.length - precision);
  const part = digits.slice(digits.length - precision).replace(/0+$/, "");
  return sign + whole + (part === "" ? "" : `.${part}`);
}

/** A price: so many smallest units of the base for so many of the quote. */
export interface Price {
  base: bigint;
  quote: bigint;
}

/** The precisions of a market's assets. */
export interface Places {
  base: number;
  quote: number;
}

/** The price that was typed, as base for one whole quote. */
export function priceOf(typed: Decimal, places: Places): Price {
  return {
    base: typed.digits * pow10(places.base),
    quote: pow10(typed.places) * pow10(places.quote),
  };
}

/** Text of a price with so many significant digits at most, rounded down. */
export function priceText(price: Price, places: Places, digits = 8): string {
  if (price.quote === 0n || price.base === 0n) return "0";
  const above = price.base * pow10(places.quote);
  const below = price.quote * pow10(places.base);
  const whole = above / below;
  if (whole > 0n) {
    const rest = Math.max(0, digits - whole.toString().length);
    return amountText((above * pow10(rest)) / below, rest);
  }
  let zeros = 0;
  while (zeros < 30 && (above * pow10(zeros + 1)) / below === 0n) zeros++;
  const scale = zeros + digits;
  return amountText((above * pow10(scale)) / below, scale);
}

/** A decimal that a node told, cut to so many significant digits behind its point. */
export function shortened(text: string, digits = 10): string {
  const match = /^(-?)(\d+)\.(0*)(\d+)$/.exec(text);
  if (!match) return text;
  const [, sign, whole = "", zeros = "", rest = ""] = match;
  const room = whole === "0" ? digits : Math.max(0, digits - whole.length - zeros.length);
  const part = (zeros + rest.slice(0, room)).replace(/0+$/, "");
  return `${sign}${whole}${part === "" ? "" : `.${part}`}`;
}

/** What an order says: what it gives and what it wants for it at least. */
export interface Order {
  gives: bigint;
  wants: bigint;
}

/** What a side of the book does. */
export type Side = "buy" | "sell";

/** The total that belongs to an amount of the quote: a buyer pays no more, a seller gets no less. */
export function totalOf(side: Side, amount: bigint, price: Price): bigint {
  const divide = side === "buy" ? floorDiv : ceilDiv;
  return divide(amount * price.base, price.quote);
}

/**
 * The amount of the quote that belongs to a total: a buyer pays no more than the total, a seller
 * gets no less.
 */
export function amountOf(side: Side, total: bigint, price: Price): bigint | undefined {
  if (price.base === 0n) return undefined;
  const divide = side === "buy" ? floorDiv : ceilDiv;
  return divide(total * price.quote, price.base);
}

/** The order that buys or sells an amount of the quote; nothing if one side of it were nothing. */
export function orderOf(side: Side, amount: bigint, price: Price): Order | undefined {
  const total = totalOf(side, amount, price);
  const order = side === "buy" ? { gives: total, wants: amount } : { gives: amount, wants: total };
  const fits = (value: bigint) => value > 0n && value <= SHARES_MAX;
  return fits(order.gives) && fits(order.wants) ? order : undefined;
}

/** A position: debt, collateral, and the feed as so much debt for so much collateral. */
export interface Position {
  debt: bigint;
  collateral: bigint;
  feed: { debt: bigint; collateral: bigint };
}

/** Collateral ratio in thousandths, rounded down: 1750 are 175 %. */
export function collateralRatio(position: Position): bigint | undefined {
  const { debt, collateral, feed } = position;
  if (debt <= 0n || feed.collateral === 0n) return undefined;
  return (collateral * feed.debt * 1000n) / (debt * feed.collateral);
}

/** The feed below which a position is called: debt for collateral, at a ratio in thousandths. */
export function callPrice(position: Position, maintenance: bigint): Price | undefined {
  const { debt, collateral } = position;
  if (debt <= 0n || collateral <= 0n) return undefined;
  return { base: debt * maintenance, quote: collateral * 1000n };
}

/** The least collateral for a debt at a ratio in thousandths, rounded up. */
export function collateralFor(
  debt: bigint,
  feed: Position["feed"],
  ratio: bigint,
): bigint | undefined {
  if (feed.debt === 0n) return undefined;
  return ceilDiv(debt * feed.collateral * ratio, feed.debt * 1000n);
}

/** A pool's balances, in the order sold, received, and the fee of a taker in hundredths of 1 %. */
export interface Pool {
  sold: bigint;
  received: bigint;
  takerFee: bigint;
}

/** What a pool gives for an amount, with a constant product, as the chain rounds it. */
export function poolReceives(pool: Pool, amount: bigint): bigint {
  if (amount <= 0n || pool.sold <= 0n || pool.received <= 0n) return 0n;
  const kept = ceilDiv(pool.sold * pool.received, pool.sold + amount);
  const out = pool.received - kept;
  return out - (out * pool.takerFee) / 10_000n;
}

/** How much worse than the price of the pool an exchange is, in hundredths of 1 %. */
export function priceImpact(pool: Pool, amount: bigint): bigint {
  const fair = (amount * pool.received) / (pool.sold || 1n);
  return fair === 0n ? 0n : ((fair - poolReceives(pool, amount)) * 10_000n) / fair;
}
