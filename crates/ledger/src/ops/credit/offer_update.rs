//! Credit offer update: puts something into an offer or takes something out, or changes its terms.
//! Deals that stand keep the terms they were made with.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee. The fee has a part per
//! 1,024 bytes of the operation.

use super::*;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::fees::{FeeSchedule, data_fee};
use crate::money::Asset;
use crate::objects::CreditOffer;
use crate::ops::lending::taken_out;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Pack, Wire};

/// Changes a credit offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the offer.
    pub owner_account: AccountId,
    /// The offer.
    pub offer_id: CreditOfferId,
    /// What is put in; negative takes out.
    pub delta_amount: Option<Asset>,
    /// New fee on what is borrowed, in millionths.
    pub fee_rate: Option<u32>,
    /// New number of seconds until a deal must be repaid.
    pub max_duration_seconds: Option<u32>,
    /// The new least to borrow in one deal, in smallest units.
    pub min_deal_amount: Option<i64>,
    /// Whether it can be accepted.
    pub enabled: Option<bool>,
    /// When it is disabled by itself.
    pub auto_disable_time: Option<TimePointSec>,
    /// What can be collateral now, and at what price at least.
    pub acceptable_collateral: Option<FlatMap<AssetId, Price>>,
    /// Who may borrow now, and how much at most, in smallest units.
    pub acceptable_borrowers: Option<FlatMap<AccountId, i64>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing an offer, in smallest units of the core asset.
    pub struct CreditOfferUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 100_000,
    }
}

impl Stateless for CreditOfferUpdate {
    const NAME: &'static str = "credit_offer_update";
    type Fee = CreditOfferUpdateFee;

    paid_by!(owner_account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(data_fee(self.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        ensure!(self.changes_something(), CreditRefusal::NothingToUpdate);
        ensure!(
            self.delta_amount.is_none_or(|delta| delta.amount != 0),
            CreditRefusal::DeltaIsZero
        );
        validate_duration(self.max_duration_seconds.unwrap_or(0), asked::credit::UPDATE_DURATION)?;
        validate_min_deal_amount(
            self.min_deal_amount.unwrap_or(0),
            &asked::credit::UPDATE_MIN_DEAL,
        )?;
        if let Some(acceptable) = &self.acceptable_collateral {
            validate_collateral(acceptable, None)?;
        }
        self.acceptable_borrowers.as_ref().map_or(Ok(()), validate_borrowers)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}

impl CreditOfferUpdate {
    fn changes_something(&self) -> bool {
        self.delta_amount.is_some()
            || self.fee_rate.is_some()
            || self.max_duration_seconds.is_some()
            || self.min_deal_amount.is_some()
            || self.enabled.is_some()
            || self.auto_disable_time.is_some()
            || self.acceptable_collateral.is_some()
            || self.acceptable_borrowers.is_some()
    }

    /// Only what leaves an account needs the issuer's consent; something must stay, if only debts.
    fn check_delta(
        &self,
        ledger: &Ledger,
        offer: &CreditOffer,
        delta: Asset,
    ) -> Result<(), Rejected> {
        let asked = asked::credit::DELTA_ASSET;
        check_asset(delta.asset_id, offer.asset_type, asked)?;
        if delta.amount > 0 {
            let asked = asked::credit::UPDATE_ACCOUNT;
            return check_authorized(ledger, self.owner_account, offer.asset_type, asked);
        }
        let (has, needs) = (offer.current_balance, taken_out(delta.amount)?);
        let asked = asked::credit::DELTA_TOTAL;
        let nothing_left = CreditRefusal::NothingLeft { offer: offer.id, asked };
        ensure!(offer.total_balance > needs, nothing_left);
        let asked = asked::credit::DELTA_BALANCE;
        ensure!(has >= needs, CreditRefusal::InsufficientBalance { has, needs, asked });
        Ok(())
    }

    fn check_lists(&self, ledger: &Ledger, offer: &CreditOffer) -> Result<(), Rejected> {
        for (collateral, price) in self.acceptable_collateral.iter().flatten() {
            ledger.get(*collateral)?;
            let asked = asked::credit::COLLATERAL_PRICE_ASSET;
            check_asset(price.base.asset_id, offer.asset_type, asked)?;
        }
        for (borrower, _) in self.acceptable_borrowers.iter().flatten() {
            ledger.get(*borrower)?;
        }
        Ok(())
    }

    /// Sets the terms that are given.
    fn change_terms(&self, offer: &mut CreditOffer) {
        offer.fee_rate = self.fee_rate.unwrap_or(offer.fee_rate);
        offer.max_duration_seconds =
            self.max_duration_seconds.unwrap_or(offer.max_duration_seconds);
        offer.min_deal_amount = self.min_deal_amount.unwrap_or(offer.min_deal_amount);
        offer.enabled = self.enabled.unwrap_or(offer.enabled);
        offer.auto_disable_time = self.auto_disable_time.unwrap_or(offer.auto_disable_time);
        if let Some(acceptable) = &self.acceptable_collateral {
            offer.acceptable_collateral.clone_from(acceptable);
        }
        if let Some(acceptable) = &self.acceptable_borrowers {
            offer.acceptable_borrowers.clone_from(acceptable);
        }
    }
}

impl Evaluate for CreditOfferUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let offer = ledger.get(self.offer_id)?;
        let (account, owner) = (self.owner_account, offer.owner_account);
        ensure!(account == owner, CreditRefusal::NotOwner { account, owner });
        if let Some(delta) = self.delta_amount {
            self.check_delta(ledger, offer, delta)?;
        }
        if self.enabled.unwrap_or(offer.enabled) {
            let time = self.auto_disable_time.unwrap_or(offer.auto_disable_time);
            check_auto_disable_time(ledger, time, asked::credit::UPDATE_DISABLE_TIME)?;
        }
        self.check_lists(ledger, offer)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        if let Some(delta) = self.delta_amount {
            ledger.adjust_balance(self.owner_account, delta.negated())?;
        }
        ledger.try_modify(self.offer_id, |offer| {
            if let Some(delta) = self.delta_amount {
                offer.total_balance = offer.total_balance.plus(delta.amount)?;
                offer.current_balance = offer.current_balance.plus(delta.amount)?;
            }
            self.change_terms(offer);
            // An offer that lost everything to debts can only be filled again or removed.
            let asked = asked::credit::ENABLED_TOTAL;
            let nothing_left = CreditRefusal::NothingLeft { offer: offer.id, asked };
            ensure!(offer.total_balance > 0, nothing_left);
            Ok(())
        })?;
        Ok(OperationResult::Void)
    }
}
