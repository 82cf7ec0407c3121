//! Credit offers and deals whose time has come (reference: `chain/db_update.cpp`).
//!
//! Invariant: a deal that ends leaves no debt: what is not repaid by itself costs the collateral.

use crate::Ledger;
use crate::evaluate::Mode;
use crate::ops::credit::reduce_summary;
use crate::ops::lending::{FEE_RATE_DENOM, lending_fee};
use carbyne_objects::CreditDeal;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::CreditDealId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::credit::{CreditDealExpired, CreditDealRepay, auto_repayment};
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_protocol::proportion::{proportion, proportion_up};

/// Disables the offers and ends the deals whose time has come, the earliest first.
pub(crate) fn update_credit_offers_and_deals(ledger: &mut Ledger) -> Result<(), Rejected> {
    let now = ledger.head_time()?;
    while let Some((time, offer)) = ledger.tables.credit_offers.index().first_to_disable()
        && time <= now
    {
        ledger.modify(offer, |offer| offer.enabled = false)?;
    }
    while let Some((time, deal)) = ledger.tables.credit_deals.index().first_to_end()
        && time <= now
    {
        end_deal(ledger, deal)?;
    }
    Ok(())
}

fn end_deal(ledger: &mut Ledger, id: CreditDealId) -> Result<(), Rejected> {
    let deal = ledger.get(id)?;
    if deal.auto_repay != auto_repayment::NONE {
        let repayment = automatic_repayment(ledger, deal);
        // Whatever refuses the repayment, such as an empty balance or a blacklist, the deal ends.
        let _refused = try_repay(ledger, repayment).err();
    }
    match ledger.find(id) {
        Some(_) => expire_deal(ledger, id),
        None => Ok(()),
    }
}

/// What the borrower repays at the end of the deal: everything, or as much as the balance allows.
fn automatic_repayment(ledger: &Ledger, deal: &CreditDeal) -> CreditDealRepay {
    let balance = ledger.balance(deal.borrower, deal.debt_asset) as u128;
    let debt = deal.debt_amount as u128;
    let fee = lending_fee(debt, deal.fee_rate);
    let repays_all =
        deal.auto_repay == auto_repayment::ONLY_FULL || balance >= fee.saturating_add(debt);
    let repay = if repays_all { debt } else { partial_repayment(deal, balance) };
    // What does not fit into 63 bits is cut, as in the reference, and refused then.
    let amount = |amount: u128| Asset::new(amount as i64, deal.debt_asset);
    CreditDealRepay {
        account: deal.borrower,
        deal_id: deal.id,
        repay_amount: amount(repay),
        credit_fee: amount(lending_fee(repay, deal.fee_rate)),
        ..CreditDealRepay::default()
    }
}

/// The part of the debt, in smallest units, that `balance` can pay with the fee on it: no more than
/// the collateral that it releases is worth. Absurd fee rates wrap as in the reference; one of them
/// would divide by zero there, and repays nothing here.
fn partial_repayment(deal: &CreditDeal, balance: u128) -> u128 {
    let (debt, collateral) = (deal.debt_amount as u128, deal.collateral_amount as u128);
    let with_fee = u128::from(FEE_RATE_DENOM.wrapping_add(deal.fee_rate));
    let affordable = proportion(balance, FEE_RATE_DENOM, with_fee);
    let released = proportion(affordable, collateral, debt);
    proportion_up(released, debt, collateral)
}

/// Applies a repayment in a session of its own, without a fee for the chain.
fn try_repay(ledger: &mut Ledger, repayment: CreditDealRepay) -> Result<OperationResult, Rejected> {
    let repayment = Operation::from(repayment);
    repayment.stateless().check_stateless()?;
    ledger.nested(|ledger| ledger.apply_operation(&repayment, Mode::Free, true))
}

/// Gives the collateral to the owner of the offer, who loses the debt.
fn expire_deal(ledger: &mut Ledger, id: CreditDealId) -> Result<(), Rejected> {
    let deal = ledger.get(id)?.clone();
    ledger.try_modify(deal.offer_id, |offer| {
        offer.total_balance = offer.total_balance.minus(deal.debt_amount)?;
        Ok(())
    })?;
    let summary = ledger.tables.credit_deal_summaries.index().find(deal.offer_id, deal.borrower);
    if let Some(summary) = summary {
        reduce_summary(ledger, summary, deal.debt_amount)?;
    }
    ledger.adjust_balance(deal.offer_owner, deal.collateral())?;
    ledger.run.push_virtual(end_of(&deal));
    ledger.remove(id)?;
    Ok(())
}

/// The record of the end of a deal with a debt.
fn end_of(deal: &CreditDeal) -> CreditDealExpired {
    CreditDealExpired {
        fee: Asset::default(),
        deal_id: deal.id,
        offer_id: deal.offer_id,
        offer_owner: deal.offer_owner,
        borrower: deal.borrower,
        unpaid_amount: deal.debt(),
        collateral: deal.collateral(),
        fee_rate: deal.fee_rate,
    }
}

#[cfg(test)]
mod tests;
