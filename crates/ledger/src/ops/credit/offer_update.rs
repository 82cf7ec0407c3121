//! Credit offer update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::offer_update`].

use super::{CreditRefusal, check_asset, check_auto_disable_time};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::ops::lending::taken_out;
use crate::reference_words as asked;
use carbyne_objects::CreditOffer;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::credit::offer_update::CreditOfferUpdate;

/// Only what leaves an account needs the issuer's consent; something must stay, if only debts.
fn check_delta(
    operation: &CreditOfferUpdate,
    ledger: &Ledger,
    offer: &CreditOffer,
    delta: Asset,
) -> Result<(), Rejected> {
    let asked = asked::credit::DELTA_ASSET;
    check_asset(delta.asset_id, offer.asset_type, asked)?;
    if delta.amount > 0 {
        let asked = asked::credit::UPDATE_ACCOUNT;
        return check_authorized(ledger, operation.owner_account, offer.asset_type, asked);
    }
    let (has, needs) = (offer.current_balance, taken_out(delta.amount)?);
    let asked = asked::credit::DELTA_TOTAL;
    let nothing_left = CreditRefusal::NothingLeft { offer: offer.id, asked };
    ensure!(offer.total_balance > needs, nothing_left);
    let asked = asked::credit::DELTA_BALANCE;
    ensure!(has >= needs, CreditRefusal::InsufficientBalance { has, needs, asked });
    Ok(())
}

fn check_lists(
    operation: &CreditOfferUpdate,
    ledger: &Ledger,
    offer: &CreditOffer,
) -> Result<(), Rejected> {
    for (collateral, price) in operation.acceptable_collateral.iter().flatten() {
        ledger.get(*collateral)?;
        let asked = asked::credit::COLLATERAL_PRICE_ASSET;
        check_asset(price.base.asset_id, offer.asset_type, asked)?;
    }
    for (borrower, _) in operation.acceptable_borrowers.iter().flatten() {
        ledger.get(*borrower)?;
    }
    Ok(())
}

/// Sets the terms that are given.
fn change_terms(operation: &CreditOfferUpdate, offer: &mut CreditOffer) {
    offer.fee_rate = operation.fee_rate.unwrap_or(offer.fee_rate);
    offer.max_duration_seconds =
        operation.max_duration_seconds.unwrap_or(offer.max_duration_seconds);
    offer.min_deal_amount = operation.min_deal_amount.unwrap_or(offer.min_deal_amount);
    offer.enabled = operation.enabled.unwrap_or(offer.enabled);
    offer.auto_disable_time = operation.auto_disable_time.unwrap_or(offer.auto_disable_time);
    if let Some(acceptable) = &operation.acceptable_collateral {
        offer.acceptable_collateral.clone_from(acceptable);
    }
    if let Some(acceptable) = &operation.acceptable_borrowers {
        offer.acceptable_borrowers.clone_from(acceptable);
    }
}

impl Evaluate for CreditOfferUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let offer = ledger.get(self.offer_id)?;
        let (account, owner) = (self.owner_account, offer.owner_account);
        ensure!(account == owner, CreditRefusal::NotOwner { account, owner });
        if let Some(delta) = self.delta_amount {
            check_delta(self, ledger, offer, delta)?;
        }
        if self.enabled.unwrap_or(offer.enabled) {
            let time = self.auto_disable_time.unwrap_or(offer.auto_disable_time);
            check_auto_disable_time(ledger, time, asked::credit::UPDATE_DISABLE_TIME)?;
        }
        check_lists(self, ledger, offer)
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
            change_terms(self, offer);
            // An offer that lost everything to debts can only be filled again or removed.
            let asked = asked::credit::ENABLED_TOTAL;
            let nothing_left = CreditRefusal::NothingLeft { offer: offer.id, asked };
            ensure!(offer.total_balance > 0, nothing_left);
            Ok(())
        })?;
        Ok(OperationResult::Void)
    }
}
