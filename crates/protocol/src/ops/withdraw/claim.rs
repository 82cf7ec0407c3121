//! Withdraw permission claim: takes an amount that a withdraw permission allows, with an optional
//! encrypted memo.
//!
//! Signed by: the active authority of `withdraw_to_account`, who pays the fee. The fee has a part
//! per 1,024 bytes of memo.

use super::{WithdrawRefusal, check_fee};
use crate::Rejected;
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::{AccountId, WithdrawPermissionId};
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::transfer::Memo;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

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

    paid_by!(withdraw_to_account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(memo_fee(&self.memo, fee.price_per_kbyte)?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let (account, amount) = (self.withdraw_to_account, self.amount_to_withdraw.amount);
        let asked = asked::withdraw::CLAIM_PARTIES;
        ensure!(
            account != self.withdraw_from_account,
            WithdrawRefusal::ToItself { account, asked }
        );
        let asked = asked::withdraw::CLAIM_AMOUNT;
        ensure!(amount > 0, WithdrawRefusal::AmountNotPositive { amount, asked });
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.withdraw_to_account, self.withdraw_from_account]);
    }
}
