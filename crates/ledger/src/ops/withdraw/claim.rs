//! Withdraw permission claim: takes an amount that a withdraw permission allows, with an optional encrypted memo.
//!
//! Signed by: the active authority of `withdraw_to_account`, who pays the fee. The fee has a part per 1,024 bytes of
//! memo.

use super::WithdrawRefusal;
use crate::Rejected;
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, WithdrawPermissionId};
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::transfer::Memo;
use carbyne_wire::{FlatSet, Pack, Wire};

/// Takes an amount that a withdraw permission allows.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WithdrawPermissionClaim {
    /// Fee.
    pub fee: Asset,
    /// The permission.
    pub withdraw_permission: WithdrawPermissionId,
    /// Account that gives.
    pub withdraw_from_account: AccountId,
    /// Account that takes.
    pub withdraw_to_account: AccountId,
    /// What is taken.
    pub amount_to_withdraw: Asset,
    /// A message for the account that gives.
    pub memo: Option<Box<Memo>>,
}

fee_parameters! {
    /// Fee of a withdrawal, in smallest units of the core asset.
    pub struct WithdrawPermissionClaimFee {
        /// Per withdrawal.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of memo.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for WithdrawPermissionClaim {
    const NAME: &'static str = "withdraw_permission_claim";
    type Fee = WithdrawPermissionClaimFee;

    fn fee(&self) -> Asset {
        self.fee
    }

    fn fee_mut(&mut self) -> &mut Asset {
        &mut self.fee
    }

    fn fee_payer(&self) -> AccountId {
        self.withdraw_to_account
    }

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        match &self.memo {
            None => Ok(fee.fee as i64),
            Some(_) => {
                (fee.fee as i64).plus(data_fee(self.memo.packed_len(), fee.price_per_kbyte.into())?)
            }
        }
    }

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount_to_withdraw.amount);
        let account = self.withdraw_to_account;
        ensure!(account != self.withdraw_from_account, WithdrawRefusal::ToItself { account });
        ensure!(amount > 0, WithdrawRefusal::AmountNotPositive { amount });
        ensure!(fee >= 0, WithdrawRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_to_account, self.withdraw_from_account]);
    }
}
