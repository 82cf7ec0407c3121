// What an asset's flags mean, in words.

import type { Language } from "./phrases";

const FLAGS: [number, Record<Language, string>][] = [
  [0x01, { en: "a market fee is taken", zh: "收取市场手续费" }],
  [0x02, { en: "holders must be on a list", zh: "持有人需在白名单" }],
  [0x04, { en: "the issuer may take it back", zh: "发行人可强制收回" }],
  [0x08, { en: "transfers need the issuer", zh: "转账需发行人参与" }],
  [0x10, { en: "no forced settlement", zh: "禁止强制清算" }],
  [0x20, { en: "the issuer may settle everything", zh: "发行人可全局清算" }],
  [0x40, { en: "no confidential transfers", zh: "禁止隐私转账" }],
  [0x80, { en: "witnesses publish the price", zh: "见证人喂价" }],
  [0x100, { en: "the committee publishes the price", zh: "理事会喂价" }],
  [0x200, { en: "the maximum supply is fixed", zh: "最大供应量锁定" }],
  [0x400, { en: "no new supply", zh: "禁止增发" }],
  [0x800, { en: "decimals may change", zh: "可更改小数位" }],
  [0x1000, { en: "no collateral bids", zh: "禁止抵押竞价" }],
  [0x2000, { en: "the initial ratio is fixed", zh: "锁定初始抵押率" }],
  [0x4000, { en: "the maintenance ratio is fixed", zh: "锁定维持抵押率" }],
  [0x8000, { en: "the squeeze ratio is fixed", zh: "锁定强平限价" }],
];

/** The flags that are set, in words. */
export function flagsInWords(flags: number, language: Language): string[] {
  return FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, words]) => words[language]);
}
