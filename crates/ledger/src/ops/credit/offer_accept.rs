//! Credit offer accept: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::offer_accept`].

use super::{CreditRefusal, check_asset};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_objects::{CreditDeal, CreditDealSummary, CreditOffer};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::CreditDealSummaryId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::credit::offer_accept::CreditOfferAccept;
use carbyne_protocol::ops::{ExtendableResult, OperationResult};
use carbyne_wire::TimePointSec;

/// What the borrower owes to the offer already, and when the new deal ends.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    summary: Option<CreditDealSummaryId>,
    latest_repay_time: TimePointSec,
}

/// Whether the offer lends so much for so long at such a fee.
fn check_terms(operation: &CreditOfferAccept, offer: &CreditOffer) -> Result<(), Rejected> {
    let (id, amount) = (offer.id, operation.borrow_amount.amount);
    ensure!(offer.enabled, CreditRefusal::NotEnabled { offer: id });
    let asked = asked::credit::BORROW_ASSET;
    check_asset(operation.borrow_amount.asset_id, offer.asset_type, asked)?;
    let (has, needs) = (offer.current_balance, amount);
    let asked = asked::credit::BORROW_BALANCE;
    ensure!(has >= needs, CreditRefusal::InsufficientBalance { has, needs, asked });
    let min = offer.min_deal_amount;
    ensure!(min <= amount, CreditRefusal::BelowMinDeal { amount, min });
    let (offered, accepted) = (offer.fee_rate, operation.max_fee_rate);
    ensure!(offered <= accepted, CreditRefusal::FeeRateTooHigh { offered, accepted });
    let (offered, accepted) = (offer.max_duration_seconds, operation.min_duration_seconds);
    ensure!(offered >= accepted, CreditRefusal::DurationTooShort { offered, accepted });
    Ok(())
}

fn check_collateral(
    operation: &CreditOfferAccept,
    ledger: &Ledger,
    offer: &CreditOffer,
) -> Result<(), Rejected> {
    let asset = operation.collateral.asset_id;
    let price = offer.acceptable_collateral.get(&asset);
    let price = *price.ok_or(CreditRefusal::CollateralNotAcceptable { asset })?;
    let (borrower, owner) = (operation.borrower, offer.owner_account);
    let asked = asked::credit::BORROWER_DEBT;
    check_authorized(ledger, borrower, offer.asset_type, asked)?;
    let asked = asked::credit::BORROWER_COLLATERAL;
    check_authorized(ledger, borrower, asset, asked)?;
    let asked = asked::credit::OWNER_DEBT;
    check_authorized(ledger, owner, offer.asset_type, asked)?;
    let asked = asked::credit::OWNER_COLLATERAL;
    check_authorized(ledger, owner, asset, asked)?;
    let required = operation.borrow_amount.times_round_up(price)?.amount;
    let provided = operation.collateral.amount;
    ensure!(required <= provided, CreditRefusal::InsufficientCollateral { required, provided });
    Ok(())
}

/// Whether the borrower may borrow so much more than is `already` owed.
fn check_borrower(
    operation: &CreditOfferAccept,
    offer: &CreditOffer,
    already: i64,
) -> Result<(), Rejected> {
    if offer.acceptable_borrowers.is_empty() {
        return Ok(());
    }
    let (account, amount) = (operation.borrower, operation.borrow_amount.amount);
    let max = offer.acceptable_borrowers.get(&account);
    let max = *max.ok_or(CreditRefusal::BorrowerNotAcceptable { account })?;
    ensure!(already.plus(amount)? <= max, CreditRefusal::BorrowsTooMuch { amount, already, max });
    Ok(())
}

fn create_deal(
    operation: &CreditOfferAccept,
    ledger: &mut Ledger,
    end: TimePointSec,
) -> Result<CreditDeal, Rejected> {
    let offer = ledger.get(operation.offer_id)?;
    let mut deal = CreditDeal {
        borrower: operation.borrower,
        offer_id: operation.offer_id,
        offer_owner: offer.owner_account,
        debt_asset: offer.asset_type,
        debt_amount: operation.borrow_amount.amount,
        collateral_asset: operation.collateral.asset_id,
        collateral_amount: operation.collateral.amount,
        fee_rate: offer.fee_rate,
        latest_repay_time: end,
        auto_repay: operation.auto_repay(),
        ..CreditDeal::default()
    };
    deal.id = ledger.create(deal.clone());
    Ok(deal)
}

fn add_to_summary(
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

impl Evaluate for CreditOfferAccept {
    type Plan = Accepted;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Accepted, Rejected> {
        let offer = ledger.get(self.offer_id)?;
        check_terms(self, offer)?;
        check_collateral(self, ledger, offer)?;
        let summary = ledger.tables.credit_deal_summaries.index().find(offer.id, self.borrower);
        let already = match summary {
            Some(summary) => ledger.get(summary)?.total_debt_amount,
            None => 0,
        };
        check_borrower(self, offer, already)?;
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
        let deal = create_deal(self, ledger, plan.latest_repay_time)?;
        add_to_summary(ledger, plan.summary, &deal)?;
        let now = ledger.head_time()?;
        ensure!(deal.latest_repay_time > now, CreditRefusal::RepayTimeNotInFuture { now });
        Ok(OperationResult::Extendable(Box::new(ExtendableResult {
            impacted_accounts: Some([deal.offer_owner].into_iter().collect()),
            new_objects: Some([deal.id.into()].into_iter().collect()),
            ..ExtendableResult::default()
        })))
    }
}
