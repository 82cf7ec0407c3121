//! Balances of accounts: one object per account and asset, made when first needed and never
//! removed.

use crate::Ledger;
use carbyne_objects::AccountBalance;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AssetId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_wire::{Id, Text};

refusals! {
    /// Why a balance does not change.
    pub enum BalanceRefusal {
        /// The account never had any of what it is to give.
        None { account: Text, needs: String, has: String }: "{account} has {has}, not {needs}",
        /// The account has less than it is to give.
        Insufficient { account: Text, needs: String, has: String }:
            "{account} has {has}, not {needs}",
    }
}

impl Ledger {
    /// What an account has of an asset, in its smallest units.
    pub fn balance(&self, account: AccountId, asset: AssetId) -> i64 {
        self.balance_object(account, asset).map_or(0, |balance| balance.balance)
    }

    fn balance_object(&self, account: AccountId, asset: AssetId) -> Option<&AccountBalance> {
        self.find(self.balance_id(account, asset)?)
    }

    /// Where it is said what an account has of an asset, if it ever had any.
    #[inline]
    pub(crate) fn balance_id(
        &self,
        account: AccountId,
        asset: AssetId,
    ) -> Option<AccountBalanceId> {
        self.tables.balances.index().find(account, asset).map(Id)
    }

    /// Adds `delta`, which may be negative, to what an account has.
    pub fn adjust_balance(&mut self, account: AccountId, delta: Asset) -> Result<(), Rejected> {
        if delta.amount == 0 {
            return Ok(());
        }
        let place = self.balance_id(account, delta.asset_id);
        self.adjust_balance_at(place, account, delta)
    }

    /// The same where [`Ledger::balance_id`] was asked already, of another amount than nothing.
    pub(crate) fn adjust_balance_at(
        &mut self,
        place: Option<AccountBalanceId>,
        account: AccountId,
        delta: Asset,
    ) -> Result<(), Rejected> {
        let Some(place) = place else {
            ensure!(delta.amount > 0, self.insufficient(account, None, delta));
            self.create::<AccountBalanceId>(AccountBalance::new(account, delta));
            return Ok(());
        };
        let changed = self.modify(place, |object| {
            let sum = object.balance.plus(delta.amount)?;
            if sum < 0 && delta.amount < 0 {
                return Ok(Some(object.balance));
            }
            object.balance = sum;
            if delta.asset_id == CORE {
                object.maintenance_flag = true;
            }
            Ok::<_, Rejected>(None)
        });
        match changed?? {
            None => Ok(()),
            Some(has) => Err(self.insufficient(account, Some(has), delta)),
        }
    }

    /// The refusal to take `delta` from what an account has.
    fn insufficient(&self, account: AccountId, has: Option<i64>, delta: Asset) -> Rejected {
        let pretty = |amount: i64| {
            self.find(delta.asset_id)
                .map_or_else(|| amount.to_string(), |asset| asset.pretty(amount))
        };
        let name = self.find(account).map(|account| account.name.clone()).unwrap_or_default();
        let (needs, had) = (pretty(delta.amount.wrapping_neg()), pretty(has.unwrap_or_default()));
        match has {
            None => BalanceRefusal::None { account: name, needs, has: had }.into(),
            Some(_) => BalanceRefusal::Insufficient { account: name, needs, has: had }.into(),
        }
    }
}
