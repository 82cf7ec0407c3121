//! Account transfer: was meant to give an account to another owner. It has no rules, so nobody can
//! send it; its fee is read as the price of creating a sub-asset.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why the operation is malformed.
    pub enum AccountTransferRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
    }
}

/// Gives an account to another owner.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountTransfer {
    /// Fee, paid by the account.
    pub fee: Asset,
    /// The account.
    pub account_id: AccountId,
    /// Its new owner.
    pub new_owner: AccountId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of the operation, in smallest units of the core asset.
    pub struct AccountTransferFee {
        /// Per operation.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for AccountTransfer {
    const NAME: &'static str = "account_transfer";
    type Fee = AccountTransferFee;

    paid_by!(account_id);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, AccountTransferRefusal::NegativeFee { fee: self.fee.amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account_id);
    }
}
