//! Liquidity pool withdraw: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::withdraw`].

use super::{LiquidityPoolRefusal, check_all_authorized, check_asset};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::LiquidityPool;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::pool::withdraw::LiquidityPoolWithdraw;
use carbyne_protocol::ops::{ExchangeResult, OperationResult};
use carbyne_protocol::proportion::{basis_points, proportion};

/// What a withdrawal takes out of one asset and what of it stays as a fee, in smallest units.
#[derive(Clone, Copy, Debug)]
struct Part {
    pays: i64,
    fee: i64,
}

impl Part {
    /// The part that `shares` of `supply` have of `balance`, less `fee_percent` basis points, both
    /// rounded down.
    fn of(balance: i64, shares: i64, supply: i64, fee_percent: u16) -> Self {
        if shares == supply {
            return Self { pays: balance, fee: 0 };
        }
        let gross = proportion(shares as u128, balance as u128, supply as u128);
        let fee = basis_points(gross, fee_percent);
        Self { pays: gross.saturating_sub(fee) as i64, fee: fee as i64 }
    }
}

/// What a withdrawal takes out of a pool.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal {
    part_a: Part,
    part_b: Part,
}

fn parts(
    operation: &LiquidityPoolWithdraw,
    pool: &LiquidityPool,
    supply: i64,
) -> Result<Withdrawal, Rejected> {
    let (shares, percent) = (operation.share_amount.amount, pool.withdrawal_fee_percent);
    ensure!(supply >= shares, LiquidityPoolRefusal::SharesAboveSupply { shares, supply });
    let part = |balance: i64| Part::of(balance, shares, supply, percent);
    let (part_a, part_b) = (part(pool.balance_a), part(pool.balance_b));
    let asked = asked::pool::WITHDRAW_OUTCOME;
    ensure!(part_a.pays > 0 || part_b.pays > 0, LiquidityPoolRefusal::ZeroOutcome { asked });
    Ok(Withdrawal { part_a, part_b })
}

impl Evaluate for LiquidityPoolWithdraw {
    type Plan = Withdrawal;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Withdrawal, Rejected> {
        let pool = ledger.get(self.pool)?;
        let asked = asked::pool::WITHDRAW_ASSET;
        check_asset(self.share_amount.asset_id, pool.share_asset, asked)?;
        ensure!(
            pool.balance_a > 0 && pool.balance_b > 0,
            LiquidityPoolRefusal::Empty { pool: pool.id }
        );
        check_all_authorized(ledger, self.account, pool)?;
        let share = ledger.get(pool.share_asset)?;
        parts(self, pool, ledger.get(share.dynamic_asset_data_id)?.current_supply)
    }

    fn apply(
        &self,
        Withdrawal { part_a, part_b }: Withdrawal,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let (asset_a, asset_b) = {
            let pool = ledger.get(self.pool)?;
            (pool.asset_a, pool.asset_b)
        };
        let pays = [Asset::new(part_a.pays, asset_a), Asset::new(part_b.pays, asset_b)];
        ledger.adjust_balance(self.account, self.share_amount.negated())?;
        for amount in pays {
            ledger.adjust_balance(self.account, amount)?;
        }
        let shares = ledger.get(self.share_amount.asset_id)?.dynamic_asset_data_id;
        ledger.try_modify(shares, |shares| {
            shares.current_supply = shares.current_supply.minus(self.share_amount.amount)?;
            Ok(())
        })?;
        ledger.try_modify(self.pool, |pool| {
            let balance_a = pool.balance_a.minus(part_a.pays)?;
            pool.set_balances(balance_a, pool.balance_b.minus(part_b.pays)?);
            Ok(())
        })?;
        Ok(OperationResult::Exchange(Box::new(ExchangeResult {
            paid: vec![self.share_amount],
            received: pays.to_vec(),
            fees: vec![Asset::new(part_a.fee, asset_a), Asset::new(part_b.fee, asset_b)],
        })))
    }
}
