//! Liquidity pool exchange: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::exchange`].

use super::LiquidityPoolRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ledger::LedgerRefusal;
use crate::market::fees::{calculate_market_fee, pay_market_fees};
use crate::ops::pool::LiquidityPoolRefusal::{MarketBlacklisted, MarketNotWhitelisted};
use crate::reference_words as asked;
use carbyne_objects::{AssetObject, LiquidityPool};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::pool::exchange::LiquidityPoolExchange;
use carbyne_protocol::ops::{ExchangeResult, OperationResult};
use carbyne_protocol::proportion::basis_points;

/// The amounts of an exchange.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What is sold less the maker's market fee.
    pool_receives: Asset,
    /// What leaves the pool.
    pool_pays: Asset,
    /// What stays in the pool as its fee.
    pool_taker_fee: Asset,
    maker_market_fee: Asset,
    taker_market_fee: Asset,
    /// What leaves the pool less the taker's market fee.
    account_receives: Asset,
}

/// Refuses a pair that one of its assets does not let be traded.
fn check_markets(a: &AssetObject, b: &AssetObject) -> Result<(), Rejected> {
    for (asset, other, of, with) in [('a', 'b', a, b), ('b', 'a', b, a)] {
        let (white, black) = (&of.options.whitelist_markets, &of.options.blacklist_markets);
        let (market, symbol) = (|| format!("{}:{}", a.symbol, b.symbol), || of.symbol.clone());
        if !white.is_empty() && !white.contains(&with.id) {
            let (market, symbol) = (market(), symbol());
            return Err(MarketNotWhitelisted { asset, other, market, symbol }.into());
        }
        if black.contains(&with.id) {
            let (market, symbol) = (market(), symbol());
            return Err(MarketBlacklisted { asset, other, market, symbol }.into());
        }
    }
    Ok(())
}

fn check_assets(
    operation: &LiquidityPoolExchange,
    ledger: &Ledger,
    pool: &LiquidityPool,
) -> Result<(), Rejected> {
    let (asset_a, asset_b) = (pool.asset_a, pool.asset_b);
    let (sell, receive) = (operation.amount_to_sell.asset_id, operation.min_to_receive.asset_id);
    ensure!(
        (sell, receive) == (asset_a, asset_b) || (sell, receive) == (asset_b, asset_a),
        LiquidityPoolRefusal::MarketMismatch { sell, receive }
    );
    let asked = asked::pool::EXCHANGE_ASSET_A;
    check_authorized(ledger, operation.account, asset_a, asked)?;
    let asked = asked::pool::EXCHANGE_ASSET_B;
    check_authorized(ledger, operation.account, asset_b, asked)?;
    check_markets(ledger.get(asset_a)?, ledger.get(asset_b)?)
}

/// What leaves the pool for `pool_receives` of the asset that is sold, before the pool's own
/// fee.
fn delta(
    operation: &LiquidityPoolExchange,
    pool: &LiquidityPool,
    pool_receives: i64,
) -> Result<u128, Rejected> {
    let sells_a = operation.amount_to_sell.asset_id == pool.asset_a;
    let (into, from) =
        if sells_a { (pool.balance_a, pool.balance_b) } else { (pool.balance_b, pool.balance_a) };
    let new_into = into.plus(pool_receives)? as u128;
    let new_from = pool.virtual_value.div_ceil(new_into);
    let what = "a pool gives more than it has";
    Ok((from as u128).checked_sub(new_from).ok_or(LedgerRefusal::Contradiction { what })?)
}

impl Evaluate for LiquidityPoolExchange {
    type Plan = Exchange;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Exchange, Rejected> {
        let pool = ledger.get(self.pool)?;
        ensure!(
            pool.balance_a > 0 && pool.balance_b > 0,
            LiquidityPoolRefusal::Empty { pool: pool.id }
        );
        check_assets(self, ledger, pool)?;
        let (sell, receive) = (self.amount_to_sell, self.min_to_receive.asset_id);
        let maker_market_fee = calculate_market_fee(ledger, sell.asset_id, sell, true)?;
        let (fee, amount) = (maker_market_fee.amount, sell.amount);
        ensure!(fee < amount, LiquidityPoolRefusal::MakerFeeTooLarge { fee, amount });
        let pool_receives = sell.minus(maker_market_fee)?;

        let delta = delta(self, pool, pool_receives.amount)?;
        let taker_fee = basis_points(delta, pool.taker_fee_percent);
        let pool_taker_fee = Asset::new(taker_fee as i64, receive);
        let pool_pays = Asset::new(delta as i64, receive).minus(pool_taker_fee)?;

        let taker_market_fee = calculate_market_fee(ledger, receive, pool_pays, false)?;
        let account_receives = pool_pays.minus(taker_market_fee)?;
        let (receives, min_to_receive) = (account_receives.amount, self.min_to_receive.amount);
        ensure!(
            receives >= min_to_receive,
            LiquidityPoolRefusal::UnfillablePrice { receives, min_to_receive }
        );
        Ok(Exchange {
            pool_receives,
            pool_pays,
            pool_taker_fee,
            maker_market_fee,
            taker_market_fee,
            account_receives,
        })
    }

    fn apply(
        &self,
        plan: Exchange,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let (sell, receive) = (self.amount_to_sell, plan.pool_pays.asset_id);
        ledger.adjust_balance(self.account, sell.negated())?;
        ledger.adjust_balance(self.account, plan.account_receives)?;
        // The pool stands for its owner: who brought the owner shares the fee of the maker.
        let owner = ledger.get(ledger.get(self.pool)?.share_asset)?.issuer;
        let (maker_fee, taker_fee) = (plan.maker_market_fee, plan.taker_market_fee);
        pay_market_fees(ledger, Some(owner), sell.asset_id, sell, true, Some(maker_fee))?;
        let taker = Some(self.account);
        pay_market_fees(ledger, taker, receive, plan.pool_pays, false, Some(taker_fee))?;
        let (receives, pays) = (plan.pool_receives.amount, plan.pool_pays.amount);
        ledger.try_modify(self.pool, |pool| {
            if sell.asset_id == pool.asset_a {
                pool.set_balances(pool.balance_a.plus(receives)?, pool.balance_b.minus(pays)?);
            } else {
                pool.set_balances(pool.balance_a.minus(pays)?, pool.balance_b.plus(receives)?);
            }
            Ok(())
        })?;
        Ok(OperationResult::Exchange(Box::new(ExchangeResult {
            paid: vec![sell],
            received: vec![plan.account_receives],
            fees: vec![maker_fee, taker_fee, plan.pool_taker_fee],
        })))
    }
}
