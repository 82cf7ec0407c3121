//! Credit deal repay: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::deal_repay`].

use super::{CreditRefusal, check_asset, reduce_summary};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ops::lending::lending_fee;
use crate::reference_words as asked;
use carbyne_objects::CreditDeal;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, CreditOfferId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::credit::deal_repay::CreditDealRepay;
use carbyne_protocol::ops::{ExtendableResult, OperationResult};
use carbyne_protocol::proportion::proportion;

/// The collateral that is released: all of it for the whole debt.
fn released(operation: &CreditDealRepay, deal: &CreditDeal) -> Asset {
    let (repay, debt) = (operation.repay_amount.amount, deal.debt_amount);
    if repay == debt {
        return deal.collateral();
    }
    let part = proportion(repay as u128, deal.collateral_amount as u128, debt as u128);
    Asset::new(part as i64, deal.collateral_asset)
}

/// Takes what is repaid and released off the deal; a deal without debt is removed.
fn reduce_deal(
    operation: &CreditDealRepay,
    ledger: &mut Ledger,
    released: Asset,
) -> Result<bool, Rejected> {
    let repay = operation.repay_amount.amount;
    if ledger.get(operation.deal_id)?.debt_amount == repay {
        ledger.remove(operation.deal_id)?;
        return Ok(true);
    }
    ledger.try_modify(operation.deal_id, |deal| {
        deal.debt_amount = deal.debt_amount.minus(repay)?;
        deal.collateral_amount = deal.collateral_amount.minus(released.amount)?;
        Ok(false)
    })
}

impl Evaluate for CreditDealRepay {
    /// The offer, its owner, and the collateral that is released.
    type Plan = (CreditOfferId, AccountId, Asset);

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let deal = ledger.get(self.deal_id)?;
        let (account, borrower) = (self.account, deal.borrower);
        ensure!(
            account == borrower,
            CreditRefusal::NotBorrower { account, borrower, change: "repaid" }
        );
        let asked = asked::credit::REPAY_ASSET;
        check_asset(self.repay_amount.asset_id, deal.debt_asset, asked)?;
        let (repay, debt) = (self.repay_amount.amount, deal.debt_amount);
        ensure!(debt >= repay, CreditRefusal::RepaysTooMuch { repay, debt });
        let required = lending_fee(repay as u128, deal.fee_rate);
        let offered = self.credit_fee.amount;
        ensure!(
            offered as u128 >= required,
            CreditRefusal::InsufficientCreditFee { required, offered }
        );
        // The collateral may go back to whoever may not hold it any more; the debt may not.
        let asked = asked::credit::REPAY_ACCOUNT;
        check_authorized(ledger, self.account, deal.debt_asset, asked)?;
        let asked = asked::credit::REPAY_OWNER;
        check_authorized(ledger, deal.offer_owner, deal.debt_asset, asked)?;
        Ok((deal.offer_id, deal.offer_owner, released(self, deal)))
    }

    fn apply(
        &self,
        (offer, owner, released): Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let total = self.repay_amount.plus(self.credit_fee)?;
        ledger.adjust_balance(self.account, total.negated())?;
        ledger.try_modify(offer, |offer| {
            offer.total_balance = offer.total_balance.plus(self.credit_fee.amount)?;
            offer.current_balance = offer.current_balance.plus(total.amount)?;
            Ok(())
        })?;
        let summary = ledger.tables.credit_deal_summaries.index().find(offer, self.account);
        // Every deal is in one.
        if let Some(summary) = summary {
            reduce_summary(ledger, summary, self.repay_amount.amount)?;
        }
        let mut result = ExtendableResult {
            impacted_accounts: Some([owner].into_iter().collect()),
            received: Some(vec![released]),
            ..ExtendableResult::default()
        };
        let is_repaid = reduce_deal(self, ledger, released)?;
        let deal = [self.deal_id.into()];
        if is_repaid {
            result.updated_objects = Some([offer.into()].into_iter().collect());
            result.removed_objects = Some(deal.into_iter().collect());
        } else {
            result.updated_objects = Some([offer.into()].into_iter().chain(deal).collect());
        }
        ledger.adjust_balance(self.account, released)?;
        Ok(OperationResult::Extendable(Box::new(result)))
    }
}
