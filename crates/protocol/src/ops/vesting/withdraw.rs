//! Vesting balance withdrawal: the owner takes out what has vested.
//!
//! Signed by: the active authority of `owner`, who pays the fee. Whether the owner may hold the
//! asset is not asked: the amount is the owner's already.

use crate::Rejected;
use crate::constants::TEMP_ACCOUNT;
use crate::ids::{AccountId, VestingBalanceId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why nothing is withdrawn, whatever the state.
    pub enum VestingBalanceWithdrawRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// The temp account, which anybody may act for.
        TempAccount: "the temp account cannot withdraw",
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
