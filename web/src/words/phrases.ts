// The table of phrases: every operation in words, in English and Chinese. Must never know how a
// value is shown.
//
// `{field}` stands for a field of the operation, `{a.b}` for one inside another, `{#field}` for how
// many it has, `{field%}` for a share in hundredths of a percent, `{field~}` for a span in seconds.
// `[field: words]` is there only if the operation has the field and it is not empty or false;
// `[!field: words]` only if not.

export type Language = "en" | "zh";
type Phrase = Record<Language, string>;

const p = (en: string, zh: string): Phrase => ({ en, zh });

/** A phrase for every operation. */
export const PHRASES: Readonly<Record<string, Phrase>> = {
  transfer: p(
    "{from} sends {amount} to {to}[memo:  with a memo]",
    "{from} 向 {to} 转账 {amount}[memo: ,附备注]",
  ),
  limit_order_create: p(
    "{seller} offers {amount_to_sell} for at least {min_to_receive}[fill_or_kill: , at once or not at all][extensions.on_fill: , with a follow-up order]",
    "{seller} 挂单:卖出 {amount_to_sell},至少换得 {min_to_receive}[fill_or_kill: ,立即成交否则取消][extensions.on_fill: ,成交后自动下单]",
  ),
  limit_order_cancel: p(
    "{fee_paying_account} cancels order {order}",
    "{fee_paying_account} 撤销订单 {order}",
  ),
  call_order_update: p(
    "{funding_account} changes a margin position by {delta_debt} of debt and {delta_collateral} of collateral[extensions.target_collateral_ratio: , target ratio {extensions.target_collateral_ratio}‰]",
    "{funding_account} 调整抵押仓位:债务变动 {delta_debt},抵押变动 {delta_collateral}[extensions.target_collateral_ratio: ,目标抵押率 {extensions.target_collateral_ratio}‰]",
  ),
  fill_order: p(
    "{account_id} trades {pays} for {receives}[is_maker:  as the maker][!is_maker:  as the taker]",
    "{account_id} 以 {pays} 成交换得 {receives}[is_maker: (挂单方)][!is_maker: (吃单方)]",
  ),
  account_create: p(
    "{registrar} registers the account {name}, referred by {referrer}",
    "{registrar} 注册账户 {name},推荐人 {referrer}",
  ),
  account_update: p(
    "{account} changes its[owner:  owner authority][active:  active authority][new_options:  memo key or votes] settings",
    "{account} 更新账户设置[owner: :所有者权限][active: :活跃权限][new_options: :备注公钥或投票]",
  ),
  account_whitelist: p(
    "{authorizing_account} changes how it lists {account_to_list} (list {new_listing})",
    "{authorizing_account} 更改对 {account_to_list} 的名单状态({new_listing})",
  ),
  account_upgrade: p(
    "{account_to_upgrade} becomes a[upgrade_to_lifetime_member:  lifetime] member",
    "{account_to_upgrade} 升级为[upgrade_to_lifetime_member: 终身]会员",
  ),
  account_transfer: p(
    "{account_id} passes to {new_owner}",
    "账户 {account_id} 转让给 {new_owner}",
  ),
  asset_create: p(
    "{issuer} creates the asset {symbol} with {precision} decimals[bitasset_opts: , backed by collateral][is_prediction_market: , for a prediction]",
    "{issuer} 创建资产 {symbol},小数位 {precision}[bitasset_opts: ,由抵押支持][is_prediction_market: ,用于预测市场]",
  ),
  asset_update: p(
    "{issuer} changes the options of {asset_to_update}[new_issuer: , new issuer {new_issuer}]",
    "{issuer} 更新资产 {asset_to_update} 的选项[new_issuer: ,新发行人 {new_issuer}]",
  ),
  asset_update_bitasset: p(
    "{issuer} changes how {asset_to_update} is backed",
    "{issuer} 更新智能资产 {asset_to_update} 的抵押选项",
  ),
  asset_update_feed_producers: p(
    "{issuer} names {#new_feed_producers} feed producers of {asset_to_update}",
    "{issuer} 为 {asset_to_update} 指定 {#new_feed_producers} 个喂价人",
  ),
  asset_issue: p(
    "{issuer} issues {asset_to_issue} to {issue_to_account}[memo:  with a memo]",
    "{issuer} 向 {issue_to_account} 发行 {asset_to_issue}[memo: ,附备注]",
  ),
  asset_reserve: p("{payer} burns {amount_to_reserve}", "{payer} 销毁 {amount_to_reserve}"),
  asset_fund_fee_pool: p(
    "{from_account} adds {amount} smallest units of the core asset to the fee pool of {asset_id}",
    "{from_account} 向 {asset_id} 的手续费池注入 {amount} 最小单位的核心资产",
  ),
  asset_settle: p("{account} asks to settle {amount}", "{account} 申请强制清算 {amount}"),
  asset_global_settle: p(
    "{issuer} settles all of {asset_to_settle} at {settle_price}",
    "{issuer} 以 {settle_price} 全局清算 {asset_to_settle}",
  ),
  asset_publish_feed: p(
    "{publisher} publishes a price of {asset_id}: {feed.settlement_price}",
    "{publisher} 发布 {asset_id} 的喂价:{feed.settlement_price}",
  ),
  witness_create: p(
    "{witness_account} stands as a witness[url: , {url}]",
    "{witness_account} 参选见证人[url: ,{url}]",
  ),
  witness_update: p(
    "{witness_account} changes its witness {witness}[new_url: , address {new_url}][new_signing_key: , key {new_signing_key}]",
    "{witness_account} 更新见证人 {witness}[new_url: ,网址 {new_url}][new_signing_key: ,签名公钥 {new_signing_key}]",
  ),
  proposal_create: p(
    "{fee_paying_account} proposes {#proposed_ops} operations until {expiration_time}",
    "{fee_paying_account} 提议 {#proposed_ops} 个操作,有效期至 {expiration_time}",
  ),
  proposal_update: p(
    "{fee_paying_account} changes the approvals of proposal {proposal}",
    "{fee_paying_account} 更改对提案 {proposal} 的批准",
  ),
  proposal_delete: p(
    "{fee_paying_account} deletes proposal {proposal}",
    "{fee_paying_account} 删除提案 {proposal}",
  ),
  withdraw_permission_create: p(
    "{withdraw_from_account} lets {authorized_account} withdraw {withdrawal_limit} every {withdrawal_period_sec~}",
    "{withdraw_from_account} 授权 {authorized_account} 每 {withdrawal_period_sec~} 提取 {withdrawal_limit}",
  ),
  withdraw_permission_update: p(
    "{withdraw_from_account} changes permission {permission_to_update} of {authorized_account} to {withdrawal_limit} every {withdrawal_period_sec~}",
    "{withdraw_from_account} 将 {authorized_account} 的提款授权 {permission_to_update} 改为每 {withdrawal_period_sec~} {withdrawal_limit}",
  ),
  withdraw_permission_claim: p(
    "{withdraw_to_account} withdraws {amount_to_withdraw} from {withdraw_from_account}[memo:  with a memo]",
    "{withdraw_to_account} 从 {withdraw_from_account} 提取 {amount_to_withdraw}[memo: ,附备注]",
  ),
  withdraw_permission_delete: p(
    "{withdraw_from_account} takes back permission {withdrawal_permission} of {authorized_account}",
    "{withdraw_from_account} 收回 {authorized_account} 的提款授权 {withdrawal_permission}",
  ),
  committee_member_create: p(
    "{committee_member_account} stands for the committee[url: , {url}]",
    "{committee_member_account} 参选理事会[url: ,{url}]",
  ),
  committee_member_update: p(
    "{committee_member_account} changes its committee member {committee_member}[new_url: , address {new_url}]",
    "{committee_member_account} 更新理事 {committee_member}[new_url: ,网址 {new_url}]",
  ),
  committee_member_update_global_parameters: p(
    "the committee changes the parameters of the chain",
    "理事会更改链参数",
  ),
  vesting_balance_create: p(
    "{creator} sets {amount} aside for {owner}, to be had over time",
    "{creator} 为 {owner} 创建待解锁余额 {amount}",
  ),
  vesting_balance_withdraw: p(
    "{owner} takes {amount} out of vesting balance {vesting_balance}",
    "{owner} 从待解锁余额 {vesting_balance} 提取 {amount}",
  ),
  worker_create: p(
    "{owner} proposes the work {name} from {work_begin_date} to {work_end_date} for {daily_pay} smallest units of the core asset a day",
    "{owner} 提交工作提案 {name},{work_begin_date} 至 {work_end_date},每日报酬 {daily_pay} 最小单位",
  ),
  custom: p("{payer} writes custom data of kind {id}", "{payer} 写入自定义数据(类型 {id})"),
  assert: p(
    "{fee_paying_account} asserts {#predicates} conditions",
    "{fee_paying_account} 断言 {#predicates} 个条件",
  ),
  balance_claim: p(
    "{deposit_to_account} claims {total_claimed} of the genesis",
    "{deposit_to_account} 领取创世余额 {total_claimed}",
  ),
  override_transfer: p(
    "{issuer} moves {amount} from {from} to {to}[memo:  with a memo]",
    "{issuer} 将 {amount} 从 {from} 强制转给 {to}[memo: ,附备注]",
  ),
  transfer_to_blind: p(
    "{from} hides {amount} in {#outputs} confidential balances",
    "{from} 将 {amount} 转入 {#outputs} 个隐私余额",
  ),
  blind_transfer: p(
    "{#inputs} confidential balances become {#outputs}",
    "{#inputs} 个隐私余额转为 {#outputs} 个",
  ),
  transfer_from_blind: p(
    "{#inputs} confidential balances give {amount} to {to}",
    "{#inputs} 个隐私余额转出 {amount} 给 {to}",
  ),
  asset_settle_cancel: p(
    "the settlement {settlement} of {account} over {amount} is cancelled",
    "{account} 的清算申请 {settlement}({amount})被取消",
  ),
  asset_claim_fees: p(
    "{issuer} takes {amount_to_claim} of collected market fees",
    "{issuer} 领取市场手续费 {amount_to_claim}",
  ),
  fba_distribute: p(
    "{account_id} is given {amount} from fees {fba_id}",
    "{account_id} 获得手续费分红 {amount}({fba_id})",
  ),
  bid_collateral: p(
    "{bidder} bids {additional_collateral} of collateral for {debt_covered} of debt",
    "{bidder} 出价 {additional_collateral} 抵押以承接债务 {debt_covered}",
  ),
  execute_bid: p(
    "the bid of {bidder} is taken: {debt} of debt, {collateral} of collateral",
    "{bidder} 的抵押竞价成交:债务 {debt},抵押 {collateral}",
  ),
  asset_claim_pool: p(
    "{issuer} takes {amount_to_claim} out of the fee pool of {asset_id}",
    "{issuer} 从 {asset_id} 的手续费池取出 {amount_to_claim}",
  ),
  asset_update_issuer: p(
    "{issuer} makes {new_issuer} the issuer of {asset_to_update}",
    "{issuer} 将 {asset_to_update} 的发行人改为 {new_issuer}",
  ),
  htlc_create: p(
    "{from} locks {amount} for {to}, who must show a secret within {claim_period_seconds~}",
    "{from} 为 {to} 锁定 {amount},须在 {claim_period_seconds~} 内出示密文",
  ),
  htlc_redeem: p(
    "{redeemer} shows the secret of contract {htlc_id}",
    "{redeemer} 出示合约 {htlc_id} 的密文",
  ),
  htlc_redeemed: p(
    "contract {htlc_id} of {from} pays {amount} to {to}",
    "{from} 的合约 {htlc_id} 向 {to} 支付 {amount}",
  ),
  htlc_extend: p(
    "{update_issuer} extends contract {htlc_id} by {seconds_to_add~}",
    "{update_issuer} 将合约 {htlc_id} 延长 {seconds_to_add~}",
  ),
  htlc_refund: p(
    "contract {htlc_id} goes back to {to}: {htlc_amount}",
    "合约 {htlc_id} 到期退回 {to}:{htlc_amount}",
  ),
  custom_authority_create: p(
    "{account} gives a custom authority for operation {operation_type} from {valid_from} to {valid_to}",
    "{account} 创建自定义权限(操作 {operation_type}),{valid_from} 至 {valid_to}",
  ),
  custom_authority_update: p(
    "{account} changes the custom authority {authority_to_update}",
    "{account} 更新自定义权限 {authority_to_update}",
  ),
  custom_authority_delete: p(
    "{account} deletes the custom authority {authority_to_delete}",
    "{account} 删除自定义权限 {authority_to_delete}",
  ),
  ticket_create: p(
    "{account} locks {amount} in a ticket of kind {target_type}",
    "{account} 将 {amount} 锁入票据(类型 {target_type})",
  ),
  ticket_update: p(
    "{account} changes ticket {ticket} to kind {target_type}",
    "{account} 将票据 {ticket} 改为类型 {target_type}",
  ),
  liquidity_pool_create: p(
    "{account} opens a pool of {asset_a} and {asset_b} with shares {share_asset}, fee {taker_fee_percent%}",
    "{account} 创建 {asset_a} 与 {asset_b} 的流动性池,份额资产 {share_asset},费率 {taker_fee_percent%}",
  ),
  liquidity_pool_delete: p("{account} closes pool {pool}", "{account} 关闭流动性池 {pool}"),
  liquidity_pool_deposit: p(
    "{account} puts {amount_a} and {amount_b} into pool {pool}",
    "{account} 向流动性池 {pool} 注入 {amount_a} 和 {amount_b}",
  ),
  liquidity_pool_withdraw: p(
    "{account} gives {share_amount} back to pool {pool}",
    "{account} 向流动性池 {pool} 赎回 {share_amount}",
  ),
  liquidity_pool_exchange: p(
    "{account} exchanges {amount_to_sell} for at least {min_to_receive} in pool {pool}",
    "{account} 在流动性池 {pool} 以 {amount_to_sell} 兑换至少 {min_to_receive}",
  ),
  samet_fund_create: p(
    "{owner_account} opens a fund of {asset_type} for loans within a transaction",
    "{owner_account} 创建 {asset_type} 闪电贷资金池",
  ),
  samet_fund_delete: p("{owner_account} closes fund {fund_id}", "{owner_account} 关闭资金池 {fund_id}"),
  samet_fund_update: p(
    "{owner_account} changes fund {fund_id}[delta_amount:  by {delta_amount}]",
    "{owner_account} 更新资金池 {fund_id}[delta_amount: ,变动 {delta_amount}]",
  ),
  samet_fund_borrow: p(
    "{borrower} borrows {borrow_amount} of fund {fund_id}",
    "{borrower} 从资金池 {fund_id} 借入 {borrow_amount}",
  ),
  samet_fund_repay: p(
    "{account} repays {repay_amount} and {fund_fee} to fund {fund_id}",
    "{account} 向资金池 {fund_id} 归还 {repay_amount} 及费用 {fund_fee}",
  ),
  credit_offer_create: p(
    "{owner_account} offers loans of {asset_type} for up to {max_duration_seconds~}",
    "{owner_account} 发布 {asset_type} 借贷要约,最长 {max_duration_seconds~}",
  ),
  credit_offer_delete: p(
    "{owner_account} takes back the credit offer {offer_id}",
    "{owner_account} 撤回借贷要约 {offer_id}",
  ),
  credit_offer_update: p(
    "{owner_account} changes the credit offer {offer_id}[delta_amount:  by {delta_amount}]",
    "{owner_account} 更新借贷要约 {offer_id}[delta_amount: ,变动 {delta_amount}]",
  ),
  credit_offer_accept: p(
    "{borrower} borrows {borrow_amount} of offer {offer_id} against {collateral}",
    "{borrower} 以 {collateral} 抵押从要约 {offer_id} 借入 {borrow_amount}",
  ),
  credit_deal_repay: p(
    "{account} repays {repay_amount} and {credit_fee} of loan {deal_id}",
    "{account} 归还借贷 {deal_id} 的 {repay_amount} 及费用 {credit_fee}",
  ),
  credit_deal_expired: p(
    "the loan {deal_id} of {borrower} ran out: {unpaid_amount} unpaid, {collateral} goes to {offer_owner}",
    "{borrower} 的借贷 {deal_id} 到期:未还 {unpaid_amount},抵押 {collateral} 归 {offer_owner}",
  ),
  liquidity_pool_update: p(
    "{account} changes the fees of pool {pool}",
    "{account} 更改流动性池 {pool} 的费率",
  ),
  credit_deal_update: p(
    "{account} changes how loan {deal_id} is repaid by itself (mode {auto_repay})",
    "{account} 更改借贷 {deal_id} 的自动还款方式({auto_repay})",
  ),
  limit_order_update: p(
    "{seller} changes order {order}[new_price:  to {new_price}][delta_amount_to_sell:  by {delta_amount_to_sell}]",
    "{seller} 修改订单 {order}[new_price: ,价格 {new_price}][delta_amount_to_sell: ,数量变动 {delta_amount_to_sell}]",
  ),
  carbyne_set: p(
    "the committee changes what Carbyne adds to the chain",
    "理事会更改 Carbyne 扩展参数",
  ),
  recurring_create: p(
    "{from} orders {amount} to be paid to {to} every {interval_sec~}, {times} times",
    "{from} 设置定期付款:每 {interval_sec~} 向 {to} 支付 {amount},共 {times} 次",
  ),
  recurring_update: p(
    "{from} changes the recurring payment {recurring} to {amount} every {interval_sec~}",
    "{from} 将定期付款 {recurring} 改为每 {interval_sec~} {amount}",
  ),
  recurring_cancel: p(
    "{account} ends the recurring payment {recurring}",
    "{account} 终止定期付款 {recurring}",
  ),
  recurring_event: p(
    "a recurring payment is made or ends",
    "定期付款执行或结束",
  ),
  escrow_create: p(
    "{from} puts {amounts} in escrow for {to}[agent: , agent {agent}]",
    "{from} 为 {to} 托管 {amounts}[agent: ,仲裁人 {agent}]",
  ),
  escrow_ratify: p(
    "{who} [approve: approves][!approve: refuses] escrow {escrow}",
    "{who} [approve: 批准][!approve: 拒绝]托管 {escrow}",
  ),
  escrow_release: p(
    "{who} releases {amounts} of escrow {escrow}",
    "{who} 释放托管 {escrow} 的 {amounts}",
  ),
  escrow_split: p(
    "{from} and {to} divide escrow {escrow}: {to_receiver} and {to_sender}",
    "{from} 与 {to} 分割托管 {escrow}:{to_receiver} 与 {to_sender}",
  ),
  escrow_dispute: p(
    "{who} disputes escrow {escrow}",
    "{who} 对托管 {escrow} 提出争议",
  ),
  escrow_rule: p(
    "{agent} decides escrow {escrow}: {to_receiver} to the receiver",
    "{agent} 裁决托管 {escrow}:收款方得 {to_receiver}",
  ),
  escrow_amend: p(
    "{from} and {to} amend escrow {escrow}",
    "{from} 与 {to} 修改托管 {escrow}",
  ),
  escrow_event: p(
    "something happens to an escrow",
    "托管状态变化",
  ),
  bond_offer_create: p(
    "{creator} offers a bond over {amount}",
    "{creator} 发布债券要约 {amount}",
  ),
  bond_offer_cancel: p(
    "{creator} takes back the bond offer {offer}",
    "{creator} 撤回债券要约 {offer}",
  ),
  bond_offer_take: p(
    "{taker} takes {amount} of the bond offer {offer}",
    "{taker} 接受债券要约 {offer} 的 {amount}",
  ),
  bond_repay: p(
    "{payer} repays {amount} smallest units of bond {bond}",
    "{payer} 归还债券 {bond} 的 {amount} 最小单位",
  ),
  bond_claim: p(
    "{lender} claims the collateral of bond {bond}",
    "{lender} 取得债券 {bond} 的抵押",
  ),
  bond_amend: p(
    "{borrower} and {lender} amend bond {bond}, due {due}",
    "{borrower} 与 {lender} 修改债券 {bond},到期 {due}",
  ),
  bond_close: p(
    "{borrower} and {lender} close bond {bond}",
    "{borrower} 与 {lender} 结清债券 {bond}",
  ),
  bond_transfer: p(
    "{lender} passes bond {bond} to {to}",
    "{lender} 将债券 {bond} 转让给 {to}",
  ),
  bond_event: p(
    "something happens to a bond",
    "债券状态变化",
  ),
  option_series_create: p(
    "{creator} begins a series of options, {terms.kind} at {terms.strike} smallest units, until {terms.expiry}",
    "{creator} 创建期权系列,{terms.kind},行权价 {terms.strike} 最小单位,到期 {terms.expiry}",
  ),
  option_write: p(
    "{writer} writes {contracts} options of series {series}",
    "{writer} 卖出系列 {series} 的 {contracts} 份期权",
  ),
  option_close: p(
    "{writer} closes {contracts} options of series {series}",
    "{writer} 平仓系列 {series} 的 {contracts} 份期权",
  ),
  option_exercise: p(
    "{holder} exercises {contracts} options of series {series}: pays {pays}, gets {gets}",
    "{holder} 行使系列 {series} 的 {contracts} 份期权:付 {pays},得 {gets}",
  ),
  option_redeem: p(
    "{writer} takes what is left of options of series {series}",
    "{writer} 取回系列 {series} 期权的剩余",
  ),
  option_event: p(
    "a series of options is over",
    "期权系列结束",
  ),
  title_offer: p(
    "{account} is offered for sale for {price}[buyer: , to {buyer}]",
    "{account} 以 {price} 出售[buyer: ,买方 {buyer}]",
  ),
  title_accept: p(
    "{buyer} buys the account {account} for {price}",
    "{buyer} 以 {price} 购买账户 {account}",
  ),
  title_withdraw: p(
    "{account} is no longer for sale",
    "{account} 撤回出售",
  ),
  title_event: p(
    "the offer of an account ends",
    "账户出售要约结束",
  ),
  object_create: p(
    "{owner} creates an object of kind {kind}",
    "{owner} 创建类型为 {kind} 的物品",
  ),
  object_update: p(
    "{owner} changes the object {object}",
    "{owner} 更新物品 {object}",
  ),
  object_transfer: p(
    "{owner} gives the object {object} to {to}",
    "{owner} 将物品 {object} 转给 {to}",
  ),
  object_destroy: p(
    "{owner} destroys the object {object}",
    "{owner} 销毁物品 {object}",
  ),
  listing_create: p(
    "{seller} offers {items} for sale",
    "{seller} 出售 {items}",
  ),
  listing_buy: p(
    "{buyer} buys {items} for at most {max_price}",
    "{buyer} 以最多 {max_price} 购买 {items}",
  ),
  listing_bid: p(
    "{bidder} bids {amount} for {items}",
    "{bidder} 对 {items} 出价 {amount}",
  ),
  listing_cancel: p(
    "{seller} takes back the listing {listing}",
    "{seller} 撤回出售 {listing}",
  ),
  object_event: p(
    "something happens to an object or a listing",
    "物品或出售状态变化",
  ),
};

/** A part of a phrase: words, or a value to be shown. */
export type Part =
  | { words: string }
  | { value: unknown; field: string; as: "value" | "count" | "share" | "span" };

function at(value: any, path: string): any {
  return path.split(".").reduce((inner, name) => inner?.[name], value);
}

function isThere(value: any): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** What kind of operation it is, in words: its phrase with dots for its fields. */
export function inTitle(name: string, language: Language): string {
  const phrase = PHRASES[name]?.[language];
  if (phrase === undefined) return name;
  return phrase.replace(/\[[^\]]*\]/g, "").replace(/\{[^}]*\}/g, "…");
}

/** The parts of an operation in words; nothing for an operation that no phrase knows. */
export function inWords(name: string, fields: any, language: Language): Part[] | undefined {
  const phrase = PHRASES[name]?.[language];
  if (phrase === undefined) return undefined;
  const chosen = phrase.replace(/\[(!?)([\w.]+): ([^\]]*)\]/g, (_, not, path, words) =>
    isThere(at(fields, path)) === (not === "") ? words : "",
  );
  return chosen.split(/(\{[^}]*\})/).flatMap((part): Part[] => {
    const match = /^\{(#?)([\w.]+)([%~]?)\}$/.exec(part);
    if (!match) return part === "" ? [] : [{ words: part }];
    const [, count, path, kind] = match;
    const value = at(fields, path!);
    const as = count ? "count" : kind === "%" ? "share" : kind === "~" ? "span" : "value";
    return [{ value: count ? Object.keys(value ?? []).length : value, field: path!, as }];
  });
}
