//! Asset settle: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::settle`].

use super::{AssetRefusal, check_market_issued};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::feeds::update_bitasset_current_feed;
use crate::ledger::LedgerRefusal;
use crate::market::fees::{accumulate_collateral_fee, pay_market_fees};
use crate::market::{BlackSwan, apply_force_settlement, check_call_orders};
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetObject, ForceSettlement};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, AssetId, ForceSettlementId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::asset::settle::AssetSettle;
use carbyne_protocol::ops::{ExtendableResult, OperationResult};
use carbyne_wire::Id;

refusals! {
    /// Why a settlement is refused.
    pub enum AssetSettleRefusal {
        /// The flags forbid it and there is no fund.
        Disabled { asset: AssetId }:
            "{asset} cannot be settled: the flags forbid it and there is no fund that could pay",
        /// A prediction market whose event is not decided.
        NotDecided { asset: AssetId }: "{asset} is a prediction market that is not decided yet",
        /// No price and no fund.
        NoFeed { asset: AssetId } [INSUFFICIENT_FEEDS]:
            "{asset} has no price feed and no fund that could pay",
        /// An amount that a settled SmartCoin's fund gives nothing for.
        TooSmallForFund { amount: i64 } [UNSPECIFIED]:
            "{amount} is too small to get anything from the settlement fund",
        /// An amount that the fund of individual settlements gives nothing for.
        TooSmall { amount: i64 }: "{amount} is too small to get anything from the fund",
    }
}

/// What a settlement gives and gets before fees.
#[derive(Clone, Copy, Debug)]
struct Redemption {
    pays: Asset,
    receives: Asset,
}

fn check_kind(asset: &AssetObject, bitasset: &AssetBitassetData) -> Result<(), Rejected> {
    let id = asset.id;
    let has_fund = bitasset.is_globally_settled() || bitasset.is_individually_settled_to_fund();
    ensure!(asset.can_force_settle() || has_fund, AssetSettleRefusal::Disabled { asset: id });
    if bitasset.is_prediction_market {
        let is_decided = bitasset.is_globally_settled();
        ensure!(is_decided, AssetSettleRefusal::NotDecided { asset: id });
    } else {
        let has_price = !bitasset.current_feed.settlement_price.is_null();
        ensure!(has_price || has_fund, AssetSettleRefusal::NoFeed { asset: id });
    }
    Ok(())
}

/// Redeems from the fund of a globally settled SmartCoin: its last holder gets all that is
/// left.
fn redeem_from_global_fund(
    operation: &AssetSettle,
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<ExtendableResult, Rejected> {
    let redemption = price_of_global_fund(operation, ledger, ledger.get(bitasset)?)?;
    let Redemption { pays, receives } = redemption;
    ledger.adjust_balance(operation.account, pays.negated())?;
    if receives.amount == 0 {
        ledger.adjust_supply(pays.negated())?;
        let nothing = Asset::new(0, receives.asset_id);
        return Ok(result(pays, nothing, None, nothing));
    }
    ledger.try_modify(bitasset, |data| {
        data.settlement_fund = data.settlement_fund.minus(receives.amount)?;
        Ok(())
    })?;
    let result = pay_out(operation, ledger, bitasset, redemption)?;
    ledger.adjust_supply(pays.negated())?;
    Ok(result)
}

fn price_of_global_fund(
    operation: &AssetSettle,
    ledger: &Ledger,
    bitasset: &AssetBitassetData,
) -> Result<Redemption, Rejected> {
    let asset = ledger.get(bitasset.asset_id)?;
    let supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
    let fund = bitasset.settlement_fund;
    let is_last = operation.amount.amount == supply;
    let receives = match is_last {
        true => Asset::new(fund, bitasset.options.short_backing_asset),
        false => operation.amount.times(bitasset.settlement_price)?,
    };
    let needs = receives.amount;
    let what = "a settlement fund gives more than it has";
    ensure!(needs <= fund, LedgerRefusal::Contradiction { what });
    ensure!(
        needs != 0 || bitasset.is_prediction_market,
        AssetSettleRefusal::TooSmallForFund { amount: operation.amount.amount }
    );
    let pays = match is_last || needs == 0 {
        true => operation.amount,
        false => receives.times_round_up(bitasset.settlement_price)?,
    };
    Ok(Redemption { pays, receives })
}

/// Redeems from the fund that individual settlements left.
fn redeem_from_individual_fund(
    operation: &AssetSettle,
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
) -> Result<ExtendableResult, Rejected> {
    let redemption = price_of_individual_fund(operation, ledger.get(bitasset)?)?;
    let Redemption { pays, receives } = redemption;
    ledger.adjust_balance(operation.account, pays.negated())?;
    let old_price = ledger.try_modify(bitasset, |data| {
        let (debt, fund) = (data.individual_settlement_debt, data.individual_settlement_fund);
        data.individual_settlement_debt = debt.minus(pays.amount)?;
        data.individual_settlement_fund = fund.minus(receives.amount)?;
        Ok(data.current_feed.settlement_price)
    })?;
    ledger.adjust_supply(pays.negated())?;
    let result = pay_out(operation, ledger, bitasset, redemption)?;
    update_bitasset_current_feed(ledger, bitasset, true)?;
    let data = ledger.get(bitasset)?;
    let is_empty = data.individual_settlement_debt == 0;
    if is_empty && old_price != data.current_feed.settlement_price {
        check_call_orders(ledger, operation.amount.asset_id, BlackSwan::Allowed)?;
    }
    Ok(result)
}

fn price_of_individual_fund(
    operation: &AssetSettle,
    data: &AssetBitassetData,
) -> Result<Redemption, Rejected> {
    let amount = operation.amount.amount;
    if amount >= data.individual_settlement_debt {
        let backing = data.options.short_backing_asset;
        return Ok(Redemption {
            pays: Asset::new(data.individual_settlement_debt, data.asset_id),
            receives: Asset::new(data.individual_settlement_fund, backing),
        });
    }
    let price = data.individual_settlement_price()?;
    let receives = operation.amount.times(price)?;
    ensure!(receives.amount > 0, AssetSettleRefusal::TooSmall { amount });
    Ok(Redemption { pays: receives.times_round_up(price)?, receives })
}

/// Pays collateral from a fund to the account, after the issuers of the SmartCoin and of the
/// collateral had their fees.
fn pay_out(
    operation: &AssetSettle,
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    Redemption { pays, receives }: Redemption,
) -> Result<ExtendableResult, Rejected> {
    let collateral_fee = collateral_fee(ledger.get(bitasset)?, pays, receives)?;
    let mut received = receives;
    if let Some(fee) = collateral_fee {
        accumulate_collateral_fee(ledger, pays.asset_id, fee.amount)?;
        received = received.minus(fee)?;
    }
    let account = Some(operation.account);
    let market_fee = pay_market_fees(ledger, account, received.asset_id, received, false, None)?;
    received = received.minus(market_fee)?;
    if received.amount > 0 {
        ledger.adjust_balance(operation.account, received)?;
    }
    Ok(result(pays, received, collateral_fee, market_fee))
}

/// Leaves what no fund took as an order that waits, and lets it meet positions that are being
/// called.
fn order_settlement(
    operation: &AssetSettle,
    ledger: &mut Ledger,
    bitasset: AssetBitassetDataId,
    balance: Asset,
) -> Result<ForceSettlementId, Rejected> {
    ledger.adjust_balance(operation.account, balance.negated())?;
    let delay = ledger.get(bitasset)?.options.force_settlement_delay_sec;
    let settlement_date = ledger.head_time()?.wrapping_add(delay);
    let owner = operation.account;
    let order = ledger.create(ForceSettlement { id: Id(0), owner, balance, settlement_date });
    apply_force_settlement(ledger, order)?;
    Ok(order)
}

/// A fund pays no more than a margin call would; the difference is the issuer's.
fn collateral_fee(
    bitasset: &AssetBitassetData,
    pays: Asset,
    receives: Asset,
) -> Result<Option<Asset>, Rejected> {
    if bitasset.is_prediction_market || bitasset.current_feed.settlement_price.is_null() {
        return Ok(None);
    }
    let price = bitasset.margin_call_order_price()?;
    // Where the product does not fit, a margin call would pay more than there is, and no fee is
    // left.
    let Ok(limit) = pays.times_round_up(price) else { return Ok(None) };
    let fee = receives.minus(limit)?;
    Ok((fee.amount > 0).then_some(fee))
}

fn result(
    paid: Asset,
    received: Asset,
    collateral_fee: Option<Asset>,
    market_fee: Asset,
) -> ExtendableResult {
    ExtendableResult {
        paid: Some(vec![paid]),
        received: Some(vec![received]),
        fees: Some(collateral_fee.into_iter().chain([market_fee]).collect()),
        ..ExtendableResult::default()
    }
}

impl Evaluate for AssetSettle {
    type Plan = AssetBitassetDataId;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let asset = ledger.get(self.amount.asset_id)?;
        check_market_issued(asset, asked::asset::SETTLE_MARKET_ISSUED)?;
        let bitasset = ledger.bitasset(asset)?;
        check_kind(asset, bitasset)?;
        let account = self.account;
        let (has, needs) = (ledger.balance(account, asset.id), self.amount.amount);
        let asked = asked::asset::SETTLE_BALANCE;
        ensure!(has >= needs, AssetRefusal::InsufficientBalance { account, has, needs, asked });
        check_authorized(ledger, account, asset.id, asked::asset::SETTLE_ASSET)?;
        check_authorized(
            ledger,
            account,
            bitasset.options.short_backing_asset,
            asked::asset::SETTLE_BACKING,
        )?;
        Ok(bitasset.id)
    }

    fn apply(
        &self,
        bitasset: Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        if ledger.get(bitasset)?.is_globally_settled() {
            let result = redeem_from_global_fund(self, ledger, bitasset)?;
            return Ok(OperationResult::Extendable(Box::new(result)));
        }
        let mut result = ExtendableResult::default();
        let mut left = self.amount;
        if ledger.get(bitasset)?.is_individually_settled_to_fund() {
            result = redeem_from_individual_fund(self, ledger, bitasset)?;
            for paid in result.paid.iter().flatten() {
                left = left.minus(*paid)?;
            }
            let has_fund = ledger.get(bitasset)?.is_individually_settled_to_fund();
            if has_fund || !ledger.get(left.asset_id)?.can_force_settle() {
                return Ok(OperationResult::Extendable(Box::new(result)));
            }
        }
        let has_price = !ledger.get(bitasset)?.current_feed.settlement_price.is_null();
        if left.amount != 0 && has_price {
            let order = order_settlement(self, ledger, bitasset, left)?;
            result.new_objects = Some([order.into()].into_iter().collect());
        }
        Ok(OperationResult::Extendable(Box::new(result)))
    }
}
