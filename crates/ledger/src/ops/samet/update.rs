//! SameT fund update: puts something into a fund or takes something out, or changes its fee rate.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee.

use super::{SametFundRefusal, check_asset, check_owner};
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ids::{AccountId, SametFundId};
use crate::money::{Asset, Shares};
use crate::objects::SametFund;
use crate::ops::lending::taken_out;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Changes a SameT fund.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFundUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the fund.
    pub owner_account: AccountId,
    /// The fund.
    pub fund_id: SametFundId,
    /// What is put in; negative takes out.
    pub delta_amount: Option<Asset>,
    /// New fee on what is borrowed, in millionths.
    pub new_fee_rate: Option<u32>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing a fund, in smallest units of the core asset.
    pub struct SametFundUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
    }
}

impl Stateless for SametFundUpdate {
    const NAME: &'static str = "samet_fund_update";
    type Fee = SametFundUpdateFee;

    paid_by!(owner_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, SametFundRefusal::NegativeFee { fee });
        ensure!(
            self.delta_amount.is_some() || self.new_fee_rate.is_some(),
            SametFundRefusal::NothingToUpdate
        );
        ensure!(
            self.delta_amount.is_none_or(|delta| delta.amount != 0),
            SametFundRefusal::DeltaIsZero
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}

impl SametFundUpdate {
    /// Only what leaves an account needs the issuer's consent; something must stay in the fund.
    fn check_delta(&self, ledger: &Ledger, fund: &SametFund, delta: Asset) -> Result<(), Rejected> {
        check_asset(fund, delta.asset_id, asked::samet::DELTA_ASSET)?;
        let (unpaid, change) = (fund.unpaid_amount, "update the balance of");
        ensure!(unpaid == 0, SametFundRefusal::Unpaid { fund: fund.id, unpaid, change });
        if delta.amount > 0 {
            return check_authorized(
                ledger,
                self.owner_account,
                fund.asset_type,
                asked::samet::ACCOUNT,
            );
        }
        let (has, needs) = (fund.balance, taken_out(delta.amount)?);
        let asked = asked::samet::DELTA_BALANCE;
        ensure!(has > needs, SametFundRefusal::InsufficientBalance { has, needs, asked });
        Ok(())
    }
}

impl Evaluate for SametFundUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let fund = ledger.get(self.fund_id)?;
        check_owner(fund, self.owner_account)?;
        if let Some(delta) = self.delta_amount {
            self.check_delta(ledger, fund, delta)?;
        }
        let fee_rate = fund.fee_rate;
        ensure!(self.new_fee_rate != Some(fee_rate), SametFundRefusal::SameFeeRate { fee_rate });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        if let Some(delta) = self.delta_amount {
            ledger.adjust_balance(self.owner_account, delta.negated())?;
        }
        ledger.try_modify(self.fund_id, |fund| {
            if let Some(delta) = self.delta_amount {
                fund.balance = fund.balance.plus(delta.amount)?;
            }
            fund.fee_rate = self.new_fee_rate.unwrap_or(fund.fee_rate);
            Ok(())
        })?;
        Ok(OperationResult::Void)
    }
}
