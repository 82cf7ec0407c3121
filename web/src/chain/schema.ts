// What operations and transactions look like in bytes: one line of fields per operation, in wire
// order, under the names of JSON. Must never know keys, a node or words.
//
// Invariant: bytes are those of the reference for every operation listed here
// (tests/schema.test.ts compares with recordings).

import { addressBytes, publicKeyBytes } from "./encoding";

/** Bytes that grow. */
export class Writer {
  private bytes: number[] = [];

  int(value: bigint | number | string, width: number): void {
    let rest = BigInt.asUintN(width * 8, BigInt(value));
    for (let n = 0; n < width; n++) {
      this.bytes.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
  }

  varint(value: bigint | number | string): void {
    let rest = BigInt(value);
    while (rest >= 0x80n) {
      this.bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.bytes.push(Number(rest));
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.bytes.push(byte);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** A value as JSON has it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;
/** Writes a value of one type. */
export type Type = (out: Writer, value: Json) => void;

const int =
  (width: number): Type =>
  (out, value) =>
    out.int(value ?? 0, width);
const u8 = int(1);
const u16 = int(2);
const u32 = int(4);
const i64 = int(8);
const bool: Type = (out, value) => out.int(value ? 1 : 0, 1);
const varint: Type = (out, value) => out.varint(value);
const text: Type = (out, value: string) => blob(out, new TextEncoder().encode(value));
const bytes: Type = (out, value: string) => blob(out, fromHex(value));
const digest: Type = (out, value: string) => out.raw(fromHex(value));
const time: Type = (out, value: string) => out.int(secondsOf(value), 4);
const key: Type = (out, value: string) => out.raw(publicKeyBytes(value));
const address: Type = (out, value: string) => out.raw(addressBytes(value));
const nothing: Type = () => {};
const id: Type = (out, value: string) => out.varint(value.split(".")[2]!);
const anyId: Type = (out, value: string) => {
  const [space, type, number] = value.split(".").map(BigInt) as [bigint, bigint, bigint];
  out.int((space << 56n) | (type << 48n) | number, 8);
};
const vote: Type = (out, value: string) => {
  const [kind, number] = value.split(":").map(BigInt) as [bigint, bigint];
  out.int((number << 8n) | kind, 4);
};

function blob(out: Writer, value: Uint8Array): void {
  out.varint(value.length);
  out.raw(value);
}

/** Bytes of hexadecimal text. */
export function fromHex(value: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(value)) throw new Error("not hexadecimal");
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Hexadecimal text of bytes. */
export function toHex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Seconds since 1970 of a time of the chain, which is in UTC and does not say so. */
export function secondsOf(value: string): number {
  return Math.floor(Date.parse(value.endsWith("Z") ? value : `${value}Z`) / 1000);
}

const list =
  (item: Type): Type =>
  (out, value: Json[]) => {
    out.varint(value.length);
    value.forEach((one) => item(out, one));
  };
const map = (from: Type, to: Type): Type =>
  list((out, [a, b]: [Json, Json]) => {
    from(out, a);
    to(out, b);
  });
const optional =
  (inner: Type): Type =>
  (out, value) => {
    const is = value !== undefined && value !== null;
    bool(out, is);
    if (is) inner(out, value);
  };
const struct =
  (fields: Record<string, Type>): Type =>
  (out, value) => {
    for (const [name, type] of Object.entries(fields)) type(out, value[name]);
  };
const extension =
  (fields: Record<string, Type>): Type =>
  (out, value) => {
    const there = Object.entries(fields)
      .map(([name, type], number) => ({ type, number, value: value?.[name] }))
      .filter((one) => one.value !== undefined && one.value !== null);
    out.varint(there.length);
    for (const one of there) {
      out.varint(one.number);
      one.type(out, one.value);
    }
  };
const choice =
  (...types: Type[]): Type =>
  (out, [tag, value]: [number, Json]) => {
    const type = types[tag];
    if (!type) throw new Error(`no choice ${tag}`);
    out.varint(tag);
    type(out, value);
  };
const empty: Type = (out, value) => {
  if (value && Object.keys(value).length > 0) throw new Error("extensions of the future");
  out.varint(0);
};

const asset = struct({ amount: i64, asset_id: id });
const price = struct({ base: asset, quote: asset });
const memo = struct({ from: key, to: key, nonce: i64, message: bytes });
const authority = struct({
  weight_threshold: u32,
  account_auths: map(id, u16),
  key_auths: map(key, u16),
  address_auths: map(address, u16),
});
const special = choice(nothing, struct({ asset: id, num_top_holders: u8 }));
const accountOptions = struct({
  memo_key: key,
  voting_account: id,
  num_witness: u16,
  num_committee: u16,
  votes: list(vote),
  extensions: empty,
});
const assetOptions = struct({
  max_supply: i64,
  market_fee_percent: u16,
  max_market_fee: i64,
  issuer_permissions: u16,
  flags: u16,
  core_exchange_rate: price,
  whitelist_authorities: list(id),
  blacklist_authorities: list(id),
  whitelist_markets: list(id),
  blacklist_markets: list(id),
  description: text,
  extensions: extension({
    reward_percent: u16,
    whitelist_market_fee_sharing: list(id),
    taker_fee_percent: u16,
  }),
});
const bitassetOptions = struct({
  feed_lifetime_sec: u32,
  minimum_feeds: u8,
  force_settlement_delay_sec: u32,
  force_settlement_offset_percent: u16,
  maximum_force_settlement_volume: u16,
  short_backing_asset: id,
  extensions: extension({
    initial_collateral_ratio: u16,
    maintenance_collateral_ratio: u16,
    maximum_short_squeeze_ratio: u16,
    margin_call_fee_ratio: u16,
    force_settle_fee_percent: u16,
    black_swan_response_method: u8,
  }),
});
const feed = struct({
  settlement_price: price,
  maintenance_collateral_ratio: u16,
  maximum_short_squeeze_ratio: u16,
  core_exchange_rate: price,
});
const htlcHash = choice(digest, digest, digest, digest);
const takeProfit = struct({
  fee_asset_id: id,
  spread_percent: u16,
  size_percent: u16,
  expiration_seconds: u32,
  repeat: bool,
  extensions: empty,
});
const onFill = list(choice(takeProfit));
const policy = choice(
  struct({ begin_timestamp: time, vesting_cliff_seconds: u32, vesting_duration_seconds: u32 }),
  struct({ start_claim: time, vesting_seconds: u32 }),
  nothing,
);
const worker = choice(nothing, struct({ pay_vesting_period_days: u16 }), nothing);
const predicate = choice(
  struct({ account_id: id, name: text }),
  struct({ asset_id: id, symbol: text }),
  struct({ id: digest }),
);
const wrapped: Type = (out, value) => operation(out, value.op);

/** An operation with its number and name; its fields if this page can write them. */
export interface Operation {
  name: string;
  fields?: Record<string, Type>;
}

const fee = asset;
const extensions = empty;
const op = (name: string, fields?: Record<string, Type>): Operation =>
  fields ? { name, fields: { fee, ...fields } } : { name };

/** Every operation by number. Those without fields are virtual, or cannot be made here. */
export const OPERATIONS: readonly Operation[] = [
  op("transfer", { from: id, to: id, amount: asset, memo: optional(memo), extensions }),
  op("limit_order_create", {
    seller: id,
    amount_to_sell: asset,
    min_to_receive: asset,
    expiration: time,
    fill_or_kill: bool,
    extensions: extension({ on_fill: onFill }),
  }),
  op("limit_order_cancel", { fee_paying_account: id, order: id, extensions }),
  op("call_order_update", {
    funding_account: id,
    delta_collateral: asset,
    delta_debt: asset,
    extensions: extension({ target_collateral_ratio: u16 }),
  }),
  op("fill_order", {
    order_id: anyId,
    account_id: id,
    pays: asset,
    receives: asset,
    fill_price: price,
    is_maker: bool,
  }),
  op("account_create", {
    registrar: id,
    referrer: id,
    referrer_percent: u16,
    name: text,
    owner: authority,
    active: authority,
    options: accountOptions,
    extensions: extension({
      null_ext: nothing,
      owner_special_authority: special,
      active_special_authority: special,
      buyback_options: struct({ asset_to_buy: id, asset_to_buy_issuer: id, markets: list(id) }),
    }),
  }),
  op("account_update", {
    account: id,
    owner: optional(authority),
    active: optional(authority),
    new_options: optional(accountOptions),
    extensions: extension({
      null_ext: nothing,
      owner_special_authority: special,
      active_special_authority: special,
    }),
  }),
  op("account_whitelist", {
    authorizing_account: id,
    account_to_list: id,
    new_listing: u8,
    extensions,
  }),
  op("account_upgrade", { account_to_upgrade: id, upgrade_to_lifetime_member: bool, extensions }),
  op("account_transfer"),
  op("asset_create", {
    issuer: id,
    symbol: text,
    precision: u8,
    common_options: assetOptions,
    bitasset_opts: optional(bitassetOptions),
    is_prediction_market: bool,
    extensions,
  }),
  op("asset_update", {
    issuer: id,
    asset_to_update: id,
    new_issuer: optional(id),
    new_options: assetOptions,
    extensions: extension({ new_precision: u8, skip_core_exchange_rate: bool }),
  }),
  op("asset_update_bitasset", {
    issuer: id,
    asset_to_update: id,
    new_options: bitassetOptions,
    extensions,
  }),
  op("asset_update_feed_producers", {
    issuer: id,
    asset_to_update: id,
    new_feed_producers: list(id),
    extensions,
  }),
  op("asset_issue", {
    issuer: id,
    asset_to_issue: asset,
    issue_to_account: id,
    memo: optional(memo),
    extensions,
  }),
  op("asset_reserve", { payer: id, amount_to_reserve: asset, extensions }),
  op("asset_fund_fee_pool", { from_account: id, asset_id: id, amount: i64, extensions }),
  op("asset_settle", { account: id, amount: asset, extensions }),
  op("asset_global_settle", { issuer: id, asset_to_settle: id, settle_price: price, extensions }),
  op("asset_publish_feed", {
    publisher: id,
    asset_id: id,
    feed,
    extensions: extension({ initial_collateral_ratio: u16 }),
  }),
  op("witness_create", { witness_account: id, url: text, block_signing_key: key }),
  op("witness_update", {
    witness: id,
    witness_account: id,
    new_url: optional(text),
    new_signing_key: optional(key),
  }),
  op("proposal_create", {
    fee_paying_account: id,
    expiration_time: time,
    proposed_ops: list(wrapped),
    review_period_seconds: optional(u32),
    extensions,
  }),
  op("proposal_update", {
    fee_paying_account: id,
    proposal: id,
    active_approvals_to_add: list(id),
    active_approvals_to_remove: list(id),
    owner_approvals_to_add: list(id),
    owner_approvals_to_remove: list(id),
    key_approvals_to_add: list(key),
    key_approvals_to_remove: list(key),
    extensions,
  }),
  op("proposal_delete", {
    fee_paying_account: id,
    using_owner_authority: bool,
    proposal: id,
    extensions,
  }),
  op("withdraw_permission_create", {
    withdraw_from_account: id,
    authorized_account: id,
    withdrawal_limit: asset,
    withdrawal_period_sec: u32,
    periods_until_expiration: u32,
    period_start_time: time,
  }),
  op("withdraw_permission_update", {
    withdraw_from_account: id,
    authorized_account: id,
    permission_to_update: id,
    withdrawal_limit: asset,
    withdrawal_period_sec: u32,
    period_start_time: time,
    periods_until_expiration: u32,
  }),
  op("withdraw_permission_claim", {
    withdraw_permission: id,
    withdraw_from_account: id,
    withdraw_to_account: id,
    amount_to_withdraw: asset,
    memo: optional(memo),
  }),
  op("withdraw_permission_delete", {
    withdraw_from_account: id,
    authorized_account: id,
    withdrawal_permission: id,
  }),
  op("committee_member_create", { committee_member_account: id, url: text }),
  op("committee_member_update"),
  op("committee_member_update_global_parameters"),
  op("vesting_balance_create", { creator: id, owner: id, amount: asset, policy }),
  op("vesting_balance_withdraw", { vesting_balance: id, owner: id, amount: asset }),
  op("worker_create", {
    owner: id,
    work_begin_date: time,
    work_end_date: time,
    daily_pay: i64,
    name: text,
    url: text,
    initializer: worker,
  }),
  op("custom", { payer: id, required_auths: list(id), id: u16, data: bytes }),
  op("assert", {
    fee_paying_account: id,
    predicates: list(predicate),
    required_auths: list(id),
    extensions,
  }),
  op("balance_claim", {
    deposit_to_account: id,
    balance_to_claim: id,
    balance_owner_key: key,
    total_claimed: asset,
  }),
  op("override_transfer", {
    issuer: id,
    from: id,
    to: id,
    amount: asset,
    memo: optional(memo),
    extensions,
  }),
  op("transfer_to_blind"),
  op("blind_transfer"),
  op("transfer_from_blind"),
  op("asset_settle_cancel", { settlement: id, account: id, amount: asset }),
  op("asset_claim_fees", {
    issuer: id,
    amount_to_claim: asset,
    extensions: extension({ claim_from_asset_id: id }),
  }),
  op("fba_distribute"),
  op("bid_collateral", {
    bidder: id,
    additional_collateral: asset,
    debt_covered: asset,
    extensions,
  }),
  op("execute_bid", { bidder: id, debt: asset, collateral: asset }),
  op("asset_claim_pool", { issuer: id, asset_id: id, amount_to_claim: asset, extensions }),
  op("asset_update_issuer", { issuer: id, asset_to_update: id, new_issuer: id, extensions }),
  op("htlc_create", {
    from: id,
    to: id,
    amount: asset,
    preimage_hash: htlcHash,
    preimage_size: u16,
    claim_period_seconds: u32,
    extensions: extension({ memo }),
  }),
  op("htlc_redeem", { htlc_id: id, redeemer: id, preimage: bytes, extensions }),
  op("htlc_redeemed", {
    htlc_id: id,
    from: id,
    to: id,
    redeemer: id,
    amount: asset,
    htlc_preimage_hash: htlcHash,
    htlc_preimage_size: u16,
    preimage: bytes,
  }),
  op("htlc_extend", { htlc_id: id, update_issuer: id, seconds_to_add: u32, extensions }),
  op("htlc_refund", {
    htlc_id: id,
    to: id,
    original_htlc_recipient: id,
    htlc_amount: asset,
    htlc_preimage_hash: htlcHash,
    htlc_preimage_size: u16,
  }),
  op("custom_authority_create"),
  op("custom_authority_update"),
  op("custom_authority_delete", { account: id, authority_to_delete: id, extensions }),
  op("ticket_create", { account: id, target_type: varint, amount: asset, extensions }),
  op("ticket_update", {
    ticket: id,
    account: id,
    target_type: varint,
    amount_for_new_target: optional(asset),
    extensions,
  }),
  op("liquidity_pool_create", {
    account: id,
    asset_a: id,
    asset_b: id,
    share_asset: id,
    taker_fee_percent: u16,
    withdrawal_fee_percent: u16,
    extensions,
  }),
  op("liquidity_pool_delete", { account: id, pool: id, extensions }),
  op("liquidity_pool_deposit", {
    account: id,
    pool: id,
    amount_a: asset,
    amount_b: asset,
    extensions,
  }),
  op("liquidity_pool_withdraw", { account: id, pool: id, share_amount: asset, extensions }),
  op("liquidity_pool_exchange", {
    account: id,
    pool: id,
    amount_to_sell: asset,
    min_to_receive: asset,
    extensions,
  }),
  op("samet_fund_create", {
    owner_account: id,
    asset_type: id,
    balance: i64,
    fee_rate: u32,
    extensions,
  }),
  op("samet_fund_delete", { owner_account: id, fund_id: id, extensions }),
  op("samet_fund_update", {
    owner_account: id,
    fund_id: id,
    delta_amount: optional(asset),
    new_fee_rate: optional(u32),
    extensions,
  }),
  op("samet_fund_borrow", { borrower: id, fund_id: id, borrow_amount: asset, extensions }),
  op("samet_fund_repay", {
    account: id,
    fund_id: id,
    repay_amount: asset,
    fund_fee: asset,
    extensions,
  }),
  op("credit_offer_create", {
    owner_account: id,
    asset_type: id,
    balance: i64,
    fee_rate: u32,
    max_duration_seconds: u32,
    min_deal_amount: i64,
    enabled: bool,
    auto_disable_time: time,
    acceptable_collateral: map(id, price),
    acceptable_borrowers: map(id, i64),
    extensions,
  }),
  op("credit_offer_delete", { owner_account: id, offer_id: id, extensions }),
  op("credit_offer_update", {
    owner_account: id,
    offer_id: id,
    delta_amount: optional(asset),
    fee_rate: optional(u32),
    max_duration_seconds: optional(u32),
    min_deal_amount: optional(i64),
    enabled: optional(bool),
    auto_disable_time: optional(time),
    acceptable_collateral: optional(map(id, price)),
    acceptable_borrowers: optional(map(id, i64)),
    extensions,
  }),
  op("credit_offer_accept", {
    borrower: id,
    offer_id: id,
    borrow_amount: asset,
    collateral: asset,
    max_fee_rate: u32,
    min_duration_seconds: u32,
    extensions: extension({ auto_repay: u8 }),
  }),
  op("credit_deal_repay", {
    account: id,
    deal_id: id,
    repay_amount: asset,
    credit_fee: asset,
    extensions,
  }),
  op("credit_deal_expired", {
    deal_id: id,
    offer_id: id,
    offer_owner: id,
    borrower: id,
    unpaid_amount: asset,
    collateral: asset,
    fee_rate: u32,
  }),
  op("liquidity_pool_update", {
    account: id,
    pool: id,
    taker_fee_percent: optional(u16),
    withdrawal_fee_percent: optional(u16),
    extensions,
  }),
  op("credit_deal_update", { account: id, deal_id: id, auto_repay: u8, extensions }),
  op("limit_order_update", {
    seller: id,
    order: id,
    new_price: optional(price),
    delta_amount_to_sell: optional(asset),
    new_expiration: optional(time),
    on_fill: optional(onFill),
    extensions,
  }),
];

/** Operations that Carbyne adds; this page shows them and cannot make them. */
export const FURTHER: Readonly<Record<number, string>> = {
  1000: "carbyne_set",
  1020: "recurring_create",
  1021: "recurring_update",
  1022: "recurring_cancel",
  1039: "recurring_event",
  1040: "escrow_create",
  1041: "escrow_ratify",
  1042: "escrow_release",
  1043: "escrow_split",
  1044: "escrow_dispute",
  1045: "escrow_rule",
  1046: "escrow_amend",
  1059: "escrow_event",
  1060: "bond_offer_create",
  1061: "bond_offer_cancel",
  1062: "bond_offer_take",
  1063: "bond_repay",
  1064: "bond_claim",
  1065: "bond_amend",
  1066: "bond_close",
  1067: "bond_transfer",
  1079: "bond_event",
  1080: "option_series_create",
  1081: "option_write",
  1082: "option_close",
  1083: "option_exercise",
  1084: "option_redeem",
  1099: "option_event",
  1100: "title_offer",
  1101: "title_accept",
  1102: "title_withdraw",
  1119: "title_event",
  1120: "object_create",
  1121: "object_update",
  1122: "object_transfer",
  1123: "object_destroy",
  1124: "listing_create",
  1125: "listing_buy",
  1126: "listing_bid",
  1127: "listing_cancel",
  1139: "object_event",
};

/** The name of an operation by its number. */
export function nameOf(number: number): string {
  return OPERATIONS[number]?.name ?? FURTHER[number] ?? String(number);
}

/** Number of an operation by its name. */
export function numberOf(name: string): number {
  const number = OPERATIONS.findIndex((one) => one.name === name);
  if (number < 0) throw new Error(`no operation ${name}`);
  return number;
}

function operation(out: Writer, [number, value]: [number, Json]): void {
  const found = OPERATIONS[number];
  if (!found?.fields) throw new Error(`this page cannot write operation ${number}`);
  out.varint(number);
  struct(found.fields)(out, value);
}

const unsigned = struct({
  ref_block_num: u16,
  ref_block_prefix: u32,
  expiration: time,
  operations: list(operation),
  extensions: empty,
});

/** The bytes of an operation as [number, fields]. */
export function packOperation(value: [number, Json]): Uint8Array {
  const out = new Writer();
  operation(out, value);
  return out.done();
}

/** The bytes of a transaction without its signatures: what its id is made of. */
export function packTransaction(value: Json): Uint8Array {
  const out = new Writer();
  unsigned(out, value);
  return out.done();
}
