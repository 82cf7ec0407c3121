//! Balances of accounts: one object per account and asset, made when first needed and never removed.

use crate::constants::CORE;
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::objects::AccountBalance;
use crate::{Ledger, Rejected};

refusals! {
    /// Why a balance does not change.
    pub enum BalanceRefusal {
        /// The account has less than it is to give.
        Insufficient { account: AccountId, asset: AssetId, has: i64, needs: i64 }:
            "Insufficient Balance: {account}'s balance of {has} of {asset} is less than required {needs}",
    }
}

impl Ledger {
    /// What an account has of an asset, in its smallest units.
    pub fn balance(&self, account: AccountId, asset: AssetId) -> i64 {
        self.balance_object(account, asset).map_or(0, |balance| balance.balance)
    }

    fn balance_object(&self, account: AccountId, asset: AssetId) -> Option<&AccountBalance> {
        let table = &self.tables.balances;
        table.get(table.index().find(account, asset)?)
    }

    /// Adds `delta`, which may be negative, to what an account has.
    pub fn adjust_balance(&mut self, account: AccountId, delta: Asset) -> Result<(), Rejected> {
        if delta.amount == 0 {
            return Ok(());
        }
        let asset = delta.asset_id;
        let insufficient = |has: i64| {
            Rejected::from(BalanceRefusal::Insufficient {
                account,
                asset,
                has,
                needs: delta.amount.wrapping_neg(),
            })
        };
        let table = &mut self.tables.balances;
        let Some(instance) = table.index().find(account, asset) else {
            ensure!(delta.amount > 0, insufficient(0));
            table.create(AccountBalance::new(account, delta));
            return Ok(());
        };
        let changed = table.modify(instance, |object| {
            let sum = object.balance.plus(delta.amount)?;
            ensure!(sum >= 0 || delta.amount > 0, insufficient(object.balance));
            object.balance = sum;
            if asset == CORE {
                object.maintenance_flag = true;
            }
            Ok(())
        });
        changed.unwrap_or_else(|| Err(insufficient(0)))
    }
}
