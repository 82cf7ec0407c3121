//! SameT fund borrow: takes an amount out of a fund, which must be repaid before the transaction
//! ends.
//!
//! Signed by: the active authority of `borrower`, who pays the fee.

use super::SametFundRefusal;
use crate::Rejected;
use crate::ids::{AccountId, SametFundId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Borrows from a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundBorrow {
    /// Fee.
    pub fee: Asset,
    /// Account that borrows.
    pub borrower: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// What is borrowed.
    pub borrow_amount: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of borrowing, in smallest units of the core asset.
    pub struct SametFundBorrowFee {
        /// Each time.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundBorrow {
    const NAME: &'static str = "samet_fund_borrow";
    type Fee = SametFundBorrowFee;

    paid_by!(borrower);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.borrow_amount.amount);
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        let asked = asked::samet::BORROW_AMOUNT;
        ensure!(amount > 0, SametFundRefusal::AmountNotPositive { amount, asked });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.borrower);
    }
}
