//! SameT fund create: sets an amount aside for anybody to borrow within one transaction.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee.

use super::SametFundRefusal;
use crate::Rejected;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Makes a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the fund.
    pub owner_account: AccountId,
    /// The asset in the fund.
    pub asset_type: AssetId,
    /// What is put into it, in smallest units.
    pub balance: i64,
    /// Fee on what is borrowed, in millionths.
    pub fee_rate: u32,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a fund, in smallest units of the core asset.
    pub struct SametFundCreateFee {
        /// Per fund.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundCreate {
    const NAME: &'static str = "samet_fund_create";
    type Fee = SametFundCreateFee;

    paid_by!(owner_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.balance);
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        let asked = asked::samet::BALANCE;
        ensure!(amount > 0, SametFundRefusal::AmountNotPositive { amount, asked });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}
