// The parameters of the chain and the kinds of fees in words. Must never know how a value is shown.

import type { Language } from "./phrases";

/** What the value of a parameter is. */
export type Unit = "count" | "span" | "share" | "core" | "bytes" | "truth";
type Row = { unit: Unit } & Record<Language, string>;

const r = (unit: Unit, en: string, zh: string): Row => ({ unit, en, zh });

/** Every parameter by its name; those of extensions by their own. */
export const PARAMETERS: Readonly<Record<string, Row>> = {
  block_interval: r("span", "Time between two blocks", "出块间隔"),
  maintenance_interval: r("span", "Time between two maintenances", "维护间隔"),
  maintenance_skip_slots: r("count", "Blocks left out after a maintenance", "维护后跳过的区块数"),
  committee_proposal_review_period: r(
    "span",
    "Time in which nobody approves what the committee is to do",
    "理事会提案审议期",
  ),
  maximum_transaction_size: r("bytes", "Largest transaction", "交易最大体积"),
  maximum_block_size: r("bytes", "Largest block", "区块最大体积"),
  maximum_time_until_expiration: r("span", "Longest time a transaction waits", "交易最长有效期"),
  maximum_proposal_lifetime: r("span", "Longest time a proposal waits", "提案最长有效期"),
  maximum_asset_whitelist_authorities: r(
    "count",
    "Most accounts that list for an asset",
    "资产名单授权账户上限",
  ),
  maximum_asset_feed_publishers: r("count", "Most feed producers of an asset", "资产喂价人上限"),
  maximum_witness_count: r("count", "Most active witnesses", "活跃见证人上限"),
  maximum_committee_count: r("count", "Most active committee members", "活跃理事上限"),
  maximum_authority_membership: r("count", "Most members of an authority", "单个权限成员上限"),
  reserve_percent_of_fee: r("share", "Share of the network's part that is burnt", "网络部分销毁比例"),
  network_percent_of_fee: r("share", "The network's share of a fee", "手续费网络分成"),
  lifetime_referrer_percent_of_fee: r(
    "share",
    "The lifetime referrer's share of a fee",
    "手续费终身推荐人分成",
  ),
  cashback_vesting_period_seconds: r("span", "Time until referral income is free", "推荐收入解锁期"),
  cashback_vesting_threshold: r(
    "core",
    "Referral income that is free at once, at most",
    "推荐收入免锁定上限",
  ),
  count_non_member_votes: r("truth", "Basic accounts vote, too", "普通账户可投票"),
  allow_non_member_whitelists: r("truth", "Basic accounts keep lists, too", "普通账户可设名单"),
  witness_pay_per_block: r("core", "What a witness gets for a block", "见证人每块报酬"),
  witness_pay_vesting_seconds: r("span", "Time until a witness's pay is free", "见证人报酬解锁期"),
  worker_budget_per_day: r("core", "Worker budget a day", "每日工作预算"),
  max_predicate_opcode: r("count", "Kinds of conditions that are allowed", "允许的断言种类数"),
  fee_liquidation_threshold: r(
    "core",
    "Fees of a SmartCoin of the committee that are sold, from",
    "理事会智能币手续费变现门槛",
  ),
  accounts_per_fee_scale: r(
    "count",
    "Registrations in a maintenance interval that raise their fee",
    "提高注册费所需的注册数",
  ),
  account_fee_scale_bitshifts: r("count", "How often that fee doubles then", "注册费每次翻倍次数"),
  max_authority_depth: r("count", "How deep accounts authorize each other", "授权嵌套深度上限"),
  max_timeout_secs: r("span", "HTLC: longest time", "HTLC:最长期限"),
  max_preimage_size: r("bytes", "HTLC: largest preimage", "HTLC:原像最大长度"),
  max_custom_authority_lifetime_seconds: r(
    "span",
    "Custom authorities: longest life",
    "自定义权限:最长有效期",
  ),
  max_custom_authorities_per_account: r(
    "count",
    "Custom authorities: most of an account",
    "自定义权限:每账户上限",
  ),
  max_custom_authorities_per_account_op: r(
    "count",
    "Custom authorities: most of an account for an operation",
    "自定义权限:每账户每操作上限",
  ),
  max_custom_authority_restrictions: r(
    "count",
    "Custom authorities: most restrictions",
    "自定义权限:限制条件上限",
  ),
  market_fee_network_percent: r("share", "The network's share of market fees", "市场手续费网络分成"),
  maker_fee_discount_percent: r(
    "share",
    "What makers get back of the fee of an order",
    "挂单方手续费折扣",
  ),
};

const f = (en: string, zh: string): Record<Language, string> => ({ en, zh });

/** Every kind of fee by its name. */
export const FEES: Readonly<Record<string, Record<Language, string>>> = {
  fee: f("each", "每次"),
  basic_fee: f("each", "每次"),
  premium_fee: f("with a short name", "短名称"),
  price_per_kbyte: f("for each kilobyte", "每千字节"),
  fee_per_kb: f("for each kilobyte", "每千字节"),
  price_per_byte: f("for each byte", "每字节"),
  price_per_output: f("for each output", "每个输出"),
  fee_per_day: f("for each day", "每天"),
  membership_annual_fee: f("for a year", "一年"),
  membership_lifetime_fee: f("for life", "终身"),
  symbol3: f("a symbol of 3 letters", "3 字母符号"),
  symbol4: f("a symbol of 4 letters", "4 字母符号"),
  long_symbol: f("a longer symbol", "更长的符号"),
};

/** The parameters as rows: those of extensions beside the others. */
export function rowsOf(parameters: Record<string, any>): [string, any][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, any][] => {
    if (name === "current_fees") return [];
    return value !== null && typeof value === "object" ? rowsOf(value) : [[name, value]];
  });
}
