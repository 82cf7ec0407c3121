//! SameT fund repay: pays back what was borrowed in this transaction, with the fund's fee. Anybody
//! may.
//!
//! Signed by: the active authority of `account`, who pays the fee.

use super::{SametFundRefusal, check_asset, concerns_owner};
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ids::{AccountId, SametFundId};
use crate::money::{Asset, Shares};
use crate::ops::lending::lending_fee;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Repays to a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundRepay {
    /// Fee.
    pub fee: Asset,
    /// Account that repays.
    pub account: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// What is repaid.
    pub repay_amount: Asset,
    /// Fee for the use of the fund.
    pub fund_fee: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of repaying, in smallest units of the core asset.
    pub struct SametFundRepayFee {
        /// Each time.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundRepay {
    const NAME: &'static str = "samet_fund_repay";
    type Fee = SametFundRepayFee;

    paid_by!(account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.repay_amount.amount);
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        let asked = asked::samet::REPAY_AMOUNT;
        ensure!(amount > 0, SametFundRefusal::AmountNotPositive { amount, asked });
        let fund_fee = self.fund_fee.amount;
        ensure!(fund_fee >= 0, SametFundRefusal::NegativeFundFee { fund_fee });
        let (repay, fee) = (self.repay_amount.asset_id, self.fund_fee.asset_id);
        ensure!(repay == fee, SametFundRefusal::FundFeeAsset { repay, fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}

impl Evaluate for SametFundRepay {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_asset(fund, self.repay_amount.asset_id, asked::samet::REPAY_ASSET)?;
        check_authorized(ledger, self.account, fund.asset_type, asked::samet::ACCOUNT)?;
        let (repay, unpaid) = (self.repay_amount.amount, fund.unpaid_amount);
        ensure!(repay <= unpaid, SametFundRefusal::RepaysTooMuch { repay, unpaid });
        let (required, offered) = (lending_fee(repay as u128, fund.fee_rate), self.fund_fee.amount);
        ensure!(
            offered as u128 >= required,
            SametFundRefusal::InsufficientFundFee { required, offered }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let total = self.repay_amount.plus(self.fund_fee)?;
        ledger.adjust_balance(self.account, total.negated())?;
        ledger.try_modify(self.fund_id, |fund| {
            fund.balance = fund.balance.plus(self.fund_fee.amount)?;
            fund.unpaid_amount = fund.unpaid_amount.minus(self.repay_amount.amount)?;
            Ok(())
        })?;
        concerns_owner(ledger, self.fund_id)
    }
}
