//! Liquidity pool deposit: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::pool::deposit`].

use super::{LiquidityPoolRefusal, check_all_authorized, check_asset};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::ledger::LedgerRefusal;
use crate::reference_words as asked;
use carbyne_objects::{AssetObject, LiquidityPool};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::pool::deposit::LiquidityPoolDeposit;
use carbyne_protocol::ops::{ExchangeResult, OperationResult};
use carbyne_protocol::proportion::{proportion, proportion_up};

/// What a deposit puts in, and the new shares for it.
#[derive(Clone, Copy, Debug)]
pub struct Deposit {
    pool_receives_a: Asset,
    pool_receives_b: Asset,
    account_receives: Asset,
}

/// Sets the ratio: as many shares as there is of the larger amount.
fn initial(operation: &LiquidityPoolDeposit, share: &AssetObject) -> Result<Deposit, Rejected> {
    let shares = operation.amount_a.amount.max(operation.amount_b.amount);
    let max_supply = share.options.max_supply;
    ensure!(
        shares <= max_supply,
        LiquidityPoolRefusal::InitialDepositTooLarge { shares, max_supply }
    );
    Ok(Deposit {
        pool_receives_a: operation.amount_a,
        pool_receives_b: operation.amount_b,
        account_receives: share.amount(shares),
    })
}

/// How many shares there are; more may be made, the first ones only by the owner.
fn check_supply(
    operation: &LiquidityPoolDeposit,
    ledger: &Ledger,
    share: &AssetObject,
    is_first: bool,
) -> Result<i64, Rejected> {
    let asked = asked::pool::SHARE_NEW_SUPPLY;
    ensure!(
        share.can_create_new_supply(),
        LiquidityPoolRefusal::NoNewSupply { share_asset: share.id, asked }
    );
    let (account, owner) = (operation.account, share.issuer);
    let asked = asked::pool::INITIAL_OWNER;
    ensure!(
        !is_first || account == owner,
        LiquidityPoolRefusal::NotOwner { account, owner, asked }
    );
    Ok(ledger.get(share.dynamic_asset_data_id)?.current_supply)
}

/// As many shares as both amounts allow, and for them no more of either than the ratio asks
/// for, rounded up.
fn further(
    operation: &LiquidityPoolDeposit,
    pool: &LiquidityPool,
    share: &AssetObject,
    supply: i64,
) -> Result<Deposit, Rejected> {
    let (balance_a, balance_b) = (pool.balance_a as u128, pool.balance_b as u128);
    let wide_supply = supply as u128;
    let for_a = proportion(wide_supply, operation.amount_a.amount as u128, balance_a);
    let for_b = proportion(wide_supply, operation.amount_b.amount as u128, balance_b);
    let max_new = share.options.max_supply.minus(supply)? as u128;
    let shares = for_a.min(for_b).min(max_new);
    ensure!(shares > 0, LiquidityPoolRefusal::ZeroOutcome { asked: asked::pool::DEPOSIT_OUTCOME });
    let part = |balance: u128| proportion_up(shares, balance, wide_supply) as i64;
    Ok(Deposit {
        pool_receives_a: Asset::new(part(balance_a), pool.asset_a),
        pool_receives_b: Asset::new(part(balance_b), pool.asset_b),
        account_receives: share.amount(shares as i64),
    })
}

impl Evaluate for LiquidityPoolDeposit {
    type Plan = Deposit;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Deposit, Rejected> {
        let pool = ledger.get(self.pool)?;
        let asked = asked::pool::DEPOSIT_ASSET_A;
        check_asset(self.amount_a.asset_id, pool.asset_a, asked)?;
        let asked = asked::pool::DEPOSIT_ASSET_B;
        check_asset(self.amount_b.asset_id, pool.asset_b, asked)?;
        let share = ledger.get(pool.share_asset)?;
        let is_empty = pool.is_empty();
        let supply = check_supply(self, ledger, share, is_empty)?;
        let what = "a pool has shares and no balance, or a balance and no shares";
        ensure!(
            is_empty == (supply == 0) && (is_empty || (pool.balance_a > 0 && pool.balance_b > 0)),
            LedgerRefusal::Contradiction { what }
        );
        let asked = asked::pool::SHARE_MAX_SUPPLY;
        ensure!(
            supply < share.options.max_supply,
            LiquidityPoolRefusal::NoNewSupply { share_asset: share.id, asked }
        );
        check_all_authorized(ledger, self.account, pool)?;
        if is_empty { initial(self, share) } else { further(self, pool, share, supply) }
    }

    fn apply(
        &self,
        plan: Deposit,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let Deposit { pool_receives_a, pool_receives_b, account_receives } = plan;
        ledger.adjust_balance(self.account, pool_receives_a.negated())?;
        ledger.adjust_balance(self.account, pool_receives_b.negated())?;
        ledger.adjust_balance(self.account, account_receives)?;
        ledger.try_modify(self.pool, |pool| {
            let balance_a = pool.balance_a.plus(pool_receives_a.amount)?;
            pool.set_balances(balance_a, pool.balance_b.plus(pool_receives_b.amount)?);
            Ok(())
        })?;
        let shares = ledger.get(account_receives.asset_id)?.dynamic_asset_data_id;
        ledger.try_modify(shares, |shares| {
            shares.current_supply = shares.current_supply.plus(account_receives.amount)?;
            Ok(())
        })?;
        Ok(OperationResult::Exchange(Box::new(ExchangeResult {
            paid: vec![pool_receives_a, pool_receives_b],
            received: vec![account_receives],
            fees: vec![],
        })))
    }
}
