//! Vesting balance withdrawal: the owner takes out what has vested.
//!
//! Signed by: the active authority of `owner`, who pays the fee. Whether the owner may hold the
//! asset is not asked: the amount is the owner's already.

use crate::constants::TEMP_ACCOUNT;
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, VestingBalanceId};
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why nothing is withdrawn.
    pub enum VestingBalanceWithdrawRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// The temp account, which anybody may act for.
        TempAccount: "the temp account cannot withdraw",
        /// The balance is another account's.
        NotOwner { balance: VestingBalanceId, owner: AccountId }: "{balance} belongs to {owner}",
    }
}

/// Takes an amount out of a vesting balance.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct VestingBalanceWithdraw {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// The balance.
    pub vesting_balance: VestingBalanceId,
    /// Its owner.
    pub owner: AccountId,
    /// What is taken out.
    pub amount: Asset,
}

fee_parameters! {
    /// Fee of a withdrawal, in smallest units of the core asset.
    pub struct VestingBalanceWithdrawFee {
        /// Per withdrawal.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for VestingBalanceWithdraw {
    const NAME: &'static str = "vesting_balance_withdraw";
    type Fee = VestingBalanceWithdrawFee;

    paid_by!(owner);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount.amount);
        ensure!(fee >= 0, VestingBalanceWithdrawRefusal::NegativeFee { fee });
        ensure!(amount > 0, VestingBalanceWithdrawRefusal::AmountNotPositive { amount });
        ensure!(self.owner != TEMP_ACCOUNT, VestingBalanceWithdrawRefusal::TempAccount);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner);
    }
}

impl Evaluate for VestingBalanceWithdraw {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let balance = ledger.get(self.vesting_balance)?;
        ensure!(
            balance.owner == self.owner,
            VestingBalanceWithdrawRefusal::NotOwner { balance: balance.id, owner: balance.owner }
        );
        balance.check_withdraw(ledger.head_time()?, self.amount)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let now = ledger.head_time()?;
        ledger.try_modify(self.vesting_balance, |balance| balance.withdraw(now, self.amount))?;
        ledger.adjust_balance(self.owner, self.amount)?;
        Ok(OperationResult::Void)
    }
}
