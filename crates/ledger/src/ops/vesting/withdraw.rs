//! Vesting balance withdrawal: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::vesting::withdraw`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::vesting::check_withdraw;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, VestingBalanceId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::vesting::withdraw::VestingBalanceWithdraw;

refusals! {
    /// Why nothing is withdrawn.
    pub enum VestingBalanceWithdrawRefusal {
        /// The balance is another account's.
        NotOwner { balance: VestingBalanceId, owner: AccountId }: "{balance} belongs to {owner}",
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
        check_withdraw(balance, ledger.head_time()?, self.amount)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let now = ledger.head_time()?;
        ledger.try_modify(self.vesting_balance, |balance| balance.withdraw(now, self.amount))?;
        ledger.adjust_balance(self.owner, self.amount)?;
        Ok(OperationResult::Void)
    }
}
