// The reader's language, and numbers, times and spans as their locale writes them.

import { amountText } from "../chain/amounts";
import { TEXTS, type TextKey } from "./texts";
import type { Language } from "./phrases";

const STORE = "carbyne-language";
const stored = localStorage.getItem(STORE);
const first: Language = navigator.language.startsWith("zh") ? "zh" : "en";

/** The language of the page. */
export const reader = $state({
  language: stored === "zh" || stored === "en" ? (stored as Language) : first,
});

/** Changes it. */
export function speak(language: Language): void {
  reader.language = language;
  localStorage.setItem(STORE, language);
  document.documentElement.lang = language;
}
document.documentElement.lang = reader.language;

/** A text in the reader's language; `{0}` stands for the first value. */
export function t(key: TextKey, ...values: (string | number)[]): string {
  return TEXTS[key][reader.language].replace(/\{(\d)\}/g, (_, n) => String(values[Number(n)] ?? ""));
}

function locale(): string {
  const own = navigator.languages.find((tag) => tag.startsWith(reader.language));
  return own ?? reader.language;
}

/** A whole number. */
export function count(value: number | bigint | string): string {
  return new Intl.NumberFormat(locale()).format(BigInt(value));
}

/** An amount with the separators of the locale; exact, whatever its size. */
export function amount(value: bigint, precision: number): string {
  const [whole = "0", part] = amountText(value, precision).split(".");
  const parts = new Intl.NumberFormat(locale()).formatToParts(1.5);
  const point = parts.find((one) => one.type === "decimal")?.value ?? ".";
  const sign = whole === "-0" ? "-" : "";
  return sign + count(whole) + (part === undefined ? "" : point + part);
}

/** A time of the chain. */
export function time(value: string): string {
  const date = new Date(`${value}Z`);
  if (Number.isNaN(date.getTime())) return value;
  return date.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "medium" });
}

/** A time of the chain without its day. */
export function clock(value: string): string {
  const date = new Date(`${value}Z`);
  if (Number.isNaN(date.getTime())) return value;
  return date.toLocaleTimeString(locale(), { timeStyle: "medium" });
}

/** How long ago something was, in seconds. */
export function ago(seconds: number): string {
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (seconds < 120) return format.format(-seconds, "second");
  if (seconds < 7200) return format.format(-Math.round(seconds / 60), "minute");
  if (seconds < 172800) return format.format(-Math.round(seconds / 3600), "hour");
  return format.format(-Math.round(seconds / 86400), "day");
}

/** A span of time. */
export function span(seconds: number): string {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[3];
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale(), style).format(Math.round((seconds / size) * 10) / 10);
}

/** A share in hundredths of a percent. */
export function share(value: number): string {
  return `${amount(BigInt(value), 2)} %`;
}
