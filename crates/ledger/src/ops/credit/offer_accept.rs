//! Credit offer accept: borrows from an offer against collateral, which makes a deal.
//!
//! Signed by: the active authority of `borrower`, who pays the fee.

use super::*;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ids::CreditDealSummaryId;
use crate::money::Asset;
use crate::objects::{CreditDeal, CreditDealSummary, CreditOffer};
use crate::ops::{ExtendableResult, OperationResult, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// Borrows from a credit offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferAccept {
    /// Fee.
    pub fee: Asset,
    /// Account that borrows.
    pub borrower: AccountId,
    /// The offer.
    pub offer_id: CreditOfferId,
    /// What is borrowed.
    pub borrow_amount: Asset,
    /// What is locked for it.
    pub collateral: Asset,
    /// The highest fee rate that is accepted, in millionths.
    pub max_fee_rate: u32,
    /// The shortest time to repay that is accepted, in seconds.
    pub min_duration_seconds: u32,
    /// Options added later.
    pub extensions: CreditOfferAcceptExtensions,
}

/// Options of borrowing added after its launch.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct CreditOfferAcceptExtensions {
    /// What is repaid by itself at the end; see [`auto_repayment`].
    pub auto_repay: Option<u8>,
}

fee_parameters! {
    /// Fee of borrowing, in smallest units of the core asset.
    pub struct CreditOfferAcceptFee {
        /// Per deal.
        fee: u64 = 100_000,
    }
}

impl Stateless for CreditOfferAccept {
    const NAME: &'static str = "credit_offer_accept";
    type Fee = CreditOfferAcceptFee;

    paid_by!(borrower);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.borrow_amount.amount, asked::credit::BORROW_AMOUNT)?;
        check_positive(self.collateral.amount, asked::credit::COLLATERAL_AMOUNT)?;
        validate_auto_repay(self.auto_repay(), asked::credit::ACCEPT_AUTO_REPAY)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.borrower);
    }
}

/// What the borrower owes to the offer already, and when the new deal ends.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    summary: Option<CreditDealSummaryId>,
    latest_repay_time: TimePointSec,
}

impl CreditOfferAccept {
    fn auto_repay(&self) -> u8 {
        self.extensions.auto_repay.unwrap_or(auto_repayment::NONE)
    }

    /// Whether the offer lends so much for so long at such a fee.
    fn check_terms(&self, offer: &CreditOffer) -> Result<(), Rejected> {
        let (id, amount) = (offer.id, self.borrow_amount.amount);
        ensure!(offer.enabled, CreditRefusal::NotEnabled { offer: id });
        let asked = asked::credit::BORROW_ASSET;
        check_asset(self.borrow_amount.asset_id, offer.asset_type, asked)?;
        let (has, needs) = (offer.current_balance, amount);
        let asked = asked::credit::BORROW_BALANCE;
        ensure!(has >= needs, CreditRefusal::InsufficientBalance { has, needs, asked });
        let min = offer.min_deal_amount;
        ensure!(min <= amount, CreditRefusal::BelowMinDeal { amount, min });
        let (offered, accepted) = (offer.fee_rate, self.max_fee_rate);
        ensure!(offered <= accepted, CreditRefusal::FeeRateTooHigh { offered, accepted });
        let (offered, accepted) = (offer.max_duration_seconds, self.min_duration_seconds);
        ensure!(offered >= accepted, CreditRefusal::DurationTooShort { offered, accepted });
        Ok(())
    }

    fn check_collateral(&self, ledger: &Ledger, offer: &CreditOffer) -> Result<(), Rejected> {
        let asset = self.collateral.asset_id;
        let price = offer.acceptable_collateral.get(&asset);
        let price = *price.ok_or(CreditRefusal::CollateralNotAcceptable { asset })?;
        let (borrower, owner) = (self.borrower, offer.owner_account);
        let asked = asked::credit::BORROWER_DEBT;
        check_authorized(ledger, borrower, offer.asset_type, asked)?;
        let asked = asked::credit::BORROWER_COLLATERAL;
        check_authorized(ledger, borrower, asset, asked)?;
        let asked = asked::credit::OWNER_DEBT;
        check_authorized(ledger, owner, offer.asset_type, asked)?;
        let asked = asked::credit::OWNER_COLLATERAL;
        check_authorized(ledger, owner, asset, asked)?;
        let required = self.borrow_amount.times_round_up(price)?.amount;
        let provided = self.collateral.amount;
        ensure!(required <= provided, CreditRefusal::InsufficientCollateral { required, provided });
        Ok(())
    }

    /// Whether the borrower may borrow so much more than is `already` owed.
    fn check_borrower(&self, offer: &CreditOffer, already: i64) -> Result<(), Rejected> {
        if offer.acceptable_borrowers.is_empty() {
            return Ok(());
        }
        let (account, amount) = (self.borrower, self.borrow_amount.amount);
        let max = offer.acceptable_borrowers.get(&account);
        let max = *max.ok_or(CreditRefusal::BorrowerNotAcceptable { account })?;
        ensure!(
            already.plus(amount)? <= max,
            CreditRefusal::BorrowsTooMuch { amount, already, max }
        );
        Ok(())
    }

    fn create_deal(&self, ledger: &mut Ledger, end: TimePointSec) -> Result<CreditDeal, Rejected> {
        let offer = ledger.get(self.offer_id)?;
        let mut deal = CreditDeal {
            borrower: self.borrower,
            offer_id: self.offer_id,
            offer_owner: offer.owner_account,
            debt_asset: offer.asset_type,
            debt_amount: self.borrow_amount.amount,
            collateral_asset: self.collateral.asset_id,
            collateral_amount: self.collateral.amount,
            fee_rate: offer.fee_rate,
            latest_repay_time: end,
            auto_repay: self.auto_repay(),
            ..CreditDeal::default()
        };
        deal.id = ledger.create(deal.clone());
        Ok(deal)
    }

    fn add_to_summary(
        &self,
        ledger: &mut Ledger,
        summary: Option<CreditDealSummaryId>,
        deal: &CreditDeal,
    ) -> Result<(), Rejected> {
        if let Some(summary) = summary {
            return ledger.try_modify(summary, |summary| {
                summary.total_debt_amount = summary.total_debt_amount.plus(deal.debt_amount)?;
                Ok(())
            });
        }
        let _: CreditDealSummaryId = ledger.create(CreditDealSummary {
            borrower: deal.borrower,
            offer_id: deal.offer_id,
            offer_owner: deal.offer_owner,
            debt_asset: deal.debt_asset,
            total_debt_amount: deal.debt_amount,
            ..CreditDealSummary::default()
        });
        Ok(())
    }
}

impl Evaluate for CreditOfferAccept {
    type Plan = Accepted;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Accepted, Rejected> {
        let offer = ledger.get(self.offer_id)?;
        self.check_terms(offer)?;
        self.check_collateral(ledger, offer)?;
        let summary = ledger.tables.credit_deal_summaries.index().find(offer.id, self.borrower);
        let already = match summary {
            Some(summary) => ledger.get(summary)?.total_debt_amount,
            None => 0,
        };
        self.check_borrower(offer, already)?;
        let (now, seconds) = (ledger.head_time()?, offer.max_duration_seconds);
        let latest_repay_time = now.checked_add(seconds).unwrap_or(TimePointSec::MAX);
        Ok(Accepted { summary, latest_repay_time })
    }

    fn apply(
        &self,
        plan: Accepted,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.borrower, self.collateral.negated())?;
        ledger.adjust_balance(self.borrower, self.borrow_amount)?;
        ledger.try_modify(self.offer_id, |offer| {
            offer.current_balance = offer.current_balance.minus(self.borrow_amount.amount)?;
            Ok(())
        })?;
        let deal = self.create_deal(ledger, plan.latest_repay_time)?;
        self.add_to_summary(ledger, plan.summary, &deal)?;
        let now = ledger.head_time()?;
        ensure!(deal.latest_repay_time > now, CreditRefusal::RepayTimeNotInFuture { now });
        Ok(OperationResult::Extendable(Box::new(ExtendableResult {
            impacted_accounts: Some([deal.offer_owner].into_iter().collect()),
            new_objects: Some([deal.id.into()].into_iter().collect()),
            ..ExtendableResult::default()
        })))
    }
}
